/**
 * The Merkle tree of RFC 6962 over the lines of the ledger, kept as a compact range: the roots of its complete subtrees, in order. A range
 * that does not begin at the first line stands for lines in the middle; put behind what comes before it, it gives the same tree.
 */
import { createHash } from 'node:crypto'

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

export interface CompactRange {
  /** How many lines come before it; absent: none. */
  readonly from?: number
  /** How many lines there are to its end, from the first ever. */
  readonly size: number
  /** base64. */
  readonly peaks: readonly string[]
}

interface Subtree {
  /** In lines, a power of two. */
  readonly size: number
  readonly hash: Buffer
}

export class Tree {
  readonly #from: number
  #size: number
  readonly #subtrees: Subtree[] = []

  /** Of lines that begin behind so many others. */
  constructor(from = 0) {
    this.#from = from
    this.#size = from
  }

  /** Number of lines to its end, from the first ever. */
  get size(): number {
    return this.#size
  }

  add(line: string): void {
    this.#push(1, digest(leafPrefix, line))
  }

  /** Puts lines behind it that are not there any more. False where they begin elsewhere, or are no range; nothing is put there then. */
  addRange(range: CompactRange): boolean {
    if ((range.from ?? 0) !== this.#size || !isCompactRange(range)) return false
    for (const [i, size] of subtreeSizes(this.#size, range.size).entries())
      this.#push(size, Buffer.from(range.peaks[i] ?? '', 'base64'))
    return true
  }

  /** base64. Only a tree from the first line on has one. */
  root(): string {
    const hashes = this.#subtrees.map(({ hash }) => hash)
    if (hashes.length === 0) return digest('').toString('base64')
    return hashes.reduceRight((right, left) => digest(nodePrefix, left, right)).toString('base64')
  }

  range(): CompactRange {
    const peaks = this.#subtrees.map(({ hash }) => hash.toString('base64'))
    return { ...(this.#from === 0 ? {} : { from: this.#from }), size: this.#size, peaks }
  }

  /** Two neighbours of equal size become one where together they are a subtree of the whole. */
  #push(size: number, hash: Buffer): void {
    let [whole, top, start] = [size, hash, this.#size]
    this.#size += size
    for (let left = this.#subtrees.at(-1); left?.size === whole; left = this.#subtrees.at(-1)) {
      if ((start - whole) % (2 * whole) !== 0) break
      this.#subtrees.pop()
      top = digest(nodePrefix, left.hash, top)
      start -= whole
      whole *= 2
    }
    this.#subtrees.push({ size: whole, hash: top })
  }
}

/** Whether the range has as many peaks as its place in a tree wants. */
export function isCompactRange({ from = 0, size, peaks }: CompactRange): boolean {
  return (
    from <= size &&
    subtreeSizes(from, size).length === peaks.length &&
    peaks.every((peak) => Buffer.from(peak, 'base64').length === 32)
  )
}

/** Of the fewest complete subtrees that cover these lines, in order. */
function subtreeSizes(from: number, to: number): readonly number[] {
  const sizes: number[] = []
  for (let at = from; at < to;) {
    let size = 1
    while (at % (2 * size) === 0 && at + 2 * size <= to) size *= 2
    sizes.push(size)
    at += size
  }
  return sizes
}

function digest(...parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
