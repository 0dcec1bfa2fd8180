import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BeyondHorizon } from '../../src/calendar/calendar.ts'
import { calendarOf } from '../../src/calendar/calendars.ts'
import { parseAnchor } from '../../src/calendar/duration.ts'
import { isCadence, latestWindow, nextWindow, periodics, phaseOf, windowAfter } from '../../src/calendar/window.ts'
import type { Periodic, Window } from '../../src/calendar/window.ts'
import type { Due } from '../../src/model/graph.ts'
import { formatMoment } from '../../src/calendar/zone.ts'

function anchored(from: string, to: string): Due {
  const [a, b] = [parseAnchor(from), parseAnchor(to)]
  if (a === undefined || b === undefined) throw new Error(`${from} / ${to}`)
  return { from: a, to: b }
}
function calendar(id: string) {
  const found = calendarOf(id)
  if (found === undefined) throw new Error(id)
  return found
}
const xnys = calendar('XNYS')
const show = ({ fromMs, toMs }: Window, { zone } = xnys): string[] =>
  [fromMs, toMs].map((ms) => formatMoment(ms, zone).slice(0, 16))

const preOpen = anchored('open - 30m', 'open')
const overnight = anchored('close', 'next open - 30m')
const weekend = anchored('close', 'next open')
const block = anchored('open', 'close')

describe('windows', () => {
  it.each<[Periodic, Due, string, [string, string], [string, string]]>([
    // D1, D2: from T-30 to the open.
    [
      'daily',
      preOpen,
      '2026-11-20T08:59:59-05:00',
      ['2026-11-19T09:00', '2026-11-19T09:30'],
      ['2026-11-20T09:00', '2026-11-20T09:30'],
    ],
    [
      'daily',
      preOpen,
      '2026-11-20T09:00:00-05:00',
      ['2026-11-20T09:00', '2026-11-20T09:30'],
      ['2026-11-23T09:00', '2026-11-23T09:30'],
    ],
    [
      'daily',
      preOpen,
      '2026-11-20T12:00:00-05:00',
      ['2026-11-20T09:00', '2026-11-20T09:30'],
      ['2026-11-23T09:00', '2026-11-23T09:30'],
    ],
    // D3 to D5: from the close to the next T-30, over Thanksgiving, an early close and a weekend.
    [
      'daily',
      overnight,
      '2026-11-26T12:00:00-05:00',
      ['2026-11-25T16:00', '2026-11-27T09:00'],
      ['2026-11-27T13:00', '2026-11-30T09:00'],
    ],
    [
      'daily',
      overnight,
      '2026-11-27T13:00:00-05:00',
      ['2026-11-27T13:00', '2026-11-30T09:00'],
      ['2026-11-30T16:00', '2026-12-01T09:00'],
    ],
    [
      'daily',
      overnight,
      '2026-11-27T12:59:59-05:00',
      ['2026-11-25T16:00', '2026-11-27T09:00'],
      ['2026-11-27T13:00', '2026-11-30T09:00'],
    ],
    // The change of clocks lies inside.
    [
      'daily',
      overnight,
      '2026-03-07T12:00:00-05:00',
      ['2026-03-06T16:00', '2026-03-09T09:00'],
      ['2026-03-09T16:00', '2026-03-10T09:00'],
    ],
    // The week's last close to the next first open; Good Friday ends the week on Thursday, Memorial Day begins one on Tuesday.
    [
      'weekly',
      weekend,
      '2026-11-25T12:00:00-05:00',
      ['2026-11-20T16:00', '2026-11-23T09:30'],
      ['2026-11-27T13:00', '2026-11-30T09:30'],
    ],
    [
      'weekly',
      weekend,
      '2026-04-03T12:00:00-04:00',
      ['2026-04-02T16:00', '2026-04-06T09:30'],
      ['2026-04-10T16:00', '2026-04-13T09:30'],
    ],
    [
      'weekly',
      weekend,
      '2026-05-24T12:00:00-04:00',
      ['2026-05-22T16:00', '2026-05-26T09:30'],
      ['2026-05-29T16:00', '2026-06-01T09:30'],
    ],
    // The first five sessions of the month, the first ten of the quarter.
    [
      'monthly',
      block,
      '2026-11-20T12:00:00-05:00',
      ['2026-11-02T09:30', '2026-11-06T16:00'],
      ['2026-12-01T09:30', '2026-12-07T16:00'],
    ],
    [
      'monthly',
      block,
      '2027-01-01T12:00:00-05:00',
      ['2026-12-01T09:30', '2026-12-07T16:00'],
      ['2027-01-04T09:30', '2027-01-08T16:00'],
    ],
    [
      'quarterly',
      block,
      '2026-11-20T12:00:00-05:00',
      ['2026-10-01T09:30', '2026-10-14T16:00'],
      ['2027-01-04T09:30', '2027-01-15T16:00'],
    ],
    [
      'quarterly',
      block,
      '2026-06-30T12:00:00-04:00',
      ['2026-04-01T09:30', '2026-04-15T16:00'],
      ['2026-07-01T09:30', '2026-07-15T16:00'],
    ],
    // Before a launch: from close to close.
    [
      'pre-launch',
      block,
      '2026-11-20T12:00:00-05:00',
      ['2026-11-19T16:00', '2026-11-20T16:00'],
      ['2026-11-20T16:00', '2026-11-23T16:00'],
    ],
    [
      'pre-launch',
      block,
      '2026-11-26T12:00:00-05:00',
      ['2026-11-25T16:00', '2026-11-27T13:00'],
      ['2026-11-27T13:00', '2026-11-30T16:00'],
    ],
  ])('%s %j at %s', (cadence, due, now, latest, next) => {
    expect(show(latestWindow(xnys, cadence, due, Date.parse(now)))).toEqual(latest)
    expect(show(nextWindow(xnys, cadence, due, Date.parse(now)))).toEqual(next)
  })

  it('may begin on the day before on a calendar without a gap', () => {
    const always = calendar('24x7')
    const at = Date.parse('2026-11-20T23:40:00Z')
    expect(show(latestWindow(always, 'daily', preOpen, at), always)).toEqual(['2026-11-20T23:30', '2026-11-21T00:00'])
    expect(show(nextWindow(always, 'daily', preOpen, at), always)).toEqual(['2026-11-21T23:30', '2026-11-22T00:00'])
    expect(show(latestWindow(always, 'weekly', anchored('open', 'close'), at), always)).toEqual([
      '2026-11-16T00:00',
      '2026-11-23T00:00',
    ])
  })

  it('tell pending, due and over apart', () => {
    const window = { fromMs: 10, toMs: 20 }
    expect([9, 10, 19, 20].map((now) => phaseOf(window, now))).toEqual(['pending', 'due', 'due', 'over'])
  })

  it('follow each other: the latest has begun, the next has not, and none begins between them', () => {
    const moment = fc.integer({ min: Date.UTC(2022, 0, 3), max: Date.UTC(2029, 5, 1) })
    fc.assert(
      fc.property(
        fc.constantFrom(...periodics),
        fc.constantFrom(preOpen, overnight, weekend, block),
        fc.option(fc.integer({ min: 60_000, max: 86_400_000 }), { nil: undefined }),
        moment,
        (cadence, anchors, everyMs, now) => {
          const due = everyMs === undefined ? anchors : { ...anchors, everyMs }
          const latest = latestWindow(xnys, cadence, due, now)
          const next = nextWindow(xnys, cadence, due, now)
          expect(latest.fromMs).toBeLessThanOrEqual(now)
          expect(next.fromMs).toBeGreaterThan(now)
          expect(latestWindow(xnys, cadence, due, next.fromMs - 1)).toEqual(latest)
          expect(latestWindow(xnys, cadence, due, next.fromMs)).toEqual(next)
          expect(latest.toMs).toBeLessThanOrEqual(next.fromMs)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('within market hours are slots of the session, the last of which may be shorter', () => {
    const slots = { ...block, everyMs: 15 * 60_000 }
    const at = (now: string): readonly string[] => {
      const nowMs = Date.parse(`${now}-05:00`)
      const [latest, next] = [
        latestWindow(xnys, 'market-hours', slots, nowMs),
        nextWindow(xnys, 'market-hours', slots, nowMs),
      ]
      return [...show(latest).map((moment) => moment.slice(5)), show(next)[0]?.slice(5) ?? '']
    }
    expect(at('2026-11-20T09:29:59')).toEqual(['11-19T15:45', '11-19T16:00', '11-20T09:30'])
    expect(at('2026-11-20T09:30:00')).toEqual(['11-20T09:30', '11-20T09:45', '11-20T09:45'])
    expect(at('2026-11-20T09:44:59')).toEqual(['11-20T09:30', '11-20T09:45', '11-20T09:45'])
    expect(at('2026-11-20T09:45:00')).toEqual(['11-20T09:45', '11-20T10:00', '11-20T10:00'])
    expect(at('2026-11-20T23:00:00')).toEqual(['11-20T15:45', '11-20T16:00', '11-23T09:30'])
    // An early close.
    expect(at('2026-11-27T12:59:00')).toEqual(['11-27T12:45', '11-27T13:00', '11-30T09:30'])
    const odd = { ...block, everyMs: 4 * 3_600_000 }
    expect(show(latestWindow(xnys, 'market-hours', odd, Date.parse('2026-11-20T14:00:00-05:00')))).toEqual([
      '2026-11-20T13:30',
      '2026-11-20T16:00',
    ])
  })

  it('are counted on the clock from an event', () => {
    const window = windowAfter(anchored('event + 1h', 'event + 7d'), Date.parse('2026-11-20T10:00:00-05:00'))
    expect(show(window)).toEqual(['2026-11-20T11:00', '2026-11-27T10:00'])
    expect(() => latestWindow(xnys, 'daily', anchored('event', 'event + 1h'), Date.UTC(2026, 10, 20))).toThrow('event')
  })

  it('ignores the anchors of pre-launch gates', () => {
    const now = Date.parse('2026-11-20T17:00:00-05:00')
    const expected = ['2026-11-20T16:00', '2026-11-23T16:00']
    for (const due of [block, anchored('open + 48h', 'close + 72h'), anchored('close', 'open')]) {
      for (const days of [0, 3]) {
        const latest = latestWindow(xnys, 'pre-launch', due, now + days * 86_400_000)
        expect(show(latest)).toEqual(days === 0 ? expected : ['2026-11-23T16:00', '2026-11-24T16:00'])
      }
    }
  })

  it('are refused when they end before they begin, or as they begin', () => {
    expect(() => latestWindow(xnys, 'daily', anchored('open', 'open'), Date.UTC(2026, 10, 20))).toThrow('ends')
    expect(() => latestWindow(xnys, 'daily', anchored('close', 'open'), Date.UTC(2026, 10, 20))).toThrow(
      'ends before it begins',
    )
  })

  it('throw where the calendar cannot tell, and only there', () => {
    const christmas = Date.parse('2030-12-25T12:00:00-05:00')
    expect(() => nextWindow(xnys, 'quarterly', block, christmas)).toThrow(BeyondHorizon)
    expect(show(latestWindow(xnys, 'quarterly', block, christmas))).toEqual(['2030-10-01T09:30', '2030-10-14T16:00'])
    expect(() => latestWindow(xnys, 'daily', overnight, Date.parse('2030-12-31T17:00:00-05:00'))).toThrow(BeyondHorizon)
    expect(() => latestWindow(xnys, 'weekly', weekend, Date.parse('2021-01-06T12:00:00-05:00'))).toThrow(BeyondHorizon)
  })
})

describe('isCadence', () => {
  it('knows the five', () => {
    expect(['pre-launch', 'daily', 'weekly', 'monthly', 'quarterly'].every(isCadence)).toBe(true)
    expect(isCadence('hourly')).toBe(false)
  })
})
