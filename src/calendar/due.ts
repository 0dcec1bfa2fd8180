/** When something falls due, counted in sessions or on the clock. */
import type { Moment } from '../model/graph.ts'
import type { Calendar } from './calendar.ts'
import { localDate } from './zone.ts'

/** Sessions in a trading week. */
export const weekSessions = 5

/** Closing prices and fills need a moment to arrive; what counts sessions looks after it. */
const settleMs = 5 * 60_000

/**
 * "N trading days" after a moment: five minutes after the close of the Nth full session. A session in progress does not count, one
 * that opens at the very moment does. `n` is a whole number from 1; anything else is a bug and throws RangeError.
 */
export function dueAfterSessions(calendar: Calendar, fromMs: number, n: number): number {
  if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`not a number of sessions: ${String(n)}`)
  // Moments are whole milliseconds, so "opens after the one before" is "opens at or after".
  let session = calendar.next(fromMs - 1)
  for (let counted = 1; counted < n; counted++) session = calendar.next(session.openMs)
  return session.closeMs + settleMs
}

/** The first opening after the moment. */
export const nextOpen = (calendar: Calendar, ms: number): number => calendar.next(ms).openMs

/** The first close after the moment: of the session in progress, else of the next one. */
export const nextClose = (calendar: Calendar, ms: number): number => (calendar.current(ms) ?? calendar.next(ms)).closeMs

/**
 * The date for which work at this moment counts: today where today has a session, before, during and after it; else the date of the
 * next session.
 */
export function tradingDate(calendar: Calendar, ms: number): string {
  const today = localDate(calendar.zone, ms)
  return calendar.sessionOn(today)?.date ?? calendar.next(ms).date
}

/**
 * When a wait entered at `fromMs` ends. `next` with an offset means the first opening (or close) whose shifted moment lies after
 * `fromMs`: "30 min before the open", asked ten minutes before it, is tomorrow's, and "5 min after the close", asked two minutes after
 * it, is today's.
 */
export function dueAt(calendar: Calendar, moment: Moment, fromMs: number): number {
  switch (moment.kind) {
    case 'after':
      return moment.duration.unit === 'ms'
        ? fromMs + moment.duration.n
        : dueAfterSessions(calendar, fromMs, moment.duration.n)
    case 'next': {
      const shiftedMs = fromMs - moment.offsetMs
      return (moment.at === 'open' ? nextOpen(calendar, shiftedMs) : nextClose(calendar, shiftedMs)) + moment.offsetMs
    }
  }
}
