/** What the process of an open segment had come to when it died, told by its last record: the ledger's line was still to come. */
import type { Need } from '../model/journal.ts'
import { isNeed, type ClosedSummary, type ParkedSummary } from './ledger-line.ts'
import type { SegmentRead } from './segment-read.ts'

export type LastWord =
  | { readonly kind: 'closed'; readonly summary: ClosedSummary }
  | { readonly kind: 'parked'; readonly summary: ParkedSummary }
  /** It died in the middle. */
  | { readonly kind: 'none' }

export function lastWordOf(read: SegmentRead): LastWord {
  const last = read.entries.at(-1)
  const data: unknown = last?.data
  if (last === undefined || typeof data !== 'object' || data === null || Reflect.get(data, 'kind') !== last.event)
    return { kind: 'none' }
  if (last.event === 'closed') {
    const [outcome, reason] = [textIn(data, 'outcome'), textIn(data, 'reason')]
    const unsettled: unknown = Reflect.get(data, 'unsettled')
    return {
      kind: 'closed',
      summary: {
        ...(outcome === undefined ? {} : { outcome }),
        ...(reason === undefined ? {} : { reason }),
        ...(Array.isArray(unsettled) && unsettled.every((each) => typeof each === 'string') ? { unsettled } : {}),
      },
    }
  }
  const needs: unknown = Reflect.get(data, 'needs')
  if (last.event !== 'parked' || !Array.isArray(needs) || !needs.every(isNeed)) return { kind: 'none' }
  const resumeAt = firstMomentOf(needs)
  return { kind: 'parked', summary: { needs, ...(resumeAt === undefined ? {} : { resumeAt }) } }
}

/** RFC 3339: when the run can go on by itself; undefined where it waits for people only. */
const firstMomentOf = (needs: readonly Need[]): string | undefined =>
  needs.flatMap((need) => (need.kind === 'moment' ? [need.dueAt] : [])).sort((a, b) => Date.parse(a) - Date.parse(b))[0]

function textIn(data: object, field: string): string | undefined {
  const value: unknown = Reflect.get(data, field)
  return typeof value === 'string' ? value : undefined
}
