/** What a trading calendar answers. All moments are epoch milliseconds, all dates those of the calendar's own zone. */
import { DeskError, exitCodes } from '../model/failure.ts'
import { dateMs, dayMs, toDate } from './dates.ts'
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
  /** Of both dates and all between, oldest first, at most so many. A RangeError if `toDate` is before `fromDate`. */
  sessions(fromDate: string, toDate: string, most?: number): readonly Session[]
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

/** A calendar from its rules for one day; the horizon is enforced here and nowhere else. Each day is worked out once. */
export function buildCalendar({ id, zone, horizon, sessionOf, exceptionOf }: CalendarRules): Calendar {
  // Many gates ask about the same few days, and reports about all that there were.
  const days = new Map<number, Session | undefined>()
  const known = (date: string): string => {
    if (date < horizon.from || date > horizon.to) throw new BeyondHorizon(id, horizon, date)
    return date
  }
  /** Of a day that is known, by its midnight UTC. */
  const sessionAt = (ms: number): Session | undefined => {
    const worked = days.get(ms)
    if (worked !== undefined || days.has(ms)) return worked
    const session = sessionOf(toDate(ms))
    days.set(ms, session)
    return session
  }
  const sessionOn = (date: string): Session | undefined => sessionAt(dateMs(known(date)))
  const [firstMs, lastMs] = [dateMs(horizon.from), dateMs(horizon.to)]
  const find = (fromMs: number, step: 1 | -1, fits: (session: Session) => boolean): Session => {
    for (let ms = dateMs(known(localDate(zone, fromMs))); ms >= firstMs && ms <= lastMs; ms += step * dayMs) {
      const session = sessionAt(ms)
      if (session !== undefined && fits(session)) return session
    }
    throw new BeyondHorizon(id, horizon, toDate(step > 0 ? lastMs + dayMs : firstMs - dayMs))
  }
  return {
    id,
    zone,
    horizon,
    sessionOn,
    exceptionOn: (date) => {
      dateMs(known(date))
      return exceptionOf(date)
    },
    sessions: (from, to, most = Number.POSITIVE_INFINITY) => {
      if (known(to) < known(from)) throw new RangeError(`${to} is before ${from}`)
      const found: Session[] = []
      const endMs = dateMs(to)
      for (let ms = dateMs(from); ms <= endMs && found.length < most; ms += dayMs) {
        const session = sessionAt(ms)
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
