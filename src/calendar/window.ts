/**
 * When gates are due. A cadence cuts time into periods; the sessions that count in a period are its *block*:
 *
 *   daily      one session
 *   weekly     the sessions from Monday to Sunday
 *   monthly    the first 5 sessions of the month
 *   quarterly  the first 10 sessions of the quarter
 *
 * A gate's anchors are read against the block: `open` is the open of its first session, `close` the close of its last one, and
 * `next open` the open of the session after that. So `close` to `next open` is the night after a session, and also the weekend.
 *
 * No clock makes a `pre-launch` gate due; a launch does. Its windows run from one close to the next without a gap, so that results
 * stand for one trading day, and its anchors are not consulted.
 */
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Anchor } from '../model/graph.ts'
import type { Calendar, Session } from './calendar.ts'
import { addDays, weekdayOf } from './dates.ts'
import { localDate, momentAt } from './zone.ts'

export const cadences = ['pre-launch', 'daily', 'weekly', 'monthly', 'quarterly'] as const
export type Cadence = (typeof cadences)[number]
export const isCadence = (name: string): name is Cadence => cadences.some((cadence) => cadence === name)

/** Due while from <= now < to, in epoch milliseconds. */
export interface Window {
  readonly fromMs: number
  readonly toMs: number
}
export interface Due {
  readonly from: Anchor
  readonly to: Anchor
}

/** `over` without a result is overdue, or missed for a gate on market time. */
export type Phase = 'pending' | 'due' | 'over'
export const phaseOf = (window: Window, nowMs: number): Phase =>
  nowMs < window.fromMs ? 'pending' : nowMs < window.toMs ? 'due' : 'over'

/** The window that `now` lies in, or else the last one that is over. Throws BeyondHorizon where the calendar cannot tell. */
export const latestWindow = (calendar: Calendar, cadence: Cadence, due: Due, nowMs: number): Window =>
  latest(calendar, cadence, due, nowMs).window

/** The first window that begins after `now`. Throws BeyondHorizon where the calendar cannot tell. */
export function nextWindow(calendar: Calendar, cadence: Cadence, due: Due, nowMs: number): Window {
  let { period } = latest(calendar, cadence, due, nowMs)
  for (;;) {
    period = after(cadence, period)
    const window = windowOf(calendar, cadence, due, period)
    if (window !== undefined) return window
  }
}

function latest(calendar: Calendar, cadence: Cadence, due: Due, nowMs: number): { period: Period; window: Window } {
  let period = lastThatMayHaveBegun(calendar, cadence, due, nowMs)
  for (;;) {
    const window = windowOf(calendar, cadence, due, period)
    if (window !== undefined && window.fromMs <= nowMs) return { period, window }
    period = before(cadence, period)
  }
}

/**
 * No window begins earlier than its period's first midnight shifted by the offset of `from`. The search starts with this period, and
 * not one later, so that it asks the calendar for nothing beyond what the answer needs.
 */
function lastThatMayHaveBegun(calendar: Calendar, cadence: Cadence, due: Due, nowMs: number): Period {
  let period = periodOf(cadence, localDate(calendar.zone, nowMs))
  for (;;) {
    const following = after(cadence, period)
    if (nowMs < momentAt(calendar.zone, following.first, 0) + due.from.offsetMs) return period
    period = following
  }
}

/** First and last date, both included. */
interface Period {
  readonly first: string
  readonly last: string
}

function periodOf(cadence: Cadence, date: string): Period {
  switch (cadence) {
    case 'pre-launch':
    case 'daily':
      return { first: date, last: date }
    case 'weekly': {
      const first = addDays(date, -((weekdayOf(date) + 6) % 7))
      return { first, last: addDays(first, 6) }
    }
    case 'monthly':
      return monthsFrom(date, Number(date.slice(5, 7)), 1)
    case 'quarterly': {
      const month = Number(date.slice(5, 7))
      return monthsFrom(date, month - ((month - 1) % 3), 3)
    }
  }
}

function monthsFrom(date: string, month: number, count: number): Period {
  const year = Number(date.slice(0, 4))
  const firstOf = (m: number): string =>
    `${String(m > 12 ? year + 1 : year).padStart(4, '0')}-${String(((m - 1) % 12) + 1).padStart(2, '0')}-01`
  return { first: firstOf(month), last: addDays(firstOf(month + count), -1) }
}

const after = (cadence: Cadence, period: Period): Period => periodOf(cadence, addDays(period.last, 1))
const before = (cadence: Cadence, period: Period): Period => periodOf(cadence, addDays(period.first, -1))

/** Undefined for a day without a session. */
function blockOf(calendar: Calendar, cadence: Cadence, { first, last }: Period): readonly Session[] {
  const sessions = calendar.sessions(first, last)
  return cadence === 'monthly' ? sessions.slice(0, 5) : cadence === 'quarterly' ? sessions.slice(0, 10) : sessions
}

function windowOf(calendar: Calendar, cadence: Cadence, due: Due, period: Period): Window | undefined {
  const block = blockOf(calendar, cadence, period)
  const first = block[0]
  const last = block.at(-1)
  if (first === undefined || last === undefined) return undefined
  if (cadence === 'pre-launch') return { fromMs: last.closeMs, toMs: calendar.next(last.openMs).closeMs }
  const at = (anchor: Anchor): number => {
    switch (anchor.at) {
      case 'open':
        return first.openMs + anchor.offsetMs
      case 'close':
        return last.closeMs + anchor.offsetMs
      case 'next open':
        return calendar.next(last.openMs).openMs + anchor.offsetMs
    }
  }
  const window = { fromMs: at(due.from), toMs: at(due.to) }
  if (window.fromMs >= window.toMs) {
    throw new DeskError(
      'empty-window',
      exitCodes.invalidDocument,
      `the ${cadence} window of ${period.first} ends before it begins`,
      'correct `due:` in the gate set',
    )
  }
  return window
}

/** The midnight at which the week, the month or the quarter of a moment began, in epoch milliseconds. */
export const periodStartMs = (
  { zone }: Pick<Calendar, 'zone'>,
  cadence: 'weekly' | 'monthly' | 'quarterly',
  ms: number,
): number => momentAt(zone, periodOf(cadence, localDate(zone, ms)).first, 0)
