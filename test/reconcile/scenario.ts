/** A quiet market of one venue, and ways to break the book. */
import * as fc from 'fast-check'
import { decimalUnits, formatDecimal } from '../../src/model/decimal.ts'
import type { Adjustment } from '../../src/reconcile/difference.ts'
import { signed } from '../../src/reconcile/fills.ts'
import type { Book, Booked, Broker, Fill, Held } from '../../src/reconcile/sides.ts'

export const start = '2026-11-20T14:30:00.000Z'
export const venue = 'primary'
const symbols = ['AAPL', 'MSFT', 'SPY'] as const

export interface Scenario {
  readonly broker: Broker
  readonly book: Book
}

const orders = fc.array(
  fc.record({
    symbol: fc.constantFrom(...symbols),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    /** Filled before the start. */
    before: fc.integer({ min: 0, max: 50 }),
    parts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 6 },
)
const holdings = fc.array(fc.integer({ min: -300, max: 300 }), { minLength: symbols.length, maxLength: symbols.length })

/** Book and venue agree and the executions since the start explain why. */
export const healthy: fc.Arbitrary<Scenario> = fc.tuple(orders, holdings).map(([sent, held]) => {
  const fills: Fill[] = sent.flatMap(({ symbol, side, before, parts }, order) => {
    let cumulative = before
    return parts.map((quantity, part): Fill => {
      cumulative += quantity
      const id = `x-${String(order)}-${String(part)}`
      const terms = { account: 'desk', executionId: id, orderId: `o-${String(order)}`, symbol, side, price: '10.5' }
      return { ...terms, quantity: String(quantity), cumulative: String(cumulative) }
    })
  })
  const atStart: Held[] = symbols.map((symbol, i) => ({ venue, symbol, quantity: String(held[i] ?? 0) }))
  const booked = fills.map(bookedOf)
  const positions = atStart.map((one) => ({ ...one, quantity: moved(one, booked) }))
  return {
    broker: {
      venues: [{ venue, positions, fills, openOrders: [] }],
      reorganised: [],
    },
    book: { atStart, positions, executions: booked },
  }
})

export const bookedOf = ({ account, executionId, symbol, side, quantity }: Fill): Booked => ({
  ...{ account, executionId, venue, symbol, side, quantity },
})

export const moved = (held: Held, executions: readonly Booked[]): string =>
  formatDecimal(
    executions
      .filter((e) => e.symbol === held.symbol)
      .reduce((sum, e) => sum + signed(e.side, decimalUnits(e.quantity)), decimalUnits(held.quantity)),
  )

/** The book that has counted exactly these executions since the start. */
export const counting = (book: Book, executions: readonly Booked[]): Book => ({
  ...book,
  executions,
  positions: book.atStart.map((one) => ({ ...one, quantity: moved(one, executions) })),
})

/** As an adjustment is specified: the broker's side replaces the book's, and a new silence would start here. */
export function takeOver(book: Book, entries: readonly Adjustment[]): Book {
  const positions = new Map(book.positions.map((p) => [`${p.venue}/${p.symbol}`, p]))
  const openOrders = new Map((book.orders ?? []).map((o) => [`${o.venue}/${o.clientOrderId}`, o]))
  const cash = new Map((book.cash ?? []).map((c) => [`${c.venue}/${c.currency}`, c]))
  for (const { subject, venue: at, symbol, clientOrderId, broker } of entries) {
    const key = `${at}/${symbol}`
    const held = positions.get(key) ?? { venue: at, symbol, quantity: '0' }
    if (subject === 'position') positions.set(key, { ...held, quantity: broker })
    if (subject === 'average-price') positions.set(key, { ...held, averagePrice: broker })
    if (subject === 'cash') cash.set(key, { venue: at, currency: symbol, amount: broker })
    if (subject === 'order' && clientOrderId !== undefined) {
      const order = `${at}/${clientOrderId}`
      if (decimalUnits(broker) === 0n) openOrders.delete(order)
      else openOrders.set(order, { venue: at, clientOrderId, symbol, remaining: broker })
    }
  }
  const held = [...positions.values()]
  return {
    atStart: held,
    positions: held,
    executions: [],
    ...(book.orders === undefined ? {} : { orders: [...openOrders.values()] }),
    ...(book.cash === undefined ? {} : { cash: [...cash.values()] }),
  }
}

/** The same truth, asked about from a later start on. */
export const later = (broker: Broker): Broker => ({
  ...broker,
  reorganised: [],
  venues: broker.venues.map((one) => ({ ...one, fills: [] })),
})

/** The venue's own numbers changed by something that is no execution. */
export const holding = (broker: Broker, symbol: string, quantity: string): Broker => ({
  ...broker,
  venues: broker.venues.map((one) => ({
    ...one,
    positions: [...one.positions.filter((p) => p.symbol !== symbol), { symbol, quantity }],
  })),
})
