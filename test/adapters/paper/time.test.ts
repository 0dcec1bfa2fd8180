/** The paper desk under a clock that moves: nights, week-ends, holidays, early closes, and many sessions. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calendarOf } from '../../../src/calendar/calendars.ts'
import { dueAfterSessions } from '../../../src/calendar/due.ts'
import { lastBarEnd, sessionTimeBefore, sessionTimeBetween } from '../../../src/adapters/paper/session-time.ts'
import type { Calendar } from '../../../src/calendar/calendar.ts'
import { makeStateDir, PaperDesk } from './desk.ts'

function xnys(): Calendar {
  const calendar = calendarOf('XNYS')
  if (calendar === undefined) throw new Error('no XNYS')
  return calendar
}
const calendar = xnys()
const minuteMs = 60_000
const moment = fc.integer({ min: Date.parse('2021-02-01T00:00:00Z'), max: Date.parse('2030-12-01T00:00:00Z') })
const model = { model: 'signal' }

test('a healthy desk is healthy at any moment of the horizon', async () => {
  await fc.assert(
    fc.asyncProperty(moment, async (ms) => {
      const desk = new PaperDesk(makeStateDir(), new Date(ms).toISOString())
      for (const vendor of ['primary', 'backup']) {
        const freshness = await desk.value('data.freshness', { vendor })
        expect(freshness.json).toMatchObject({ traded: 6, stale: 0 })
      }
      expect((await desk.value('metrics.pnlBand', model)).json).toMatchObject({ inside: true, consecutiveExits: 0 })
      const conformance = await desk.value('orders.conformance', { lookbackMinutes: 30 })
      expect(conformance.json).toMatchObject({ checked: 4, violations: [] })
    }),
    { numRuns: 60 },
  )
})

test('a stale symbol is stale at any moment, in the first minute of a session and on a Sunday', async () => {
  const stateDir = makeStateDir()
  const desk = new PaperDesk(stateDir)
  await desk.set('stale-one')
  await fc.assert(
    fc.asyncProperty(moment, async (ms) => {
      desk.moment = new Date(ms).toISOString()
      expect((await desk.value('data.freshness')).at('stale')).toBe(1)
    }),
    { numRuns: 60 },
  )
})

test('session time passes only in sessions, and going back and measuring agree', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 1, max: 5000 }), (ms, minutes) => {
      const end = lastBarEnd(calendar, ms, minuteMs)
      expect(end).toBeLessThanOrEqual(ms)
      expect(sessionTimeBetween(calendar, end, ms)).toBeLessThan(minuteMs)
      const start = sessionTimeBefore(calendar, end, minutes * minuteMs)
      expect(sessionTimeBetween(calendar, start, end)).toBe(minutes * minuteMs)
    }),
  )
})

test('a rolling deploy lives through three and five trading days over Thanksgiving', async () => {
  const desk = new PaperDesk(makeStateDir(), '2026-11-24T12:00:00-05:00')
  const version = 'v1.5.0'
  const sessions = async (): Promise<unknown> =>
    (await desk.value('inference.shadowLog', { ...model, version })).at('sessions')
  await desk.done('inference.startShadow', { ...model, version }, 'shadow')
  expect(await sessions()).toBe(0)
  desk.moment = '2026-11-25T15:59:59-05:00'
  expect(await sessions()).toBe(0)
  desk.moment = '2026-11-27T13:00:00-05:00'
  expect(await sessions()).toBe(2)
  desk.moment = new Date(dueAfterSessions(calendar, Date.parse('2026-11-24T12:00:00-05:00'), 3)).toISOString()
  expect(desk.moment).toBe('2026-11-30T21:05:00.000Z')
  expect(await sessions()).toBe(3)
  await desk.done('inference.startShadow', { ...model, version }, 'again')
  expect(await sessions()).toBe(3)
  await desk.done('inference.setAllocation', { ...model, version, share: '0.25' }, 'quarter')
  expect((await desk.value('inference.allocation', model)).at('allocations')).toEqual([
    { version: 'v1.4.0', share: '0.75' },
    { version, share: '0.25' },
  ])
  expect((await desk.value('metrics.pnlBand', model)).at('sessions')).toBe(0)
  desk.moment = new Date(dueAfterSessions(calendar, desk.now().getTime(), 5)).toISOString()
  expect((await desk.value('metrics.pnlBand', model)).json).toMatchObject({ sessions: 5, consecutiveExits: 0 })
  expect((await desk.value('metrics.bandExits', { ...model, sessions: 5 })).json).toEqual({ measured: 5, exits: 0 })
  await desk.done('inference.setAllocation', { ...model, version, share: '1' }, 'full')
  expect((await desk.value('inference.allocation', model)).at('allocations')).toEqual([{ version, share: '1' }])
})

test('PnL outside the band stays outside with the days, until production points elsewhere', async () => {
  const desk = new PaperDesk()
  const exits = async (): Promise<unknown> => (await desk.value('metrics.pnlBand', model)).at('consecutiveExits')
  await desk.set('pnl-outside-3')
  expect(await exits()).toBe(3)
  desk.moment = '2026-11-20T18:00:00-05:00'
  expect(await exits()).toBe(5)
  await desk.done(
    'registry.setAlias',
    { ...model, alias: 'production', version: 'v1.3.2', ifCurrent: 'v1.4.0' },
    'back',
  )
  expect(await exits()).toBe(5)
  desk.moment = '2026-11-23T16:10:00-05:00'
  expect(await exits()).toBe(0)
})

test('a rollback reaches the hosts with the restart, not before', async () => {
  const desk = new PaperDesk()
  const hashes = async (): Promise<ReadonlySet<unknown>> =>
    new Set((await desk.value('inference.healthz')).list('hosts').map((host) => host.at('modelHash')))
  const verified = await desk.value('registry.verifyVersion', { ...model, alias: 'last_stable' })
  expect(verified.json).toMatchObject({
    version: 'v1.3.2',
    reachable: true,
    replaces: 'v1.4.0',
    hash: verified.at('pinnedHash'),
  })
  const flip = { ...model, alias: 'production', version: 'v1.3.2', ifCurrent: 'v1.4.0' }
  const hash = (await desk.done('registry.setAlias', flip, 'a')).at('hash')
  expect(await hashes()).not.toEqual(new Set([hash]))
  await desk.done('inference.restartAll', model, 'b')
  expect(await hashes()).toEqual(new Set([hash]))
  expect(await desk.act('registry.setAlias', flip, 'c')).toMatchObject({ kind: 'failed' })
})

test('beyond the calendar a reading that needs it is a failure', async () => {
  const desk = new PaperDesk(makeStateDir(), '2031-03-03T12:00:00Z')
  expect(await desk.read('data.freshness')).toMatchObject({ kind: 'failure', unreachable: false })
  expect(await desk.read('metrics.pnlBand', model)).toMatchObject({ kind: 'failure' })
  expect((await desk.value('venue.fetchOpenOrders')).at('open')).toBe(7)
})
