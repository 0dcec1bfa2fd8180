/** Time that passes only while the exchange is open: bars age in it. All moments are epoch milliseconds. */
import type { Calendar, Session } from '../../calendar/calendar.ts'
import { calendarOf } from '../../calendar/calendars.ts'
import { addDays } from '../../calendar/dates.ts'
import { localDate } from '../../calendar/zone.ts'

/** End of the last whole bar at `nowMs`; outside the session, and in its first interval, the last session's close. */
export function lastBarEnd(calendar: Calendar, nowMs: number, intervalMs: number): number {
  const session = calendar.current(nowMs)
  if (session === undefined) return calendar.previous(nowMs).closeMs
  const bars = Math.floor((nowMs - session.openMs) / intervalMs)
  return bars === 0 ? calendar.previous(nowMs).closeMs : session.openMs + bars * intervalMs
}

/** The moment that lies `backMs` of session time before `ms`. */
export function sessionTimeBefore(calendar: Calendar, ms: number, backMs: number): number {
  let end = ms
  let left = backMs
  for (;;) {
    // `end` may be a close, which belongs to the session that it ends.
    const session = calendar.current(end - 1) ?? calendar.previous(end)
    end = Math.min(end, session.closeMs)
    if (end - left >= session.openMs) return end - left
    left -= end - session.openMs
    end = session.openMs
  }
}

/** Session time that passed from `fromMs` to `toMs`. */
export function sessionTimeBetween(calendar: Calendar, fromMs: number, toMs: number): number {
  return calendar
    .sessions(localDate(calendar.zone, fromMs), localDate(calendar.zone, toMs))
    .reduce((sum, { openMs, closeMs }) => sum + Math.max(0, Math.min(toMs, closeMs) - Math.max(fromMs, openMs)), 0)
}

/** Full sessions that opened at or after `fromMs` and have closed at `toMs`, oldest first. Before the horizon there are none. */
export function fullSessions(calendar: Calendar, fromMs: number, toMs: number): readonly Session[] {
  const from = localDate(calendar.zone, fromMs)
  const first = from < calendar.horizon.from ? calendar.horizon.from : from
  const last = localDate(calendar.zone, toMs)
  if (last < first) return []
  return calendar.sessions(first, last).filter(({ openMs, closeMs }) => openMs >= fromMs && closeMs <= toMs)
}

/** How many they are. */
export const sessionsBetween = (calendar: Calendar, fromMs: number, toMs: number): number =>
  fullSessions(calendar, fromMs, toMs).length

/** Close of the last session of XNYS that is over; a day ago where the calendar does not reach. */
export function previousSessionClose(now: Date): number {
  const calendar = calendarOf('XNYS')
  const today = calendar === undefined ? '' : localDate(calendar.zone, now.getTime())
  const reaches = calendar !== undefined && today <= calendar.horizon.to && addDays(today, -7) >= calendar.horizon.from
  return reaches ? calendar.previous(now.getTime()).closeMs : now.getTime() - 86_400_000
}
