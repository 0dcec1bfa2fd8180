/**
 * Which runbooks fall due by their `frequency`. The home screen knows them from the index that the build makes of the shipped runbooks,
 * because nothing is compiled there; `desk runbook` asks the documents that it has read.
 */
import { readPackaged } from './packaged-json.ts'
import type { RunSummary } from '../audit/runs.ts'
import { BeyondHorizon } from '../calendar/calendar.ts'
import { calendarOf } from '../calendar/calendars.ts'
import { sinceClose, tradingDayAt } from '../calendar/trading-day.ts'
import { periodStartMs } from '../calendar/window.ts'
import type { Recurrence } from '../parse/document.ts'

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
const wordsFor: Readonly<Record<Recurrence, string>> = {
  ...{ session: 'this session', close: 'since the close' },
  ...{ week: 'this week', month: 'this month', quarter: 'this quarter' },
}

/**
 * Why a runbook is due, given its own runs; none where it is not. Practice is asked of the paper desk only. Where the calendar cannot tell
 * what period it is, that is the reason.
 */
export function reasonsFor(
  { every, practise, atMost }: Rhythm,
  runs: readonly Ended[],
  { nowMs, profile }: { readonly nowMs: number; readonly profile: 'paper' | 'live' },
): readonly string[] {
  const unlessWell = (period: Recurrence, reason: string) => (): string | undefined => {
    const { fromMs, begunFromMs } = periodAt(period, nowMs)
    const wentWell = runs.some(
      ({ outcome, openedAt, endedAt }) =>
        outcome === 'ok' && isWithin(endedAt, fromMs, nowMs) && isWithin(openedAt, begunFromMs, nowMs),
    )
    return wentWell ? undefined : `${reason} ${wordsFor[period]}`
  }
  const reasons: (string | undefined)[] = []
  if (every !== undefined) reasons.push(told(unlessWell(every, 'not run')))
  if (practise !== undefined && profile === 'paper') reasons.push(told(unlessWell(practise, 'not practised')))
  if (atMost !== undefined) {
    const { count, per } = atMost
    const tooMany = (): string | undefined => {
      const { fromMs } = periodAt(per, nowMs)
      const used = runs.filter(({ openedAt }) => isWithin(openedAt, fromMs, nowMs)).length
      const times = used === 1 ? 'once' : `${String(used)} times`
      return used > count ? `used ${times} ${wordsFor[per]}, at most ${String(count)}` : undefined
    }
    reasons.push(told(tooMany))
  }
  return reasons.filter((reason) => reason !== undefined)
}

/** Beyond the calendar nothing is known, and what is not known is due. */
function told(reason: () => string | undefined): string | undefined {
  try {
    return reason()
  } catch (error) {
    if (error instanceof BeyondHorizon) return `cannot be told: ${error.message}`
    throw error
  }
}

/** What is not known comes first, then what was done too often, what was not done, what was only not practised; soonest first. */
const urgencies = [
  'cannot be told',
  'used',
  ...['not run', 'not practised'].flatMap((what) => Object.values(wordsFor).map((period) => `${what} ${period}`)),
]
export const urgencyOf = (reason: string): number => urgencies.findIndex((words) => reason.startsWith(words))

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

/** Sessions, weeks, months and quarters are those of the exchange. Throws BeyondHorizon. */
function periodAt(period: Recurrence, nowMs: number): { readonly fromMs: number; readonly begunFromMs: number } {
  const calendar = calendarOf('XNYS')
  if (calendar === undefined) throw new Error('desk has no calendar of the exchange')
  switch (period) {
    case 'session':
      return tradingDayAt(calendar, nowMs)
    case 'close':
      return sinceClose(calendar, nowMs)
    case 'week':
    case 'month':
    case 'quarter':
      return {
        fromMs: periodStartMs(calendar, cadenceOf[period], nowMs),
        begunFromMs: Number.NEGATIVE_INFINITY,
      }
  }
}

/** What is dated in the future proves nothing. */
const isWithin = (moment: string | undefined, fromMs: number, nowMs: number): boolean => {
  const ms = Date.parse(moment ?? '')
  return ms >= fromMs && ms <= nowMs
}

const isIndexed = (value: unknown): value is IndexedRunbook =>
  typeof value === 'object' && value !== null && 'id' in value && 'title' in value && 'rhythm' in value
