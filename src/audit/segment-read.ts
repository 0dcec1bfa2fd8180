/** Reads segments: every record whose chain holds, and exactly where it ends or breaks. Never throws for what a file contains. */
import { readdirSync } from 'node:fs'
import { readRegularFile } from '../disk/read.ts'
import { isProcessIdentity, type ProcessIdentity } from '../lock/liveness.ts'
import { isErrno } from './failure.ts'
import { parseSegmentName, segmentName, segmentPath, segmentsDir } from './layout.ts'
import { isPrevious, type Extent, type Previous } from './ledger-line.ts'
import { decodeLine, firstLink, type AuditRecord } from './record.ts'

export interface Place {
  readonly segment: string
  readonly seq: number
  /** 1-based line of the file. */
  readonly line: number
}
export interface SegmentProblem extends Place {
  readonly code: string
  readonly message: string
}
export interface SegmentRead extends Extent {
  readonly name: string
  readonly entries: readonly AuditRecord[]
  /** A whole line that is not what was written. A torn tail is none: a crash leaves that. */
  readonly problem?: SegmentProblem
}

const newline = 10

export function readSegmentBytes(name: string, content: Buffer): SegmentRead {
  const run = parseSegmentName(name)?.run ?? ''
  const entries: AuditRecord[] = []
  let head = firstLink(name)
  let bytes = 0
  for (let end = content.indexOf(newline); end >= 0; end = content.indexOf(newline, bytes)) {
    const line = content.subarray(bytes, end)
    const record = decodeLine(line, { seq: entries.length, prev: head, run })
    const extent = { records: entries.length, bytes, head, torn: content.length - bytes }
    if (typeof record === 'string') {
      // After a power cut a file may end in blocks of zeros, with later parts of the same unacknowledged write behind them.
      if (line.includes(0)) return { name, entries, ...extent }
      const at = { segment: name, seq: entries.length, line: entries.length + 1 }
      return { name, entries, ...extent, problem: { ...at, code: 'chain-broken', message: record } }
    }
    entries.push(record)
    head = record.h
    bytes = end + 1
  }
  return { name, entries, records: entries.length, bytes, head, torn: content.length - bytes }
}

/** Throws the system's error where the file is missing or cannot be read. */
export function readSegment(stateDir: string, name: string): SegmentRead {
  return readSegmentBytes(name, readRegularFile(segmentPath(stateDir, name)))
}

/** All segments that are there, by id and k. Other files are passed over. */
export function listSegments(stateDir: string): string[] {
  let names: string[]
  try {
    names = readdirSync(segmentsDir(stateDir))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
  const order = (name: string): string => {
    const parsed = parseSegmentName(name)
    return parsed === undefined ? name : `${parsed.run}.${String(parsed.k).padStart(6, '0')}`
  }
  return names.filter((name) => parseSegmentName(name) !== undefined).sort((a, b) => (order(a) < order(b) ? -1 : 1))
}

/** The segments of one run, in order of k. */
export function segmentsOf(stateDir: string, run: string): string[] {
  return listSegments(stateDir).filter((name) => parseSegmentName(name)?.run === run)
}

/** The k with which the run would be taken up next; 0 for a run that is not there. */
export function nextSegmentNumber(stateDir: string, run: string): number {
  const last = segmentsOf(stateDir, run).at(-1)
  return last === undefined ? 0 : (parseSegmentName(last)?.k ?? 0) + 1
}

/** What the header says of the writer and of the segment before it. */
export function headerOf(read: Pick<SegmentRead, 'entries'>): {
  readonly process?: ProcessIdentity
  readonly previous?: Previous
} {
  const context = read.entries[0]?.context
  if (typeof context !== 'object' || context === null) return {}
  const process: unknown = Reflect.get(context, 'process')
  const previous: unknown = Reflect.get(context, 'previous')
  return { ...(isProcessIdentity(process) ? { process } : {}), ...(isPrevious(previous) ? { previous } : {}) }
}

export interface RunRead {
  readonly run: string
  readonly segments: readonly SegmentRead[]
  /** In order, across all segments. */
  readonly entries: readonly AuditRecord[]
  /** Anything here means: do not go on with this run. */
  readonly problems: readonly SegmentProblem[]
}

/** A run as its successors saw it: of each segment only the part that the next one pinned counts. An unknown run has no segments. */
export function readRun(stateDir: string, run: string): RunRead {
  return readSegmentsOfRun(stateDir, run, segmentsOf(stateDir, run))
}

/** The same for a caller that has listed the segments already. */
export function readSegmentsOfRun(stateDir: string, run: string, names: readonly string[]): RunRead {
  const problems: SegmentProblem[] = []
  const segments: SegmentRead[] = []
  for (const [k, name] of names.entries()) {
    if (name !== segmentName(run, k)) {
      problems.push({
        segment: segmentName(run, k),
        seq: 0,
        line: 1,
        code: 'segment-missing',
        message: `${name} is there, the one before it is not`,
      })
      break
    }
    segments.push(readSegment(stateDir, name))
  }
  const counted = segments.map((read, k) => {
    const next = segments[k + 1]
    const pin = next === undefined ? undefined : headerOf(next).previous
    const part = pin === undefined ? read : pinned(stateDir, read, pin)
    if (part.problem !== undefined) problems.push(part.problem)
    return part
  })
  return { run, segments: counted, entries: counted.flatMap((read) => read.entries), problems }
}

/** The part of a segment that its successor pinned. What was written behind it came too late and does not count. */
function pinned(stateDir: string, read: SegmentRead, pin: Previous): SegmentRead {
  if (pin.segment === read.name && pin.bytes === read.bytes && pin.head === read.head && read.problem === undefined)
    return read
  return readPinned(read.name, readRegularFile(segmentPath(stateDir, read.name)), pin)
}

export function readPinned(name: string, content: Buffer, pin: Previous): SegmentRead {
  const part = readSegmentBytes(name, content.subarray(0, pin.bytes))
  if (part.problem !== undefined) return part
  if (part.bytes === pin.bytes && part.head === pin.head && part.records === pin.records && pin.segment === name)
    return part
  const at = { segment: name, seq: part.records, line: part.records + 1 }
  const message = `the next segment counts ${String(pin.records)} records in ${String(pin.bytes)} bytes; ${String(part.records)} are here`
  return { ...part, problem: { ...at, code: 'takeover-differs', message } }
}
