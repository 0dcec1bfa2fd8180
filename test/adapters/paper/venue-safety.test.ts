/** Stops, the dead man's switch, suspension, single orders and positions, and the desk's own records of a venue. */
import { expect, test } from 'vitest'
import { venueControls } from '../../../src/adapters/paper/control.ts'
import { PaperDesk } from './desk.ts'

const venue = 'primary'
const order = { symbol: 'SPY', side: 'buy', quantity: '1', price: '500' }
const open = async (desk: PaperDesk): Promise<unknown> => (await desk.value('venue.fetchOpenOrders')).at('open')
const stops = async (desk: PaperDesk) => (await desk.value('venue.listStops')).list('stops')

test('an order can be asked for and cancelled by its client id', async () => {
  const desk = new PaperDesk()
  const clientOrderId = (await desk.done('venue.createOrder', order, 'a')).text('clientOrderId')
  const status = async (): Promise<unknown> =>
    (await desk.value('venue.fetchOrder', { clientOrderId })).at('order', 'status')
  expect(await status()).toBe('open')
  expect((await desk.done('venue.cancelOrder', { clientOrderId }, 'b')).json).toEqual({ venue, requested: 1 })
  expect(await status()).toBe('cancelled')
  expect((await desk.done('venue.cancelOrder', { clientOrderId }, 'c')).at('requested')).toBe(0)
  expect((await desk.value('venue.fetchOrder', { clientOrderId: 'never' })).json).toEqual({ found: false })
  expect(await desk.act('venue.cancelOrder', { clientOrderId: 'never' }, 'd')).toMatchObject({ kind: 'failed' })
})

test('a cancel that nobody acknowledged stays pending', async () => {
  const desk = new PaperDesk()
  const clientOrderId = (await desk.done('venue.createOrder', order, 'a')).text('clientOrderId')
  await desk.set('venue-silent')
  expect(await desk.act('venue.cancelOrder', { clientOrderId }, 'b')).toMatchObject({ kind: 'unknown' })
  await desk.set('venue-silent', false)
  expect((await desk.value('venue.fetchOrder', { clientOrderId })).at('order', 'status')).toBe('pendingCancel')
})

test('stops that a cancel removed are offered again, at their price and for what is held', async () => {
  const desk = new PaperDesk()
  const terms = async () =>
    (await stops(desk)).map((each) => [each.at('symbol'), each.at('side'), each.at('stopPrice')])
  const before = await terms()
  expect(before).toHaveLength(4)
  expect((await desk.done('venue.placeStops', {}, 'a')).at('placed')).toBe(0)
  await desk.done('venue.cancelAllOrders', { venue }, 'b')
  expect(await stops(desk)).toEqual([])
  await desk.done('venue.createOrder', { ...order, price: '592.12', quantity: '5' }, 'c')
  expect((await desk.done('venue.placeStops', {}, 'd')).at('placed')).toBe(4)
  expect(await terms()).toEqual(before)
  const spy = (await stops(desk)).find((each) => each.at('symbol') === 'SPY')
  expect(spy?.at('quantity')).toBe('55')
})

test('one position is closed with its stop, and the others stay', async () => {
  const desk = new PaperDesk()
  const held = async () => (await desk.value('venue.fetchPositions')).list('positions').map((each) => each.at('symbol'))
  expect((await desk.done('venue.closePosition', { venue, symbol: 'MSFT' }, 'a')).at('closed')).toBe(1)
  expect(await held()).toEqual(['AAPL', 'NVDA', 'SPY'])
  expect((await stops(desk)).map((each) => each.at('symbol'))).toEqual(['AAPL', 'NVDA', 'SPY'])
  expect((await desk.done('venue.closePosition', { venue, symbol: 'MSFT' }, 'b')).at('closed')).toBe(0)
  expect(await desk.act('venue.closePosition', { venue, symbol: 'NOPE' }, 'c')).toMatchObject({ kind: 'failed' })
})

test("the dead man's switch cancels what was there when it ran out, wherever it is looked at from", async () => {
  const desk = new PaperDesk()
  const armed = await desk.done('venue.cancelAllOrdersAfter', { venue, seconds: 60 }, 'a')
  expect(armed.at('armedUntil')).toBe('2026-11-19T17:01:20.000Z')
  desk.moment = '2026-11-19T17:01:19.000Z'
  expect(await open(desk)).toBe(7)
  await desk.done('venue.cancelAllOrdersAfter', { venue, seconds: 60 }, 'b')
  desk.moment = '2026-11-19T17:02:00.000Z'
  expect(await open(desk)).toBe(7)
  desk.moment = '2026-11-19T17:02:19.000Z'
  expect(await open(desk)).toBe(0)
  const page = await venueControls(desk)[0]?.openOrders(undefined, new AbortController().signal)
  expect(page).toMatchObject({ open: 0 })
  await desk.done('venue.createOrder', order, 'c')
  expect(await open(desk)).toBe(1)
  expect(await desk.act('venue.cancelAllOrdersAfter', { venue, seconds: 0 }, 'd')).toMatchObject({ kind: 'failed' })
})

test('a venue that was told to take no orders takes none until it is told otherwise', async () => {
  const desk = new PaperDesk()
  const tradable = async (): Promise<unknown> =>
    (await desk.value('venue.fetchInstrument', { symbol: 'SPY' })).at('tradable')
  expect(await tradable()).toBe(true)
  for (const key of ['a', 'b']) {
    expect((await desk.done('venue.suspendTrading', { venue }, key)).json).toEqual({ venue, suspended: true })
  }
  expect(await tradable()).toBe(false)
  const rejected = await desk.done('venue.createOrder', order, 'c')
  expect(rejected.json).toMatchObject({ status: 'rejected', rejectCode: 'SUSPENDED' })
  expect((await desk.done('venue.closePosition', { venue, symbol: 'MSFT' }, 'd')).at('closed')).toBe(1)
  await desk.done('venue.resumeTrading', { venue }, 'e')
  expect((await desk.done('venue.createOrder', order, 'f')).at('status')).toBe('accepted')
})

test('acknowledgements that never came are counted and rank last', async () => {
  const desk = new PaperDesk()
  await desk.set('venue-silent')
  expect((await desk.value('venue.latency', { last: 20 })).json).toMatchObject({
    count: 20,
    missing: 20,
    p50Ms: 10_000,
  })
  // The orders of the hours before were acknowledged.
  const day = await desk.value('venue.latency', { last: 400 })
  expect(day.json).toMatchObject({ count: 400, missing: 45, p95Ms: 10_000 })
  expect(day.at('p50Ms')).toBeLessThan(20)
  expect(await desk.read('venue.latency', { last: 0 })).toMatchObject({ kind: 'failure' })
})

test('lost heartbeats add up while they are lost', async () => {
  const desk = new PaperDesk()
  await desk.set('heartbeat-lost')
  desk.moment = '2026-11-19T17:01:00.000Z'
  expect((await desk.value('venue.heartbeat', { last: 3 })).json).toEqual({
    ...{ venue, checks: 3, failed: 3, consecutiveFailed: 3, windowSeconds: 30 },
  })
  expect((await desk.value('venue.heartbeat', { last: 60 })).at('failed')).toBe(7)
  // No older than so many seconds, and never more than were asked for.
  const within = async (last: number, seconds: number) => (await desk.value('venue.heartbeat', { last, seconds })).json
  expect(await within(60, 30)).toMatchObject({ checks: 3, failed: 3, windowSeconds: 30 })
  expect(await within(2, 30)).toMatchObject({ checks: 2, failed: 2, windowSeconds: 20 })
  expect(await within(60, 29)).toMatchObject({ checks: 2, failed: 2, windowSeconds: 20 })
  expect(await within(60, 9)).toMatchObject({ checks: 0, failed: 0, windowSeconds: 0 })
})
