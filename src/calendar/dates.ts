/** Arithmetic on civil dates written `YYYY-MM-DD`. A date has no zone here; `zone.ts` ties it to moments. */
export const dayMs = 86_400_000

const pattern = /^\d{4}-\d{2}-\d{2}$/

/** True for a day that exists: `2026-02-29` is not one. */
export const isDate = (text: string): boolean => !Number.isNaN(midnightOf(text))

/** Midnight UTC of the date, in epoch milliseconds. Throws RangeError for what is not a date: asking so is a bug. */
export function dateMs(date: string): number {
  const ms = midnightOf(date)
  if (Number.isNaN(ms)) throw new RangeError(`not a date: ${date}`)
  return ms
}

/** NaN for what is not a date. */
function midnightOf(text: string): number {
  if (!pattern.test(text)) return Number.NaN
  const ms = Date.parse(`${text}T00:00:00Z`)
  // Date.parse takes 30 February for 2 March; the day of the month tells.
  return new Date(ms).getUTCDate() === Number(text.slice(8)) ? ms : Number.NaN
}

/** The UTC date of a moment in epoch milliseconds. Years past 9999 keep the sign that ISO 8601 gives them. */
export function toDate(ms: number): string {
  const iso = new Date(ms).toISOString()
  return iso.slice(0, iso.indexOf('T'))
}

export const addDays = (date: string, days: number): string => toDate(dateMs(date) + days * dayMs)

/** 0 is Sunday, 6 Saturday. */
export const weekdayOf = (date: string): number => new Date(dateMs(date)).getUTCDay()
