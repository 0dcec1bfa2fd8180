import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BeyondHorizon } from '../../src/calendar/calendar.ts'
import type { Calendar } from '../../src/calendar/calendar.ts'
import { calendarOf } from '../../src/calendar/calendars.ts'
import { dueAfterSessions, dueAt, nextClose, nextOpen, tradingDate } from '../../src/calendar/due.ts'
import { formatMoment } from '../../src/calendar/zone.ts'

function known(id: string): Calendar {
  const calendar = calendarOf(id)
  if (calendar === undefined) throw new Error(`no calendar ${id}`)
  return calendar
}
const xnys = known('XNYS')
const always = known('24x7')
const ny = (ms: number): string => formatMoment(ms, xnys.zone)
const all = xnys.sessions('2021-01-01', '2030-12-31')

/** Any moment from the second week of the horizon to a year before its end, often right at an open or a close. */
const moment = fc.oneof(
  fc.integer({ min: Date.UTC(2021, 0, 8), max: Date.UTC(2029, 11, 31) }),
  fc
    .tuple(fc.nat(2200), fc.constantFrom('openMs', 'closeMs'), fc.constantFrom(-1, 0, 1))
    .map(([index, edge, shift]) => (all[index + 10]?.[edge] ?? Number.NaN) + shift),
)

describe('a calendar', () => {
  it('is undefined for an unknown id', () => {
    expect(calendarOf('XLON')).toBeUndefined()
  })

  it('agrees with a plain scan over all sessions', () => {
    fc.assert(
      fc.property(moment, (ms) => {
        expect(xnys.current(ms)).toEqual(all.find((s) => s.openMs <= ms && ms < s.closeMs))
        expect(xnys.next(ms)).toEqual(all.find((s) => s.openMs > ms))
        expect(xnys.previous(ms)).toEqual(all.findLast((s) => s.closeMs <= ms))
      }),
      { numRuns: 500 },
    )
  })

  it('counts open in and close out', () => {
    const session = xnys.sessionOn('2026-11-27')
    if (session === undefined) throw new Error('no session')
    expect(xnys.current(session.openMs - 1)).toBeUndefined()
    expect(xnys.current(session.openMs)?.date).toBe('2026-11-27')
    expect(xnys.current(session.closeMs - 1)?.date).toBe('2026-11-27')
    expect(xnys.current(session.closeMs)).toBeUndefined()
    expect(xnys.previous(session.closeMs).date).toBe('2026-11-27')
    expect(xnys.previous(session.closeMs - 1).date).toBe('2026-11-25')
  })

  it('lets 24x7 trade in UTC days without a gap', () => {
    const midnight = Date.parse('2026-11-27T00:00:00Z')
    expect(always.current(midnight - 1)?.date).toBe('2026-11-26')
    expect(always.current(midnight)).toEqual({
      date: '2026-11-27',
      openMs: midnight,
      closeMs: midnight + 86_400_000,
      earlyClose: false,
    })
    expect(always.next(midnight - 1).date).toBe('2026-11-27')
    expect(always.next(midnight).date).toBe('2026-11-28')
    expect(always.previous(midnight).date).toBe('2026-11-26')
    expect(tradingDate(always, midnight)).toBe('2026-11-27')
  })
})

describe('the horizon', () => {
  const early = Date.parse('2020-12-31T23:59:59-05:00')
  const late = Date.parse('2031-01-01T00:00:00-05:00')
  const lastClose = Date.parse('2030-12-31T16:00:00-05:00')
  it.each<[string, () => unknown]>([
    ['sessionOn before', () => xnys.sessionOn('2020-12-31')],
    ['sessionOn after', () => xnys.sessionOn('2031-01-01')],
    ['exceptionOn after', () => xnys.exceptionOn('2031-01-01')],
    ['sessions from before', () => xnys.sessions('2020-12-31', '2021-01-05')],
    ['sessions to after', () => xnys.sessions('2030-12-30', '2031-01-01')],
    ['current before', () => xnys.current(early)],
    ['current after', () => xnys.current(late)],
    ['next after', () => xnys.next(late)],
    ['next, whose answer lies after', () => xnys.next(lastClose)],
    ['previous, whose answer lies before', () => xnys.previous(Date.parse('2021-01-04T09:30:00-05:00'))],
    ['tradingDate after', () => tradingDate(xnys, late)],
    ['nextOpen', () => nextOpen(xnys, lastClose)],
    ['nextClose', () => nextClose(xnys, lastClose)],
    ['dueAfterSessions', () => dueAfterSessions(xnys, Date.parse('2030-12-30T09:00:00-05:00'), 3)],
    ['a year of five digits', () => xnys.current(Date.UTC(12026, 0, 5))],
    ['24x7 too', () => always.current(Date.UTC(2100, 0, 1))],
  ])('%s throws BeyondHorizon', (_, ask) => {
    expect(ask).toThrow(BeyondHorizon)
  })

  it('still answers within its first and last day', () => {
    expect(xnys.current(early + 1000)).toBeUndefined()
    expect(xnys.current(late - 1)).toBeUndefined()
    expect(xnys.current(lastClose - 1)?.date).toBe('2030-12-31')
    expect(dueAfterSessions(xnys, Date.parse('2030-12-30T09:00:00-05:00'), 2)).toBe(lastClose + 300_000)
  })

  it('says what was asked, what is known and what to do', () => {
    const caught = (): unknown => {
      try {
        return xnys.sessionOn('2031-05-01')
      } catch (error) {
        return error
      }
    }
    expect(caught()).toMatchObject({
      code: 'beyond-horizon',
      exit: 2,
      calendar: 'XNYS',
      date: '2031-05-01',
      horizon: xnys.horizon,
    })
  })

  it.each(['2026-02-29', '2026-1-1', ''])('does not take %j for a date', (date) => {
    expect(() => xnys.sessionOn(date)).toThrow()
    expect(() => xnys.exceptionOn(date)).toThrow()
    expect(() => xnys.sessions('2026-01-01', date)).toThrow()
  })

  it('does not take NaN for a moment, nor a span that runs backwards', () => {
    expect(() => xnys.current(Number.NaN)).toThrow(RangeError)
    expect(() => xnys.sessions('2026-01-05', '2026-01-02')).toThrow(RangeError)
  })
})

describe('trading days', () => {
  it.each([
    // Before the open today counts; from its first millisecond on it does not.
    ['2026-11-20T09:29:59-05:00', 1, '2026-11-20T16:05:00-05:00'],
    ['2026-11-20T09:30:00-05:00', 1, '2026-11-20T16:05:00-05:00'],
    ['2026-11-20T09:30:00.001-05:00', 1, '2026-11-23T16:05:00-05:00'],
    ['2026-11-20T17:00:00-05:00', 3, '2026-11-25T16:05:00-05:00'],
    // Thanksgiving is skipped, and the early close after it decides.
    ['2026-11-25T10:00:00-05:00', 1, '2026-11-27T13:05:00-05:00'],
    ['2026-11-24T10:00:00-05:00', 3, '2026-11-30T16:05:00-05:00'],
    ['2026-11-20T10:00:00-05:00', 5, '2026-11-30T16:05:00-05:00'],
    // Over both changes of clocks.
    ['2026-03-06T10:00:00-05:00', 1, '2026-03-09T16:05:00-04:00'],
    ['2026-10-30T10:00:00-04:00', 1, '2026-11-02T16:05:00-05:00'],
    // A day of mourning.
    ['2025-01-08T10:00:00-05:00', 1, '2025-01-10T16:05:00-05:00'],
    // Christmas: early close, holiday, weekend.
    ['2026-12-23T10:00:00-05:00', 2, '2026-12-28T16:05:00-05:00'],
  ])('from %s, %i: %s', (from, n, due) => {
    expect(ny(dueAfterSessions(xnys, Date.parse(from), n))).toBe(due)
  })

  it('never fall due inside a session, and lie later for a later start or a larger number', () => {
    fc.assert(
      fc.property(moment, fc.nat(20 * 86_400_000), fc.integer({ min: 1, max: 60 }), (ms, laterMs, n) => {
        const due = dueAfterSessions(xnys, ms, n)
        expect(xnys.current(due)).toBeUndefined()
        expect(dueAfterSessions(xnys, ms + laterMs, n)).toBeGreaterThanOrEqual(due)
        expect(dueAfterSessions(xnys, ms, n + 1)).toBeGreaterThan(due)
        expect(all.filter((s) => s.openMs >= ms && s.closeMs < due)).toHaveLength(n)
      }),
      { numRuns: 300 },
    )
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuse %d as a number', (n) => {
    expect(() => dueAfterSessions(xnys, Date.UTC(2026, 10, 20), n)).toThrow(RangeError)
  })

  it('have the date of their session all day long, and of the next one on days without', () => {
    const at = (text: string): string => tradingDate(xnys, Date.parse(text))
    expect(at('2026-11-25T00:00:00-05:00')).toBe('2026-11-25')
    expect(at('2026-11-25T23:59:59-05:00')).toBe('2026-11-25')
    expect(at('2026-11-26T12:00:00-05:00')).toBe('2026-11-27')
    expect(at('2026-11-28T12:00:00-05:00')).toBe('2026-11-30')
  })
})

describe('dueAt', () => {
  const at = (text: string): number => Date.parse(text)
  it.each([
    [
      'after',
      { kind: 'after', duration: { unit: 'ms', n: 90_000 } },
      '2026-11-20T10:00:00-05:00',
      '2026-11-20T10:01:30-05:00',
    ],
    [
      'after sessions',
      { kind: 'after', duration: { unit: 'sessions', n: 1 } },
      '2026-11-20T10:00:00-05:00',
      '2026-11-23T16:05:00-05:00',
    ],
    [
      'open in session',
      { kind: 'next', at: 'open', offsetMs: 0 },
      '2026-11-20T10:00:00-05:00',
      '2026-11-23T09:30:00-05:00',
    ],
    [
      'open at the open',
      { kind: 'next', at: 'open', offsetMs: 0 },
      '2026-11-20T09:30:00-05:00',
      '2026-11-23T09:30:00-05:00',
    ],
    [
      'open - 30m too late',
      { kind: 'next', at: 'open', offsetMs: -1_800_000 },
      '2026-11-20T09:20:00-05:00',
      '2026-11-23T09:00:00-05:00',
    ],
    [
      'close in session',
      { kind: 'next', at: 'close', offsetMs: 0 },
      '2026-11-27T10:00:00-05:00',
      '2026-11-27T13:00:00-05:00',
    ],
    [
      'close at the close',
      { kind: 'next', at: 'close', offsetMs: 0 },
      '2026-11-27T13:00:00-05:00',
      '2026-11-30T16:00:00-05:00',
    ],
    [
      'close + 5m in time',
      { kind: 'next', at: 'close', offsetMs: 300_000 },
      '2026-11-20T16:02:00-05:00',
      '2026-11-20T16:05:00-05:00',
    ],
    [
      'close + 5m too late',
      { kind: 'next', at: 'close', offsetMs: 300_000 },
      '2026-11-20T16:05:00-05:00',
      '2026-11-23T16:05:00-05:00',
    ],
  ] as const)('%s', (_, wait, from, due) => {
    expect(ny(dueAt(xnys, wait, at(from)))).toBe(due)
  })

  it('lies after the moment of asking', () => {
    const offset = fc.integer({ min: -600, max: 600 }).map((minutes) => minutes * 60_000)
    fc.assert(
      fc.property(moment, fc.constantFrom('open', 'close'), offset, (ms, edge, offsetMs) => {
        const due = dueAt(xnys, { kind: 'next', at: edge, offsetMs }, ms)
        expect(due).toBeGreaterThan(ms)
        // And it is the first such.
        expect(all.some((s) => s[`${edge}Ms`] + offsetMs > ms && s[`${edge}Ms`] + offsetMs < due)).toBe(false)
      }),
      { numRuns: 300 },
    )
  })
})
