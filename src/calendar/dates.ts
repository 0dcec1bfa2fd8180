/** Arithmetic on civil dates written `YYYY-MM-DD`. A date has no zone here; `zone.ts` ties it to moments. */
export const dayMs = 86_400_000

const pattern = /^\d{4}-\d{2}-\d{2}$/

/** True for a day that exists: `2026-02-29` is not one. */
export function isDate(text: string): boolean {
  if (!pattern.test(text)) return false
  const ms = Date.parse(`${text}T00:00:00Z`)
  // Date.parse takes 30 February for 2 March; the way back tells.
  return Number.isFinite(ms) && toDate(ms) === text
}

/** Midnight UTC of the date, in epoch milliseconds. Throws RangeError for what is not a date: asking so is a bug. */
export function dateMs(date: string): number {
  if (!isDate(date)) throw new RangeError(`not a date: ${date}`)
  return Date.parse(`${date}T00:00:00Z`)
}

/** The UTC date of a moment in epoch milliseconds. Years past 9999 keep the sign that ISO 8601 gives them. */
export function toDate(ms: number): string {
  const iso = new Date(ms).toISOString()
  return iso.slice(0, iso.indexOf('T'))
}

export const addDays = (date: string, days: number): string => toDate(dateMs(date) + days * dayMs)

/** 0 is Sunday, 6 Saturday. */
export const weekdayOf = (date: string): number => new Date(dateMs(date)).getUTCDay()
