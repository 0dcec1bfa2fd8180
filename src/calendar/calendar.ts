/** What a trading calendar answers. All moments are epoch milliseconds, all dates those of the calendar's own zone. */
import { DeskError, exitCodes } from '../model/failure.ts'
import { addDays, dateMs } from './dates.ts'
import { localDate } from './zone.ts'
import type { Zone } from './zone.ts'

/** Open from `openMs` until just before `closeMs`. */
export interface Session {
  readonly date: string
  readonly openMs: number
  readonly closeMs: number
  readonly earlyClose: boolean
}

/** First and last date, both included, about which the calendar knows. */
export interface Horizon {
  readonly from: string
  readonly to: string
}

/** A day that differs from the regular week, and who says so. */
export interface ExceptionalDay {
  readonly kind: 'closed' | 'early-close'
  readonly name: string
  readonly source: string
}

/** Every question about a moment or date outside the horizon, or whose answer would lie outside, throws `BeyondHorizon`. */
export interface Calendar {
  readonly id: string
  readonly zone: Zone
  readonly horizon: Horizon
  sessionOn(date: string): Session | undefined
  exceptionOn(date: string): ExceptionalDay | undefined
  /** Of both dates and all between, oldest first. A RangeError if `toDate` is before `fromDate`. */
  sessions(fromDate: string, toDate: string): readonly Session[]
  /** The session in progress: open <= moment < close. */
  current(ms: number): Session | undefined
  /** The first session that opens after the moment. */
  next(ms: number): Session
  /** The last session that had closed at the moment. */
  previous(ms: number): Session
}

/** The calendar does not know: never to be read as "closed" or "open". */
export class BeyondHorizon extends DeskError {
  constructor(
    readonly calendar: string,
    readonly horizon: Horizon,
    /** The date that was asked about, or that an answer would have needed. */
    readonly date: string,
  ) {
    super(
      'beyond-horizon',
      exitCodes.undetermined,
      `calendar ${calendar} knows ${horizon.from} to ${horizon.to}; ${date} lies outside`,
      'install a desk whose calendar reaches further',
    )
  }
}

export interface CalendarRules {
  readonly id: string
  readonly zone: Zone
  readonly horizon: Horizon
  readonly sessionOf: (date: string) => Session | undefined
  readonly exceptionOf: (date: string) => ExceptionalDay | undefined
}

/** A calendar from its rules for one day; the horizon is enforced here and nowhere else. */
export function buildCalendar({ id, zone, horizon, sessionOf, exceptionOf }: CalendarRules): Calendar {
  // Many gates ask about the same few days.
  const told = new Map<string, Session | undefined>()
  const sessionAt = (date: string): Session | undefined => {
    if (told.has(date)) return told.get(date)
    const session = sessionOf(date)
    told.set(date, session)
    return session
  }
  const known = (date: string): string => {
    if (date < horizon.from || date > horizon.to) throw new BeyondHorizon(id, horizon, date)
    dateMs(date)
    return date
  }
  const sessionOn = (date: string): Session | undefined => sessionAt(known(date))
  const find = (ms: number, step: 1 | -1, fits: (session: Session) => boolean): Session => {
    for (let date = localDate(zone, ms); ; date = addDays(date, step)) {
      const session = sessionOn(date)
      if (session !== undefined && fits(session)) return session
    }
  }
  return {
    id,
    zone,
    horizon,
    sessionOn,
    exceptionOn: (date) => exceptionOf(known(date)),
    sessions: (fromDate, toDate) => {
      if (known(toDate) < known(fromDate)) throw new RangeError(`${toDate} is before ${fromDate}`)
      const found: Session[] = []
      for (let date = fromDate; date <= toDate; date = addDays(date, 1)) {
        const session = sessionAt(date)
        if (session !== undefined) found.push(session)
      }
      return found
    },
    current: (ms) => {
      const session = sessionOn(localDate(zone, ms))
      return session !== undefined && session.openMs <= ms && ms < session.closeMs ? session : undefined
    },
    next: (ms) => find(ms, 1, (session) => session.openMs > ms),
    previous: (ms) => find(ms, -1, (session) => session.closeMs <= ms),
  }
}
