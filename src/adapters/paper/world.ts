/** What every paper method gets: where the state lies, the clock, the calendar, and when the desk was halted. */
import { calendarOf } from '../../calendar/calendars.ts'
import type { Calendar } from '../../calendar/calendar.ts'
import type { FaultId } from './faults.ts'
import { activeFaults } from './faults.ts'
import type { Place } from './store.ts'

export interface PaperOptions extends Place {
  /** When the present halt began; undefined while the desk trades. Limits and incident tickets are judged from there. */
  readonly haltedAt?: () => Promise<Date | undefined>
}

export interface World extends Place {
  readonly calendar: Calendar
  readonly haltedAt: () => Promise<Date | undefined>
  /** Read anew for each call, so that a fault shows at once. */
  readonly faults: ReadonlyMap<FaultId, Date>
}

export function openWorld({ stateDir, now, haltedAt, isReading = false }: PaperOptions): World {
  const calendar = calendarOf('XNYS')
  if (calendar === undefined) throw new Error('desk ships the calendar XNYS')
  const place = { stateDir, now, isReading }
  return { ...place, calendar, haltedAt: haltedAt ?? (() => Promise.resolve(undefined)), faults: activeFaults(place) }
}
