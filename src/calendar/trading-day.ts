/**
 * The time that belongs to one session. A trading day begins at midnight, what comes after a close at that close, which may be an early
 * one; each lasts until the next one begins, so nights, weekends and holidays belong to the session before them. All moments are epoch
 * milliseconds.
 */
import type { Calendar } from './calendar.ts'
import { localDate, momentAt } from './zone.ts'

export interface SessionTime {
  readonly fromMs: number
  /** What was begun before this was done for an earlier session, whenever it ended. */
  readonly begunFromMs: number
}

/** The latest trading day that has begun: work for it may begin once the session before has closed. Throws BeyondHorizon. */
export function tradingDayAt(calendar: Calendar, ms: number): SessionTime {
  const session = calendar.sessionOn(localDate(calendar.zone, ms)) ?? calendar.previous(ms)
  return {
    fromMs: momentAt(calendar.zone, session.date, 0),
    begunFromMs: calendar.previous(session.openMs).closeMs,
  }
}

/** Since the last close: what was begun before it has not seen the whole session. Throws BeyondHorizon. */
export function sinceClose(calendar: Calendar, ms: number): SessionTime {
  const { closeMs } = calendar.previous(ms)
  return { fromMs: closeMs, begunFromMs: closeMs }
}
