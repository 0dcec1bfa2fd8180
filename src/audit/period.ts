/** All records of a period, run by run in the order in which they began, in constant memory. */
import { endOf, expectationsOf } from './expectation.ts'
import { parseSegmentName } from './layout.ts'
import type { Extent } from './ledger-line.ts'
import { readLedger } from './ledger-read.ts'
import { linesOf, type SegmentLine } from './segment-lines.ts'
import { listSegments, type SegmentProblem } from './segment-read.ts'

export interface Period {
  /** Epoch milliseconds; both included. */
  readonly fromMs: number
  readonly toMs: number
  readonly run?: string
}
export type PeriodItem =
  | ({ readonly kind: 'record'; readonly segment: string } & SegmentLine)
  | { readonly kind: 'problem'; readonly problem: SegmentProblem }

/** Clocks go back, and records are older than the ledger's line about them: segments within a day are looked into. */
const marginMs = 86_400_000

/** Of a segment that was taken over, the part that counts. Throws the system's error. */
export function* recordsOfPeriod(stateDir: string, { fromMs, toMs, run }: Period): Generator<PeriodItem, void> {
  const known = expectationsOf(readLedger(stateDir).lines, [])
  const there = new Set(listSegments(stateDir))
  const inOrder = [
    ...[...known.keys()].filter((name) => there.has(name)),
    ...[...there].filter((name) => !known.has(name)),
  ]
  for (const segment of inOrder) {
    if (run !== undefined && parseSegmentName(segment)?.run !== run) continue
    const expected = known.get(segment)
    const end = expected === undefined ? undefined : endOf(expected)
    if (end !== undefined && Date.parse(end.at) < fromMs - marginMs) continue
    if (expected?.opened !== undefined && Date.parse(expected.opened.at) > toMs + marginMs) continue
    const lines = linesOf(stateDir, segment, end?.bytes)
    let records = 0
    for (let next = lines.next(); ; next = lines.next()) {
      if (next.done === true) {
        const problem = next.value ?? (end === undefined ? undefined : cutShort(segment, records, end))
        if (problem !== undefined) yield { kind: 'problem', problem }
        break
      }
      records++
      const atMs = Date.parse(next.value.record.timestamp)
      if (atMs >= fromMs && atMs <= toMs) yield { kind: 'record', segment, ...next.value }
    }
  }
}

function cutShort(segment: string, records: number, end: Extent): SegmentProblem | undefined {
  if (records === end.records) return undefined
  const message = `${String(records)} records are left of ${String(end.records)}`
  return { segment, seq: records, line: records + 1, code: 'truncated', message }
}
