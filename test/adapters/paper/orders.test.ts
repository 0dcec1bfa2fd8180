/** Orders that are not final, the first fills after a change of route, cash in the book, and what a stretch of time touched. */
import { expect, test } from 'vitest'
import { makeStateDir, PaperDesk } from './desk.ts'

const counts = async (desk: PaperDesk): Promise<readonly unknown[]> =>
  Promise.all(['orders.pending', 'orders.unresolved'].map(async (method) => (await desk.value(method)).at('count')))

test('pending orders end with a cancel, and stops are none of them', async () => {
  const desk = new PaperDesk()
  expect(await counts(desk)).toEqual([5, 0])
  await desk.done('venue.cancelAllOrders', { venue: 'primary' }, 'a')
  expect(await counts(desk)).toEqual([2, 0])
  await desk.done('venue.placeStops', { venue: 'primary' }, 'b')
  expect(await counts(desk)).toEqual([2, 0])
})

test('a cancel without an answer leaves orders unresolved until they are resolved one by one', async () => {
  const desk = new PaperDesk()
  await desk.set('venue-silent')
  await desk.act('venue.cancelAllOrders', { venue: 'primary' }, 'a')
  expect(await counts(desk)).toEqual([5, 7])
  const [first, second] = (await desk.value('orders.unresolved'))
    .list('orders')
    .map((each) => each.text('clientOrderId'))
  const cancel = { clientOrderId: first, action: 'cancel' }
  expect(await desk.act('orders.resolve', cancel, 'b')).toMatchObject({ kind: 'unknown' })
  await desk.set('venue-silent', false)
  expect((await desk.done('orders.resolve', cancel, 'c')).json).toEqual({ status: 'cancelled' })
  expect((await desk.value('venue.fetchOrder', { clientOrderId: first })).at('order', 'status')).toBe('cancelled')
  const confirm = { clientOrderId: second, action: 'confirm' }
  expect((await desk.done('orders.resolve', confirm, 'd')).json).toEqual({ status: 'confirmed' })
  expect((await desk.value('venue.fetchOrder', { clientOrderId: second })).at('order', 'status')).toBe('open')
  expect((await desk.value('orders.unresolved')).at('count')).toBe(5)
})

test('a halt before the close is followed by no order, however late somebody looks', async () => {
  const desk = new PaperDesk()
  desk.moment = '2026-11-19T15:50:00-05:00'
  desk.haltedAt = desk.now()
  desk.moment = '2026-11-19T16:05:00-05:00'
  const since = { since: desk.haltedAt.toISOString() }
  expect((await desk.value('orders.newSince', since)).json).toEqual({ count: 0 })
  // Only the probe order that desk may send itself.
  await desk.done('venue.probeOrder', { venue: 'backup', symbol: 'SPY' }, 'a')
  expect((await desk.value('orders.newSince', since)).at('count')).toBe(1)
})

test('an order of which the venue knows nothing stays pending through a cancel, and goes when it is resolved', async () => {
  const desk = new PaperDesk()
  await desk.set('orders-unresolved')
  await desk.done('venue.cancelAllOrders', { venue: 'primary' }, 'a')
  desk.moment = '2026-11-19T12:10:20-05:00'
  const [order] = (await desk.value('orders.unresolved')).list('orders')
  expect(order?.json).toMatchObject({ venue: 'primary', symbol: 'MSFT', remaining: '40', ageSeconds: 780 })
  const args = { clientOrderId: order?.text('clientOrderId'), action: 'cancel' }
  for (const key of ['b', 'b']) await desk.done('orders.resolve', args, key)
  expect(await desk.lookup('orders.resolve', args, 'b')).toMatchObject({ kind: 'done', value: { status: 'cancelled' } })
  expect(await counts(desk)).toEqual([2, 0])
  expect(await desk.act('orders.resolve', args, 'c')).toMatchObject({ kind: 'failed' })
})

test('the first orders after a change of route are counted as they come', async () => {
  const desk = new PaperDesk()
  const band = async () => (await desk.value('orders.fillBand', { first: 5 })).json
  expect(await band()).toMatchObject({ count: 5, filled: 5, inside: true })
  await desk.done('routing.setBroker', { venue: 'backup', ifCurrent: 'primary' }, 'a')
  const none = { kind: 'failure', reason: 'no order was routed to backup yet' }
  expect(await desk.read('orders.fillBand', { first: 5 })).toMatchObject(none)
  desk.haltedAt = new Date('2026-11-19T12:00:00-05:00')
  desk.moment = '2026-11-19T12:02:00-05:00'
  expect(await desk.read('orders.fillBand', { first: 5 })).toMatchObject(none)
  desk.haltedAt = undefined
  expect(await band()).toMatchObject({ count: 3, filled: 3, inside: false })
  desk.moment = '2026-11-19T12:03:00-05:00'
  expect(await band()).toMatchObject({ count: 5, filled: 5, inside: true })
  await desk.set('backup-fills-slow')
  expect(await band()).toMatchObject({ count: 5, filled: 5, inside: false })
  await desk.set('backup-fills-slow', false)
  await desk.set('backup-venue-down')
  expect(await desk.read('orders.fillBand', { first: 5 })).toMatchObject({ kind: 'failure', reason: /none of the 5/ })
})

test.each(['2026-11-21T12:00:00Z', '2026-11-19T14:30:05Z', '2026-11-19T21:00:00Z'])(
  'where the route never changed, the orders of the latest session count (%s)',
  async (moment) => {
    const desk = new PaperDesk(makeStateDir(), moment)
    expect((await desk.value('orders.fillBand', { first: 5 })).json).toMatchObject({ count: 5, inside: true })
  },
)

test('cash that is carried wrong is carried anew; an execution nobody heard of shows in what is calculated', async () => {
  const desk = new PaperDesk()
  const cash = async () => (await desk.value('book.cash')).json
  const right = { cash: '1250000', calculated: '1250000', currency: 'USD' }
  await desk.set('cash-off')
  expect(await cash()).toEqual({ ...right, cash: '1249862.5' })
  expect((await desk.done('book.recalculateCash', {}, 'a')).json).toEqual({ cash: '1250000' })
  expect(await cash()).toEqual(right)
  await desk.set('acks-lost')
  expect(await cash()).toEqual({ ...right, cash: '1245412.6' })
  await desk.set('acks-lost', false)
  expect(await cash()).toEqual({ ...right, cash: '1245412.6', calculated: '1245412.6' })
})

test('positions that a stretch of time touched, and which of them are not what they should be', async () => {
  const desk = new PaperDesk()
  const affected = async (sinceMinutes = 60) => (await desk.value('book.affected', { sinceMinutes })).json
  const none = { positions: [], exposure: '0', limit: '5000', mismatches: 0 }
  expect(await affected()).toEqual(none)
  await desk.done('venue.createOrder', { symbol: 'SPY', side: 'buy', quantity: '5', price: '592.12' }, 'a')
  const openedAt = '2026-11-19T17:00:20.000Z'
  expect(await affected()).toEqual({
    ...none,
    positions: [{ venue: 'primary', symbol: 'SPY', quantity: '55', openedAt }],
    exposure: '55',
  })
  await desk.set('acks-lost')
  expect(await affected()).toMatchObject({ positions: [{ symbol: 'SPY' }, { symbol: 'AAPL' }], mismatches: 1 })
  await desk.set('acks-lost', false)
  await desk.set('oversized-position')
  expect(await affected()).toMatchObject({ exposure: '6055', mismatches: 1 })
  desk.moment = '2026-11-19T18:30:00Z'
  expect(await affected(30)).toEqual(none)
})
