import { describe, expect, it } from 'vitest'
import { addDays, isDate, weekdayOf } from '../../src/calendar/dates.ts'
import { formatMoment, localDate, momentAt, newYork, utc } from '../../src/calendar/zone.ts'

const intl = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
})
/** `YYYY-MM-DDTHH:MM` on New York's wall, as Intl has it. */
function wall(ms: number): string {
  const parts = new Map(intl.formatToParts(ms).map(({ type, value }) => [type, value]))
  const get = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return `${get('year')}-${get('month')}-${get('day')}T${get('hour')}:${get('minute')}`
}

describe('New York by rule', () => {
  it('shows what Intl shows at every sixth hour of the horizon, and every minute around the changes of clocks', () => {
    const moments: number[] = []
    for (let ms = Date.UTC(2021, 0, 1); ms < Date.UTC(2031, 0, 2); ms += 6 * 3_600_000) moments.push(ms)
    for (let date = '2021-01-01'; date < '2031-01-01'; date = addDays(date, 1)) {
      const month = date.slice(5, 7)
      if (weekdayOf(date) !== 0 || (month !== '03' && month !== '11') || date.slice(8) > '15') continue
      const midnightMs = Date.parse(`${date}T00:00:00Z`)
      for (let minute = 5 * 60 + 50; minute < 7 * 60 + 10; minute++) moments.push(midnightMs + minute * 60_000)
    }
    const wrong = moments.filter((ms) => formatMoment(ms, newYork).slice(0, 16) !== wall(ms))
    expect(moments.length).toBeGreaterThan(17_000)
    expect(wrong.map((ms) => new Date(ms).toISOString())).toEqual([])
  })

  it('finds the moment of a time of day on every date of the horizon', () => {
    const wrong: string[] = []
    for (let date = '2021-01-01'; date <= '2031-01-01'; date = addDays(date, 1)) {
      for (const [minutes, text] of [
        [0, '00:00'],
        [570, '09:30'],
        [780, '13:00'],
        [960, '16:00'],
      ] as const) {
        const ms = momentAt(newYork, date, minutes)
        if (wall(ms) !== `${date}T${text}` || localDate(newYork, ms) !== date) wrong.push(`${date} ${text}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('takes the first of two 01:30, and reads 02:30 of the skipped hour on the winter clock', () => {
    expect(formatMoment(momentAt(newYork, '2026-11-01', 90), newYork)).toBe('2026-11-01T01:30:00-04:00')
    expect(formatMoment(momentAt(newYork, '2026-03-08', 150), newYork)).toBe('2026-03-08T03:30:00-04:00')
  })
})

describe('formatMoment', () => {
  it.each([
    ['2026-11-20T14:30:00Z', newYork, '2026-11-20T09:30:00-05:00'],
    ['2026-07-20T03:59:59.250Z', newYork, '2026-07-19T23:59:59.250-04:00'],
    ['2026-11-20T14:30:00Z', utc, '2026-11-20T14:30:00+00:00'],
  ])('%s', (moment, zone, text) => {
    expect(formatMoment(Date.parse(moment), zone)).toBe(text)
    expect(Date.parse(text)).toBe(Date.parse(moment))
  })
})

describe('isDate', () => {
  it.each(['2026-02-28', '2024-02-29'])('%s is one', (text) => {
    expect(isDate(text)).toBe(true)
  })
  it.each([
    '2026-02-29',
    '2026-2-1',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '',
    'today',
    '2026-01-01T00:00',
    '+12026-01-01',
  ])('%j is none', (text) => {
    expect(isDate(text)).toBe(false)
  })
})
