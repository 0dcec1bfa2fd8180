/**
 * The matching engine: a limit order book per symbol with price-time priority and partial fills, and protective stops beside it.
 *
 * M1 No two open limit orders cross once an order has been taken in.
 * M2 A trade's quantity is added to one buy and one sell; nothing is filled beyond its quantity.
 * M3 Of the resting orders the best price trades first, and of equal prices the earlier one; the price is the resting order's.
 * M4 A stop never makes the position it protects larger, nor turns it over.
 */
import { decimalUnits, formatDecimal } from '../../../model/decimal.ts'
import { divide, magnitude, multiply, smaller } from './arithmetic.ts'
import type { Order, Side, Trade, VenueState } from './state.ts'

export interface NewOrder {
  readonly clientOrderId: string
  readonly owner: Order['owner']
  readonly symbol: string
  readonly side: Side
  readonly type: Order['type']
  readonly quantity: string
  readonly price: string
}

/** Takes an order in: it trades as far as it can, and the rest of it stays. Validity is the caller's business. */
export function takeIn(state: VenueState, order: NewOrder, now: Date): Order {
  state.sequence++
  const taken: Order = {
    ...order,
    id: `${state.id}-${String(state.sequence).padStart(6, '0')}`,
    filled: '0',
    status: 'open',
    sequence: state.sequence,
    at: now.toISOString(),
  }
  state.orders.push(taken)
  if (taken.type === 'limit' && tradeAgainstBook(state, taken, decimalUnits(taken.price), now))
    runStops(state, taken.symbol, now)
  return taken
}

/** Open limit orders of one side, the one that trades first in front. A pending cancel can still be filled. */
export function bookSide(state: VenueState, symbol: string, side: Side): readonly Order[] {
  const sign = side === 'buy' ? -1n : 1n
  return state.orders
    .filter((order) => order.symbol === symbol && order.side === side && order.type === 'limit' && isWorking(order))
    .sort((a, b) => {
      const difference = (decimalUnits(a.price) - decimalUnits(b.price)) * sign
      return difference === 0n ? a.sequence - b.sequence : difference < 0n ? -1 : 1
    })
}

export const isWorking = ({ status }: Order): boolean => status === 'open' || status === 'pendingCancel'
export const remainderOf = (order: Order): bigint => decimalUnits(order.quantity) - decimalUnits(order.filled)
export const opposite = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy')

/** Whether an order of this side and price would trade with one at `resting`; for a stop, whether that price triggers it. */
export const crosses = (side: Side, price: bigint, resting: bigint): boolean =>
  side === 'buy' ? price >= resting : price <= resting

/** Trades up to `limit`, or at any price where there is none. True if anything traded. */
function tradeAgainstBook(state: VenueState, taker: Order, limit: bigint | undefined, now: Date): boolean {
  const before = state.trades.length
  for (const maker of bookSide(state, taker.symbol, opposite(taker.side))) {
    const price = decimalUnits(maker.price)
    if (remainderOf(taker) === 0n || (limit !== undefined && !crosses(taker.side, limit, price))) break
    execute(state, taker, maker, smaller(remainderOf(taker), remainderOf(maker)), now)
  }
  return state.trades.length > before
}

/** A trade at the maker's price. */
export function execute(state: VenueState, taker: Order, maker: Order, quantity: bigint, now: Date): void {
  const [buy, sell] = taker.side === 'buy' ? [taker, maker] : [maker, taker]
  const deskChange = (buy.owner === 'desk' ? quantity : 0n) - (sell.owner === 'desk' ? quantity : 0n)
  state.sequence++
  const trade: Trade = {
    id: `${state.id}-x${String(state.sequence).padStart(6, '0')}`,
    symbol: taker.symbol,
    quantity: formatDecimal(quantity),
    price: maker.price,
    buyOrder: buy.id,
    sellOrder: sell.id,
    taker: taker.id,
    deskChange: formatDecimal(deskChange),
    at: now.toISOString(),
  }
  state.trades.push(trade)
  for (const order of [taker, maker]) {
    order.filled = formatDecimal(decimalUnits(order.filled) + quantity)
    if (remainderOf(order) === 0n) order.status = 'filled'
  }
  move(state, trade.symbol, deskChange, decimalUnits(trade.price))
}

/** Changes a position; the average price follows what opens, and is the trade's where it turns over. */
function move(state: VenueState, symbol: string, change: bigint, price: bigint): void {
  if (change === 0n) return
  const position = state.positions.find((held) => held.symbol === symbol)
  if (position === undefined) {
    state.positions.push({ symbol, quantity: formatDecimal(change), averagePrice: formatDecimal(price) })
    return
  }
  const before = decimalUnits(position.quantity)
  const after = before + change
  const opens = before === 0n || before > 0n === change > 0n
  const turnsOver = !opens && after !== 0n && after > 0n !== before > 0n
  if (opens) {
    const cost = multiply(magnitude(before), decimalUnits(position.averagePrice)) + multiply(magnitude(change), price)
    position.averagePrice = formatDecimal(divide(cost, magnitude(after)))
  } else if (turnsOver) position.averagePrice = formatDecimal(price)
  position.quantity = formatDecimal(after)
  if (after === 0n) state.positions = state.positions.filter((held) => held !== position)
}

/** Fires every stop that the last price has reached, oldest first, until none is left or none can trade. */
function runStops(state: VenueState, symbol: string, now: Date): void {
  for (;;) {
    const last = state.trades.findLast((trade) => trade.symbol === symbol)
    if (last === undefined) return
    const price = decimalUnits(last.price)
    const before = state.trades.length
    for (const stop of state.orders) {
      const reached = stop.symbol === symbol && crosses(stop.side, price, decimalUnits(stop.price))
      if (reached && stop.type === 'stop' && stop.status === 'open') fire(state, stop, now)
    }
    if (state.trades.length === before) return
  }
}

function fire(state: VenueState, stop: Order, now: Date): void {
  const position = decimalUnits(state.positions.find((held) => held.symbol === stop.symbol)?.quantity ?? '0')
  let room = stop.side === 'sell' ? position : -position
  if (room <= 0n) {
    stop.status = 'cancelled'
    return
  }
  for (const maker of bookSide(state, stop.symbol, opposite(stop.side))) {
    if (maker.owner === stop.owner) continue
    const quantity = smaller(room, smaller(remainderOf(stop), remainderOf(maker)))
    if (quantity <= 0n) break
    execute(state, stop, maker, quantity, now)
    room -= quantity
  }
}
