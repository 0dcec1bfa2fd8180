import { describe, expect, it } from 'vitest'
import { calendarOf } from '../../src/calendar/calendars.ts'
import { xnysExceptions } from '../../src/calendar/xnys-exceptions.ts'

/**
 * The rules, worked out here on bare day numbers and with nothing of the product's: Rule 7.2 for the holidays, and for the early
 * closes what every published calendar has in common. A wrong digit in the table therefore cannot agree with it.
 */
const day = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date) / 86_400_000
const iso = (n: number): string => new Date(n * 86_400_000).toISOString().slice(0, 10)
const weekday = (n: number): number => (((n + 4) % 7) + 7) % 7
const nth = (count: number, wanted: number, year: number, month: number): number => {
  const first = day(year, month, 1)
  return first + ((wanted - weekday(first) + 7) % 7) + (count - 1) * 7
}
const lastMonday = (year: number, month: number): number => {
  const last = day(year, month + 1, 0)
  return last - ((weekday(last) + 6) % 7)
}
/** Meeus, Astronomical Algorithms: Easter Sunday of the Gregorian calendar. */
const easter = (year: number): number => {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = Math.floor(b / 4)
  const e = b % 4
  const f = Math.floor((b + 8) / 25)
  const g = Math.floor((b - f + 1) / 3)
  const h = (19 * a + b - d - g + 15) % 30
  const i = Math.floor(c / 4)
  const k = c % 4
  const l = (32 + 2 * e + 2 * i - h - k) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const month = Math.floor((h + l - 7 * m + 114) / 31)
  return day(year, month, ((h + l - 7 * m + 114) % 31) + 1)
}
const observed = (n: number): number => (weekday(n) === 6 ? n - 1 : weekday(n) === 0 ? n + 1 : n)

function byRule(year: number): Map<string, string> {
  const found = new Map<string, string>()
  const closed = (n: number, name: string): unknown => found.set(iso(n), `closed ${name}`)
  const early = (n: number, name: string): unknown => found.set(iso(n), `early-close ${name}`)
  const fixed = (n: number, name: string): unknown =>
    closed(observed(n), observed(n) === n ? name : `${name}, observed`)

  // A Saturday's New Year is not brought forward into the accounting year that ends.
  if (weekday(day(year, 1, 1)) !== 6) fixed(day(year, 1, 1), "New Year's Day")
  closed(nth(3, 1, year, 1), 'Martin Luther King, Jr. Day')
  closed(nth(3, 1, year, 2), "Washington's Birthday")
  closed(easter(year) - 2, 'Good Friday')
  closed(lastMonday(year, 5), 'Memorial Day')
  if (year >= 2022) fixed(day(year, 6, 19), 'Juneteenth National Independence Day')
  fixed(day(year, 7, 4), 'Independence Day')
  closed(nth(1, 1, year, 9), 'Labor Day')
  const thanksgiving = nth(4, 4, year, 11)
  closed(thanksgiving, 'Thanksgiving Day')
  fixed(day(year, 12, 25), 'Christmas Day')

  early(thanksgiving + 1, 'Day after Thanksgiving')
  // 3 July from Monday to Thursday: on a Friday it is the observed holiday itself, or 4 July is a Saturday.
  const third = day(year, 7, 3)
  if (weekday(third) >= 1 && weekday(third) <= 4) early(third, 'Day before Independence Day')
  const eve = day(year, 12, 24)
  if (weekday(eve) >= 1 && weekday(eve) <= 4) early(eve, 'Christmas Eve')
  return found
}

const xnys = calendarOf('XNYS')
if (xnys === undefined) throw new Error('no XNYS')
const years = [2021, 2022, 2023, 2024, 2025, 2026, 2027, 2028, 2029, 2030]
const adHoc = new Map([['2025-01-09', 'closed National day of mourning']])

describe('the XNYS table', () => {
  it.each(years)('agrees with the rules in %i, but for closures that no rule gives', (year) => {
    const listed = [...xnysExceptions]
      .filter(([date]) => date.startsWith(String(year)) && !adHoc.has(date))
      .map(([date, { kind, name }]) => [date, `${kind} ${name}`])
    expect(listed).toEqual([...byRule(year)].sort())
  })

  it('lists each closure that no rule gives, with its proclamation', () => {
    for (const [date, text] of adHoc) {
      const exception = xnysExceptions.get(date)
      expect(`${exception?.kind ?? ''} ${exception?.name ?? ''}`).toBe(text)
      expect(exception?.source).toContain('proclamation')
    }
  })

  it('has no date twice and none out of order', () => {
    const dates = [...xnysExceptions.keys()]
    expect(dates).toEqual([...new Set(dates)].sort())
    expect(dates.length).toBe(years.reduce((sum, year) => sum + byRule(year).size, 0) + adHoc.size)
  })

  it('names a source that covers the year, and says which years are carried forward', () => {
    for (const [date, { source }] of xnysExceptions) {
      const span = /(\d{4})-(\d{4})/.exec(source)
      const year = Number(date.slice(0, 4))
      if (span === null) expect(source).toMatch(date === '2025-01-09' ? /proclamation/ : /^NYSE Rule 7\.2/)
      else expect(year >= Number(span[1]) && year <= Number(span[2])).toBe(true)
      expect(source.includes('carried forward')).toBe(year >= 2029)
    }
  })
})

describe('XNYS sessions', () => {
  // Trading days a year as the exchange itself counted them.
  it.each([
    [2021, 252],
    [2022, 251],
    [2023, 250],
    [2024, 252],
    [2025, 250],
  ])('%i had %i', (year, count) => {
    expect(xnys.sessions(`${String(year)}-01-01`, `${String(year)}-12-31`)).toHaveLength(count)
  })

  it.each([
    ['2021-06-18', 'Juneteenth was no exchange holiday yet'],
    ['2021-12-31', 'New Year on a Saturday'],
    ['2027-12-31', 'New Year on a Saturday'],
    ['2021-07-02', 'a full day before a Sunday 4 July'],
    ['2020-12-31', 'outside'],
  ])('%s: %s', (date, why) => {
    if (why === 'outside') expect(() => xnys.sessionOn(date)).toThrow('2021-01-01')
    else expect(xnys.sessionOn(date)).toMatchObject({ date, earlyClose: false })
  })

  it.each(['2025-01-09', '2021-12-24', '2026-07-03', '2027-06-18', '2026-11-26', '2026-11-28', '2026-11-29'])(
    '%s has none',
    (date) => {
      expect(xnys.sessionOn(date)).toBeUndefined()
    },
  )

  it.each([
    ['2026-11-25', '2026-11-25T14:30:00.000Z', '2026-11-25T21:00:00.000Z', false],
    ['2026-11-27', '2026-11-27T14:30:00.000Z', '2026-11-27T18:00:00.000Z', true],
    ['2024-07-03', '2024-07-03T13:30:00.000Z', '2024-07-03T17:00:00.000Z', true],
    // Friday and Monday on both sides of each change of clocks.
    ['2026-03-06', '2026-03-06T14:30:00.000Z', '2026-03-06T21:00:00.000Z', false],
    ['2026-03-09', '2026-03-09T13:30:00.000Z', '2026-03-09T20:00:00.000Z', false],
    ['2026-10-30', '2026-10-30T13:30:00.000Z', '2026-10-30T20:00:00.000Z', false],
    ['2026-11-02', '2026-11-02T14:30:00.000Z', '2026-11-02T21:00:00.000Z', false],
  ])('%s from %s to %s', (date, open, close, earlyClose) => {
    expect(xnys.sessionOn(date)).toEqual({ date, openMs: Date.parse(open), closeMs: Date.parse(close), earlyClose })
  })
})
