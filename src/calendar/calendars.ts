/** The calendars that desk knows, by id. */
import { buildCalendar } from './calendar.ts'
import type { Calendar, Session } from './calendar.ts'
import { dayMs, dateMs, weekdayOf } from './dates.ts'
import { xnysExceptions } from './xnys-exceptions.ts'
import { momentAt, newYork, utc } from './zone.ts'

const openMinutes = 9 * 60 + 30
const closeMinutes = 16 * 60
const earlyCloseMinutes = 13 * 60

/** New York Stock Exchange: Monday to Friday, 09:30 to 16:00 in New York, but for the days of `xnys-exceptions.ts`. */
export const xnys = buildCalendar({
  id: 'XNYS',
  zone: newYork,
  horizon: { from: '2021-01-01', to: '2030-12-31' },
  sessionOf: xnysSession,
  exceptionOf: (date) => xnysExceptions.get(date),
})

function xnysSession(date: string): Session | undefined {
  const weekday = weekdayOf(date)
  const exception = xnysExceptions.get(date)?.kind
  if (weekday === 0 || weekday === 6 || exception === 'closed') return undefined
  const earlyClose = exception === 'early-close'
  return {
    date,
    openMs: momentAt(newYork, date, openMinutes),
    closeMs: momentAt(newYork, date, earlyClose ? earlyCloseMinutes : closeMinutes),
    earlyClose,
  }
}

/** Venues that never close: a session is a UTC day. The horizon only bounds the arithmetic. */
export const always = buildCalendar({
  id: '24x7',
  zone: utc,
  horizon: { from: '2000-01-01', to: '2099-12-31' },
  sessionOf: (date) => ({ date, openMs: dateMs(date), closeMs: dateMs(date) + dayMs, earlyClose: false }),
  exceptionOf: () => undefined,
})

/** Undefined for an id that desk does not know. */
export const calendarOf = (id: string): Calendar | undefined => [xnys, always].find((calendar) => calendar.id === id)
