/**
 * Which runbooks fall due by their `frequency`. The home screen knows them from the index that the build makes of the shipped runbooks,
 * because nothing is compiled there; `desk runbook` asks the documents that it has read.
 */
import { readPackaged } from './packaged-json.ts'
import type { RunSummary } from '../audit/runs.ts'
import { calendarOf } from '../calendar/calendars.ts'
import { periodStartMs } from '../calendar/window.ts'

type Recurrence = 'week' | 'month' | 'quarter'

/** What makes a runbook fall due, as its document says it. */
export interface Rhythm {
  /** Due where no run of this period ended well. */
  readonly every?: Recurrence | undefined
  /** The same, for practice on the paper desk. */
  readonly practise?: Recurrence | undefined
  /** More runs than that in a period are too many. */
  readonly atMost?: { readonly count: number; readonly per: Recurrence } | undefined
}

/** A runbook as the build writes it: only those that can fall due. */
export interface IndexedRunbook {
  readonly id: string
  readonly title: string
  readonly rhythm: Rhythm
}
export const runbookIndexFile = 'runbooks.json'

export interface DueRunbook {
  readonly id: string
  readonly title: string
  /** Why, in words; at least one. */
  readonly reasons: readonly string[]
}

export type Ended = Pick<RunSummary, 'openedAt' | 'state' | 'outcome' | 'endedAt'>

const cadenceOf = { week: 'weekly', month: 'monthly', quarter: 'quarterly' } as const

/** Why a runbook is due, given its own runs; none where it is not. Practice is asked of the paper desk only. */
export function reasonsFor(
  { every, practise, atMost }: Rhythm,
  runs: readonly Ended[],
  { nowMs, profile }: { readonly nowMs: number; readonly profile: 'paper' | 'live' },
): readonly string[] {
  const startOf = (period: Recurrence): number => startMs(period, nowMs)
  const wentWell = (period: Recurrence): boolean =>
    runs.some(({ outcome, endedAt }) => outcome === 'ok' && isWithin(endedAt, startOf(period), nowMs))
  const reasons: string[] = []
  if (every !== undefined && !wentWell(every)) reasons.push(`not run this ${every}`)
  if (practise !== undefined && profile === 'paper' && !wentWell(practise))
    reasons.push(`not practised this ${practise}`)
  if (atMost !== undefined) {
    const used = runs.filter(({ openedAt }) => isWithin(openedAt, startOf(atMost.per), nowMs)).length
    if (used > atMost.count)
      reasons.push(
        `used ${used === 1 ? 'once' : `${String(used)} times`} this ${atMost.per}, at most ${String(atMost.count)}`,
      )
  }
  return reasons
}

/** Those of the index, by the runs that the log tells of. */
export function dueRunbooks(
  index: readonly IndexedRunbook[],
  runs: readonly RunSummary[],
  at: { readonly nowMs: number; readonly profile: 'paper' | 'live' },
): readonly DueRunbook[] {
  return index.flatMap(({ id, title, rhythm }) => {
    const own = runs.filter(({ graph }) => graph === `runbook/${id}`)
    const reasons = reasonsFor(rhythm, own, at)
    return reasons.length === 0 ? [] : [{ id, title, reasons }]
  })
}

export const readRunbookIndex = (): readonly IndexedRunbook[] => readPackaged(runbookIndexFile, isIndexed)

/** Weeks, months and quarters are those of the exchange. */
function startMs(period: Recurrence, nowMs: number): number {
  const calendar = calendarOf('XNYS')
  if (calendar === undefined) throw new Error('desk has no calendar of the exchange')
  return periodStartMs(calendar, cadenceOf[period], nowMs)
}

/** What is dated in the future proves nothing. */
const isWithin = (moment: string | undefined, fromMs: number, nowMs: number): boolean => {
  const ms = Date.parse(moment ?? '')
  return ms >= fromMs && ms <= nowMs
}

const isIndexed = (value: unknown): value is IndexedRunbook =>
  typeof value === 'object' && value !== null && 'id' in value && 'title' in value && 'rhythm' in value
