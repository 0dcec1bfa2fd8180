import { expect, it } from 'vitest'
import { BeyondHorizon } from '../../src/calendar/calendar.ts'
import { xnys } from '../../src/calendar/calendars.ts'
import { type SessionTime, sinceClose, tradingDayAt } from '../../src/calendar/trading-day.ts'
import { formatMoment } from '../../src/calendar/zone.ts'

const show = ({ fromMs, begunFromMs }: SessionTime): readonly string[] =>
  [fromMs, begunFromMs].map((ms) => formatMoment(ms, xnys.zone).slice(0, 16))

it.each([
  // Before, during and after a session it is that session's day.
  ['2026-11-20T00:00:00-05:00', '2026-11-20T00:00', '2026-11-19T16:00'],
  ['2026-11-20T12:00:00-05:00', '2026-11-20T00:00', '2026-11-19T16:00'],
  ['2026-11-20T23:59:59-05:00', '2026-11-20T00:00', '2026-11-19T16:00'],
  // The weekend belongs to Friday, Thanksgiving to Wednesday.
  ['2026-11-22T12:00:00-05:00', '2026-11-20T00:00', '2026-11-19T16:00'],
  ['2026-11-26T12:00:00-05:00', '2026-11-25T00:00', '2026-11-24T16:00'],
  // The day after it closes early, and Monday's work may begin from then on.
  ['2026-11-27T08:00:00-05:00', '2026-11-27T00:00', '2026-11-25T16:00'],
  ['2026-11-30T08:00:00-05:00', '2026-11-30T00:00', '2026-11-27T13:00'],
  // Midnight is New York's, whatever the offset: on either side of the change of clocks.
  ['2026-03-09T04:30:00Z', '2026-03-09T00:00', '2026-03-06T16:00'],
  ['2026-03-09T03:30:00Z', '2026-03-06T00:00', '2026-03-05T16:00'],
])('at %s the trading day began at %s, and its work at %s', (moment, from, begunFrom) => {
  expect(show(tradingDayAt(xnys, Date.parse(moment)))).toEqual([from, begunFrom])
})

it.each([
  ['2026-11-20T15:59:59-05:00', '2026-11-19T16:00'],
  ['2026-11-20T16:00:00-05:00', '2026-11-20T16:00'],
  ['2026-11-22T12:00:00-05:00', '2026-11-20T16:00'],
  ['2026-11-26T12:00:00-05:00', '2026-11-25T16:00'],
  ['2026-11-27T12:59:59-05:00', '2026-11-25T16:00'],
  ['2026-11-27T13:00:00-05:00', '2026-11-27T13:00'],
])('at %s the last close was at %s', (moment, close) => {
  expect(show(sinceClose(xnys, Date.parse(moment)))).toEqual([close, close])
})

it('guesses nothing beyond the horizon', () => {
  for (const at of [tradingDayAt, sinceClose]) {
    expect(() => at(xnys, Date.parse('2031-01-02T12:00:00-05:00'))).toThrow(BeyondHorizon)
    expect(() => at(xnys, Date.parse('2021-01-01T12:00:00-05:00'))).toThrow(BeyondHorizon)
    expect(() => at(xnys, Date.parse('2030-12-31T23:00:00-05:00'))).not.toThrow()
  }
})
