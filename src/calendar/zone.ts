/**
 * Time zones of the calendars, by rule rather than through Intl: building an Intl formatter costs more than all the rest of this
 * module, and `desk status` needs the session at every start. A test compares the rule with Intl over the whole horizon.
 */
import { dateMs, dayMs, toDate } from './dates.ts'

export interface Zone {
  /** IANA name. */
  readonly name: 'UTC' | 'America/New_York'
  /** Milliseconds to add to UTC for local time at a moment in epoch milliseconds. */
  readonly offsetMs: (ms: number) => number
}

const hourMs = 3_600_000

export const utc: Zone = { name: 'UTC', offsetMs: () => 0 }

/** In force since 2007 (Energy Policy Act of 2005): from the second Sunday of March to the first of November, at 02:00 local time. */
export const newYork: Zone = {
  name: 'America/New_York',
  offsetMs: (ms) => (isSummer(ms) ? -4 : -5) * hourMs,
}

interface Summer {
  readonly startMs: number
  readonly endMs: number
}
const summers = new Map<number, Summer>()

function isSummer(ms: number): boolean {
  const { startMs, endMs } = summerOf(new Date(ms).getUTCFullYear())
  return ms >= startMs && ms < endMs
}

function summerOf(year: number): Summer {
  const known = summers.get(year)
  if (known !== undefined) return known
  const summer = {
    startMs: sundayFrom(Date.UTC(year, 2, 8)) + 7 * hourMs,
    endMs: sundayFrom(Date.UTC(year, 10, 1)) + 6 * hourMs,
  }
  summers.set(year, summer)
  return summer
}

/** Midnight of the first Sunday on or after a midnight, both UTC. */
const sundayFrom = (ms: number): number => ms + ((7 - new Date(ms).getUTCDay()) % 7) * dayMs

/** The date on the wall of the zone. */
export const localDate = (zone: Zone, ms: number): string => toDate(ms + zone.offsetMs(ms))

/**
 * The moment at which the zone's clock shows `minutes` past midnight of the date. Of an hour shown twice it is the first, and an
 * hour that is skipped is read on winter's clock; no session begins or ends in either.
 */
export function momentAt(zone: Zone, date: string, minutes: number): number {
  const shown = dateMs(date) + minutes * 60_000
  if (zone.name === 'UTC') return shown
  const summer = shown + 4 * hourMs
  return isSummer(summer) ? summer : shown + 5 * hourMs
}

/** RFC 3339 with offset, as in `2026-11-20T09:30:00-05:00`; milliseconds only where they are not zero. */
export function formatMoment(ms: number, zone: Zone): string {
  const offsetMs = zone.offsetMs(ms)
  const local = new Date(ms + offsetMs).toISOString().replace(/(?:\.000)?Z$/, '')
  const sign = offsetMs < 0 ? '-' : '+'
  const minutes = Math.abs(offsetMs) / 60_000
  const pad = (n: number): string => String(n).padStart(2, '0')
  return `${local}${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
}
