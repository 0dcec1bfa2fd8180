/** The matching engine under any sequence of orders. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimalUnits } from '../../../src/model/decimal.ts'
import { cancelAll, closeAll, submitOrder, workingOrders } from '../../../src/adapters/paper/venue/desk.ts'
import { tightenStops } from '../../../src/adapters/paper/venue/stops.ts'
import { bookSide, remainderOf, takeIn } from '../../../src/adapters/paper/venue/matching.ts'
import { seedVenue } from '../../../src/adapters/paper/venue/seed.ts'
import type { Side, VenueState } from '../../../src/adapters/paper/venue/state.ts'
import { parseVenueState } from '../../../src/adapters/paper/venue/state.ts'

const now = new Date('2026-11-19T17:00:00Z')
const healthy = { silent: false, exhausted: false, blankRejects: false }
const empty = (): VenueState => ({
  ...{ id: 'primary', sequence: 0, orders: [], trades: [], positions: [], rejects: [], probes: [] },
  window: { startMs: 0, used: 0 },
})

const side = fc.constantFrom<Side>('buy', 'sell')
const order = fc.record({
  owner: fc.constantFrom('desk' as const, 'street' as const),
  side,
  quantity: fc.integer({ min: 1, max: 40 }).map(String),
  price: fc.integer({ min: 95, max: 105 }).map((cents) => `1.${String(cents).padStart(3, '0').slice(1)}`),
  type: fc.constantFrom('limit' as const, 'limit' as const, 'limit' as const, 'stop' as const),
})
const orders = fc.array(order, { maxLength: 60 })

type Given = typeof orders extends fc.Arbitrary<infer T> ? T : never

function play(given: Given, after: (state: VenueState) => void = () => undefined): VenueState {
  const state = empty()
  for (const [index, each] of given.entries()) {
    takeIn(state, { ...each, symbol: 'SPY', clientOrderId: `c${String(index)}` }, now)
    after(state)
  }
  return state
}
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n)

test('M1 the book is never crossed', () => {
  fc.assert(
    fc.property(orders, (given) => {
      play(given, (state) => {
        const [bid] = bookSide(state, 'SPY', 'buy')
        const [ask] = bookSide(state, 'SPY', 'sell')
        if (bid !== undefined && ask !== undefined)
          expect(decimalUnits(bid.price)).toBeLessThan(decimalUnits(ask.price))
      })
    }),
  )
})

test('M2 every quantity traded is bought once and sold once, nothing is overfilled, and positions are what trades made them', () => {
  fc.assert(
    fc.property(orders, (given) => {
      const state = play(given)
      const filled = (of: Side): bigint =>
        sum(state.orders.filter((o) => o.side === of).map((o) => decimalUnits(o.filled)))
      const traded = sum(state.trades.map(({ quantity }) => decimalUnits(quantity)))
      expect([filled('buy'), filled('sell')]).toEqual([traded, traded])
      for (const each of state.orders) {
        expect(remainderOf(each)).toBeGreaterThanOrEqual(0n)
        expect(each.status === 'filled').toBe(remainderOf(each) === 0n)
      }
      const position = decimalUnits(state.positions.find(({ symbol }) => symbol === 'SPY')?.quantity ?? '0')
      expect(position).toBe(sum(state.trades.map(({ deskChange }) => decimalUnits(deskChange))))
    }),
  )
})

test('M3 no resting order is passed over for a worse or a later one, and its own price is paid', () => {
  fc.assert(
    fc.property(orders, order, (given, last) => {
      const state = play(given)
      // Sorted here anew, by another way than the engine's own.
      const sign = last.side === 'buy' ? 1 : -1
      const resting = state.orders
        .filter((each) => each.status === 'open' && each.type === 'limit' && each.side !== last.side)
        .map(({ id, price, sequence }) => ({ id, price, sequence }))
        .sort((a, b) => sign * (Number(a.price) - Number(b.price)) || a.sequence - b.sequence)
      const before = state.trades.length
      const taker = takeIn(state, { ...last, type: 'limit', symbol: 'SPY', clientOrderId: 'last' }, now)
      const made = state.trades.slice(before).filter((trade) => trade.taker === taker.id)
      const makers = made.map((trade) => (last.side === 'buy' ? trade.sellOrder : trade.buyOrder))
      expect(makers).toEqual(resting.slice(0, makers.length).map(({ id }) => id))
      expect(made.map(({ price }) => price)).toEqual(resting.slice(0, makers.length).map(({ price }) => price))
      // Everybody but the last maker was used up.
      for (const { id } of resting.slice(0, Math.max(0, makers.length - 1))) {
        expect(state.orders.find((each) => each.id === id)?.status).toBe('filled')
      }
    }),
  )
})

test('M4 a stop reduces its position and never turns it over', () => {
  const state = seedVenue('primary', now)
  const held = (): string | undefined => state.positions.find(({ symbol }) => symbol === 'NVDA')?.quantity
  expect(held()).toBe('-200')
  // The street lifts everything up to the stop at 151.20 and trades there once.
  const street = { owner: 'street', symbol: 'NVDA', type: 'limit' } as const
  takeIn(state, { ...street, side: 'buy', quantity: '1', price: '141.22', clientOrderId: 'quiet' }, now)
  expect(held()).toBe('-200')
  takeIn(state, { ...street, side: 'sell', quantity: '1000', price: '151.2', clientOrderId: 'offer' }, now)
  takeIn(state, { ...street, side: 'buy', quantity: '1600', price: '151.2', clientOrderId: 'rally' }, now)
  expect(held()).toBeUndefined()
  expect(state.orders.find(({ type, symbol }) => type === 'stop' && symbol === 'NVDA')).toMatchObject({
    status: 'filled',
    filled: '200',
  })
})

test('M4 a stop larger than what is left of its position stops at zero, over several makers', () => {
  const state = empty()
  const street = { owner: 'street', symbol: 'SPY', type: 'limit' } as const
  state.positions.push({ symbol: 'SPY', quantity: '50', averagePrice: '10' })
  takeIn(
    state,
    { ...street, owner: 'desk', type: 'stop', side: 'sell', quantity: '200', price: '9', clientOrderId: 's' },
    now,
  )
  for (const id of ['a', 'b', 'c']) {
    takeIn(state, { ...street, side: 'buy', quantity: '30', price: '8.9', clientOrderId: id }, now)
  }
  takeIn(state, { ...street, side: 'sell', quantity: '1', price: '8.9', clientOrderId: 'down' }, now)
  expect(state.positions).toEqual([])
  expect(state.orders.find(({ clientOrderId }) => clientOrderId === 's')).toMatchObject({ filled: '50' })
})

const request = { symbol: 'SPY', side: 'buy', quantity: '5', price: '592.12' } as const
test.each([
  ['UNKNOWN_SYMBOL', { symbol: 'NOPE' }, {}],
  ['LOT_SIZE', { quantity: '5.5' }, {}],
  ['TICK_SIZE', { price: '592.125' }, {}],
  ['QUANTITY', { quantity: '0' }, {}],
  ['PRICE', { price: '-1' }, {}],
  ['SELF_TRADE', { side: 'sell' as const, price: '591' }, {}],
  ['RATE_LIMIT', {}, { exhausted: true }],
  ['', { quantity: '5.5' }, { blankRejects: true }],
])('an order is rejected with %j', (rejectCode, change, conditions) => {
  const state = seedVenue('primary', now)
  const before = workingOrders(state).length
  const answer = submitOrder(state, { ...request, ...change, clientOrderId: 'x' }, { ...healthy, ...conditions }, now)
  expect(answer).toMatchObject({ status: 'rejected', rejectCode })
  expect(workingOrders(state)).toHaveLength(before)
})

test('a client order id is taken once, also after its order is gone', () => {
  const state = seedVenue('primary', now)
  expect(submitOrder(state, { ...request, clientOrderId: 'x' }, healthy, now)).toMatchObject({ status: 'accepted' })
  cancelAll(state, healthy)
  expect(submitOrder(state, { ...request, clientOrderId: 'x' }, healthy, now)).toMatchObject({
    rejectCode: 'DUPLICATE_CLIENT_ORDER_ID',
  })
  expect(state.trades.filter(({ symbol }) => symbol === 'SPY')).toHaveLength(1)
})

test('the request budget of a window is refused beyond its limit and is back in the next window', () => {
  const state = seedVenue('primary', now)
  const send = (id: number, at: Date) =>
    submitOrder(state, { ...request, price: '1', clientOrderId: `r${String(id)}` }, healthy, at).status
  for (let id = 0; id < 300; id++) expect(send(id, now)).toBe('accepted')
  expect(send(300, now)).toBe('rejected')
  expect(send(301, new Date(now.getTime() + 60_000))).toBe('accepted')
})

test('a silent venue leaves cancels pending; asked again after it has recovered, nothing is left', () => {
  const state = seedVenue('primary', now)
  const all = cancelAll(state, { silent: true })
  expect(workingOrders(state).map(({ status }) => status)).toEqual(Array.from({ length: all }, () => 'pendingCancel'))
  expect(cancelAll(state, { silent: false })).toBe(all)
  expect(workingOrders(state)).toEqual([])
})

test('tightening never moves a stop away from the market, and brings back stops that a cancel took', () => {
  const state = seedVenue('primary', now)
  const stops = () =>
    workingOrders(state)
      .filter(({ type }) => type === 'stop')
      .map(({ symbol, price }) => [symbol, price])
  expect(stops()).toContainEqual(['AAPL', '219.35'])
  expect(tightenStops(state, '0.5', now)).toBe(4)
  expect(stops()).toContainEqual(['AAPL', '224.35'])
  expect(stops()).toContainEqual(['NVDA', '146.2'])
  cancelAll(state, healthy)
  expect(tightenStops(state, '0.5', now)).toBe(4)
  expect(stops()).toContainEqual(['AAPL', '226.85'])
})

test('the close call leaves no position and no stop behind', () => {
  const state = seedVenue('primary', now)
  expect(closeAll(state, now)).toBe(4)
  expect(state.positions).toEqual([])
  expect(workingOrders(state).every(({ type }) => type === 'limit')).toBe(true)
  expect(closeAll(state, now)).toBe(0)
})

test('a state survives being written and read, and nothing else is taken for one', () => {
  const state = play([])
  expect(parseVenueState(JSON.parse(JSON.stringify(seedVenue('backup', now))))).toEqual(seedVenue('backup', now))
  for (const broken of [
    null,
    [],
    {},
    { ...state, id: 'other' },
    { ...state, orders: [{}] },
    { ...state, sequence: '1' },
  ]) {
    expect(parseVenueState(broken)).toBeUndefined()
  }
})
