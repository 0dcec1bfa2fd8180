/**
 * When gates are due. A cadence cuts time into periods; the sessions that count in a period are its *block*:
 *
 *   daily         one session
 *   market-hours  one session, cut into slots
 *   weekly        the sessions from Monday to Sunday
 *   monthly       the first 5 sessions of the month
 *   quarterly     the first 10 sessions of the quarter
 *
 * A gate's anchors are read against the block: `open` is the open of its first session, `close` the close of its last one, and
 * `next open` the open of the session after that. So `close` to `next open` is the night after a session, and also the weekend.
 *
 * No clock makes a `pre-launch` gate due; a launch does. Its windows run from one close to the next without a gap, so that results
 * stand for one trading day, and its anchors are not consulted.
 *
 * Gates of the cadence `event` know no periods: their one window is counted on the clock from the latest event.
 */
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Anchor, Due } from '../model/graph.ts'
import type { Calendar, Session } from './calendar.ts'
import { addDays, weekdayOf } from './dates.ts'
import { localDate, momentAt } from './zone.ts'

/** Those that the calendar makes due. */
export const periodics = ['pre-launch', 'market-hours', 'daily', 'weekly', 'monthly', 'quarterly'] as const
export type Periodic = (typeof periodics)[number]
export const cadences = [...periodics, 'event'] as const
export type Cadence = (typeof cadences)[number]
export const isCadence = (name: string): name is Cadence => cadences.some((cadence) => cadence === name)

/** Due while from <= now < to, in epoch milliseconds. */
export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

/** `over` without a result is overdue, or missed for a gate on market time. */
export type Phase = 'pending' | 'due' | 'over'
export const phaseOf = (window: Window, nowMs: number): Phase =>
  nowMs < window.fromMs ? 'pending' : nowMs < window.toMs ? 'due' : 'over'

/** The window that `now` lies in, or else the last one that is over. Throws BeyondHorizon where the calendar cannot tell. */
export const latestWindow = (calendar: Calendar, cadence: Periodic, due: Due, nowMs: number): Window =>
  slotAt(latest(calendar, cadence, due, nowMs).window, due.everyMs, nowMs)

/** The first window that begins after `now`. Throws BeyondHorizon where the calendar cannot tell. */
export function nextWindow(calendar: Calendar, cadence: Periodic, due: Due, nowMs: number): Window {
  const last = latest(calendar, cadence, due, nowMs)
  const slot = slotAt(last.window, due.everyMs, nowMs)
  if (slot.toMs < last.window.toMs) return slotAt(last.window, due.everyMs, slot.toMs)
  let { period } = last
  for (;;) {
    period = after(cadence, period)
    const window = windowOf(calendar, cadence, due, period)
    if (window !== undefined) return slotAt(window, due.everyMs, window.fromMs)
  }
}

/** The one window that an event opens. */
export const windowAfter = ({ from, to }: Due, eventMs: number): Window => ({
  fromMs: eventMs + from.offsetMs,
  toMs: eventMs + to.offsetMs,
})

/** The slot that a moment lies in, or the last one; the last one may be shorter. */
function slotAt(window: Window, everyMs: number | undefined, ms: number): Window {
  if (everyMs === undefined) return window
  const last = Math.ceil((window.toMs - window.fromMs) / everyMs) - 1
  const n = Math.min(last, Math.floor((ms - window.fromMs) / everyMs))
  const fromMs = window.fromMs + n * everyMs
  return { fromMs, toMs: Math.min(window.toMs, fromMs + everyMs) }
}

function latest(calendar: Calendar, cadence: Periodic, due: Due, nowMs: number): { period: Period; window: Window } {
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
function lastThatMayHaveBegun(calendar: Calendar, cadence: Periodic, due: Due, nowMs: number): Period {
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

function periodOf(cadence: Periodic, date: string): Period {
  switch (cadence) {
    case 'pre-launch':
    case 'market-hours':
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

const after = (cadence: Periodic, period: Period): Period => periodOf(cadence, addDays(period.last, 1))
const before = (cadence: Periodic, period: Period): Period => periodOf(cadence, addDays(period.first, -1))

/** Undefined for a day without a session. */
function blockOf(calendar: Calendar, cadence: Periodic, { first, last }: Period): readonly Session[] {
  const most = cadence === 'monthly' ? 5 : cadence === 'quarterly' ? 10 : undefined
  return calendar.sessions(first, last, most)
}

function windowOf(calendar: Calendar, cadence: Periodic, due: Due, period: Period): Window | undefined {
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
      case 'event':
        throw new DeskError(
          'no-event',
          exitCodes.invalidDocument,
          `a ${cadence} window is not counted from an event`,
          'desk lint',
        )
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
