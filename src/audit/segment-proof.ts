/**
 * Proves an ended segment in one pass of constant memory, mostly without parsing. The ledger names the hash of its last record; a chain of
 * lines that leads there is, byte for byte, what was written, so only lines that something else refers to have to be understood. It says
 * yes or nothing: whatever is odd is left for `verifyContent`, which names the place.
 */
import { closeSync, readSync } from 'node:fs'
import { openRegularFile } from '../disk/read.ts'
import { isErrno } from './failure.ts'
import { parseSegmentName, segmentPath } from './layout.ts'
import type { Extent } from './ledger-line.ts'
import { decodeLine, firstLink, largestLineBytes } from './record.ts'
import { referenceKeys, referencesOf, type Reference } from './references.ts'
import { agreesWithHeader, bearsOut, type Expectation } from './verify-segment.ts'
import { sha256 } from '../model/sha256.ts'

export interface ProvedSegment {
  readonly records: number
  readonly references: readonly Reference[]
}

const newline = 10
const hashTail = ',"h":""}'.length + 64
const links = '"prev":""'.length + 64 + hashTail
const blockBytes = 1 << 20
/** One for all segments: fresh memory for each costs more than hashing what is read into it. */
let block: Buffer | undefined

/** Undefined where the segment is not, in every respect, what is expected. Throws the system's error where it cannot be read. */
export function proveSegment(stateDir: string, segment: string, expected: Expectation): ProvedSegment | undefined {
  const { end } = expected
  if (end?.torn !== 0 || expected.conflicting === true) return undefined
  const fd = openIfThere(segmentPath(stateDir, segment))
  if (fd === undefined) return undefined
  try {
    const chain = new Chain(segment, expected)
    let buffer = (block ??= Buffer.allocUnsafeSlow(blockBytes))
    let filled = 0
    for (;;) {
      const got = readSync(fd, buffer, filled, buffer.length - filled, null)
      if (got === 0) break
      filled += got
      const used = chain.take(buffer.subarray(0, filled))
      if (used === undefined) return undefined
      buffer.copyWithin(0, used, filled)
      filled -= used
      if (filled < buffer.length) continue
      if (filled > largestLineBytes) return undefined
      buffer = Buffer.concat([buffer], buffer.length * 2)
    }
    return filled === 0 ? chain.proved(end) : undefined
  } finally {
    closeSync(fd)
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openRegularFile(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

class Chain {
  private records = 0
  private bytes = 0
  private head: string
  private readonly references: Reference[] = []
  private readonly segment: string
  private readonly expected: Expectation
  /** The header, and records that the ledger speaks of. */
  private readonly wanted: ReadonlySet<number>
  /** How far checkpoints saw the segment. */
  private readonly unseen: Map<number, string>

  constructor(segment: string, expected: Expectation) {
    this.segment = segment
    this.expected = expected
    this.head = firstLink(segment)
    this.wanted = new Set([0, ...expected.evidence.map(({ seq }) => seq)])
    this.unseen = new Map(expected.heads.map(({ records, bytes, head }) => [bytes, `${String(records)} ${head}`]))
    this.see()
  }

  /** Answers how many bytes of whole lines it took; undefined where one does not follow from the one before. */
  take(bytes: Buffer): number | undefined {
    const keys = referenceKeys.map((key) => new Occurrences(bytes, key))
    let start = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      if (end - start <= links) return undefined
      const h = sha256(bytes.subarray(start, end - hashTail))
      if (bytes.toString('latin1', end - links, end) !== `"prev":"${this.head}","h":"${h}"}`) return undefined
      const refers = keys.filter((key) => key.isBetween(start, end)).length > 0
      if ((refers || this.wanted.has(this.records)) && !this.understand(bytes.subarray(start, end))) return undefined
      this.head = h
      this.records++
      this.bytes += end + 1 - start
      start = end + 1
      if (this.unseen.size > 0) this.see()
    }
    return start
  }

  proved(end: Extent): ProvedSegment | undefined {
    const { records, bytes, head, references } = this
    const isWhole = records === end.records && bytes === end.bytes && head === end.head && this.unseen.size === 0
    return isWhole ? { records, references } : undefined
  }

  private see(): void {
    if (this.unseen.get(this.bytes) === `${String(this.records)} ${this.head}`) this.unseen.delete(this.bytes)
  }

  private understand(line: Buffer): boolean {
    const run = parseSegmentName(this.segment)?.run ?? ''
    const record = decodeLine(line, { seq: this.records, prev: this.head, run })
    if (typeof record === 'string') return false
    this.references.push(...referencesOf(this.segment, record))
    const { evidence } = this.expected
    return (
      (record.seq > 0 || agreesWithHeader(record, this.expected)) &&
      evidence.every((line) => line.seq !== record.seq || bearsOut(record, line))
    )
  }
}

/** Where a key stands, found from one occurrence to the next. */
class Occurrences {
  private next: number
  private readonly bytes: Buffer
  private readonly key: string

  constructor(bytes: Buffer, key: string) {
    this.bytes = bytes
    this.key = key
    this.next = bytes.indexOf(key, 0, 'latin1')
  }

  /** Asked in rising order. */
  isBetween(start: number, end: number): boolean {
    if (this.next >= 0 && this.next < start) this.next = this.bytes.indexOf(this.key, start, 'latin1')
    return this.next >= 0 && this.next < end
  }
}
