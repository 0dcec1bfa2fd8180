/** The Merkle tree of RFC 6962 over the lines of the ledger, kept as a compact range: the roots of its complete subtrees, largest first. */
import { createHash } from 'node:crypto'

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

export interface CompactRange {
  readonly size: number
  /** base64. */
  readonly peaks: readonly string[]
}

export class Tree {
  #size: number
  readonly #peaks: Buffer[]

  constructor(range: CompactRange = { size: 0, peaks: [] }) {
    this.#size = range.size
    this.#peaks = range.peaks.map((peak) => Buffer.from(peak, 'base64'))
  }

  /** Number of lines. */
  get size(): number {
    return this.#size
  }

  add(line: string): void {
    let hash = digest(leafPrefix, line)
    this.#size++
    // Two subtrees of equal size become one, as often as the new size is even.
    for (let size = this.#size; size % 2 === 0; size /= 2) {
      const left = this.#peaks.pop()
      if (left === undefined) throw new RangeError('a compact range has fewer peaks than its size says')
      hash = digest(nodePrefix, left, hash)
    }
    this.#peaks.push(hash)
  }

  /** base64. */
  root(): string {
    if (this.#peaks.length === 0) return digest('').toString('base64')
    return this.#peaks.reduceRight((right, left) => digest(nodePrefix, left, right)).toString('base64')
  }

  range(): CompactRange {
    return { size: this.#size, peaks: this.#peaks.map((peak) => peak.toString('base64')) }
  }
}

/** Whether the range has as many peaks as a tree of its size. */
export function isCompactRange(range: CompactRange): boolean {
  const peaks = Array.from(range.size.toString(2)).filter((bit) => bit === '1').length
  return peaks === range.peaks.length && range.peaks.every((peak) => Buffer.from(peak, 'base64').length === 32)
}

function digest(...parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
