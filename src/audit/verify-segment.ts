/** One segment against everything that the ledger and checkpoints say of it. */
import type { OpenHead } from './checkpoint.ts'
import type { EvidenceLine, Extent, Opened, Previous } from './ledger-line.ts'
import type { AuditRecord } from './record.ts'
import { headerOf, readPinned, readSegmentBytes, type SegmentProblem, type SegmentRead } from './segment-read.ts'

export interface Expectation {
  readonly opened?: Opened
  /** How it ended. */
  readonly end?: Extent
  /** Two lines disagree about how it ended. */
  readonly conflicting?: boolean
  /** What its successor counts. */
  readonly pin?: Previous
  readonly evidence: readonly EvidenceLine[]
  readonly heads: readonly OpenHead[]
}
export interface SegmentVerdict {
  readonly read: SegmentRead
  readonly problems: readonly SegmentProblem[]
  readonly notes: readonly string[]
}

export function verifyContent(segment: string, content: Buffer, expected: Expectation): SegmentVerdict {
  const whole = readSegmentBytes(segment, content)
  const { end, pin } = expected
  const notes: string[] = []
  const problems: SegmentProblem[] = []
  const read = end === undefined && pin !== undefined ? readPinned(segment, content, pin) : whole
  if (read.problem !== undefined) problems.push(read.problem)
  else if (end !== undefined) problems.push(...compareEnd(read, end))
  if (end === undefined && pin !== undefined) {
    const late = content.length - pin.bytes - pin.torn
    if (late > 0)
      notes.push(`${segment}: ${String(late)} bytes were written after it was taken over; they do not count`)
  }
  if (end === undefined && read.torn > 0) notes.push(`${segment}: torn tail of ${String(read.torn)} bytes`)
  if (expected.conflicting === true)
    problems.push({ ...placeIn(read, 0), code: 'ledger-disagrees', message: 'the ledger tells two different ends' })
  problems.push(
    ...compareHeader(read, expected),
    ...compareHeads(segment, content, read, expected),
    ...compareEvidence(read, expected.evidence),
  )
  return { read, problems: onePerPlace(problems), notes }
}

const placeIn = (
  read: SegmentRead,
  seq: number,
): { readonly segment: string; readonly seq: number; readonly line: number } => ({
  segment: read.name,
  seq,
  line: seq + 1,
})

function compareEnd(read: SegmentRead, end: Extent): SegmentProblem[] {
  if (read.records < end.records)
    return [
      {
        ...placeIn(read, read.records),
        code: 'truncated',
        message: `${String(read.records)} records are left of ${String(end.records)}`,
      },
    ]
  if (read.records > end.records)
    return [
      { ...placeIn(read, end.records), code: 'extended', message: `it had ended with ${String(end.records)} records` },
    ]
  if (read.head !== end.head || read.bytes !== end.bytes) {
    return [
      {
        ...placeIn(read, Math.max(0, end.records - 1)),
        code: 'rewritten',
        message: 'its chain holds but ends with another hash than it was closed with',
      },
    ]
  }
  if (read.torn !== end.torn)
    return [
      {
        ...placeIn(read, end.records),
        code: 'extended',
        message: `${String(read.torn)} bytes follow its end; there were ${String(end.torn)}`,
      },
    ]
  return []
}

/** Header and ledger pin the same end of the segment before it. */
export function agreesWithHeader(header: AuditRecord, { opened }: Expectation): boolean {
  if (opened === undefined) return true
  const { previous } = headerOf({ entries: [header] })
  return (
    previous?.segment === opened.previous?.segment &&
    previous?.head === opened.previous?.head &&
    previous?.bytes === opened.previous?.bytes
  )
}

export const bearsOut = (record: AuditRecord, line: EvidenceLine): boolean =>
  record.event === line.event && record.result === line.status

/** The header and the `opened` line were written by the same process one after the other. */
function compareHeader(read: SegmentRead, expected: Expectation): SegmentProblem[] {
  const header = read.entries[0]
  return header === undefined || agreesWithHeader(header, expected)
    ? []
    : [
        {
          ...placeIn(read, 0),
          code: 'takeover-differs',
          message: 'its header and the ledger pin different ends of the segment before it',
        },
      ]
}

/** A segment can only grow: what a checkpoint saw of it is still there. */
function compareHeads(segment: string, content: Buffer, read: SegmentRead, { heads }: Expectation): SegmentProblem[] {
  return heads.flatMap(({ records, bytes, head }) => {
    if (content.length < bytes)
      return [
        { ...placeIn(read, read.records), code: 'truncated', message: `a checkpoint saw ${String(records)} records` },
      ]
    const then = readSegmentBytes(segment, content.subarray(0, bytes))
    if (then.head === head && then.records === records) return []
    return [
      {
        ...placeIn(read, Math.min(then.records, Math.max(0, records - 1))),
        code: 'rewritten',
        message: `a checkpoint saw other records up to number ${String(records - 1)}`,
      },
    ]
  })
}

function compareEvidence(read: SegmentRead, evidence: readonly EvidenceLine[]): SegmentProblem[] {
  return evidence.flatMap((line) => {
    const record = read.entries[line.seq]
    if (record !== undefined && bearsOut(record, line)) return []
    return [
      {
        ...placeIn(read, line.seq),
        code: 'evidence-differs',
        message: `the ledger announces ${line.event} ${line.status} here`,
      },
    ]
  })
}

/** One change shows in several comparisons; the first one names it best. */
function onePerPlace(problems: readonly SegmentProblem[]): SegmentProblem[] {
  const seen = new Set<number>()
  return problems.filter(({ seq }) => !seen.has(seq) && seen.add(seq))
}
