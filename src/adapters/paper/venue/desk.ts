/** What a paper venue does for the desk. Every function alters the state it is given; keeping it is the caller's business. */
import { refuse } from '../failure.ts'
import type { Instrument } from '../instruments.ts'
import { findInstrument } from '../instruments.ts'
import { decimalUnits, formatDecimal } from '../../../model/decimal.ts'
import { floorTo, isMultipleOf, magnitude, multiply, smaller } from './arithmetic.ts'
import { bookSide, crosses, execute, isWorking, opposite, remainderOf, takeIn } from './matching.ts'
import type { Order, Side, VenueState } from './state.ts'

/** What is wrong with the venue at the moment. */
export interface Conditions {
  /** It takes requests and acknowledges nothing. */
  readonly silent: boolean
  /** The request budget is used up. */
  readonly exhausted: boolean
  /** Rejects carry no code. */
  readonly blankRejects: boolean
  /** Symbol that the exchange has halted. */
  readonly halted?: string
}

export const requestLimit = 300
export const windowMs = 60_000
export const probesPerHalt = 3

export interface Request {
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: Side
  readonly quantity: string
  readonly price: string
}
export interface Answer {
  readonly orderId: string
  readonly clientOrderId: string
  readonly status: 'accepted' | 'rejected'
  readonly rejectCode?: string
}

/** Accepts a limit order or rejects it with a code. A client order id is taken once, for ever. */
export function submitOrder(state: VenueState, request: Request, conditions: Conditions, now: Date): Answer {
  const { clientOrderId } = request
  const code = rejectionOf(state, request, conditions, now)
  if (code !== undefined) {
    const rejectCode = conditions.blankRejects ? '' : code
    state.rejects.push({ clientOrderId, code: rejectCode, at: now.toISOString() })
    return { orderId: '', clientOrderId, status: 'rejected', rejectCode }
  }
  state.window = { startMs: windowStart(now), used: usedRequests(state, now) + 1 }
  const order = takeIn(state, { ...request, owner: 'desk', type: 'limit' }, now)
  return { orderId: order.id, clientOrderId, status: 'accepted' }
}

function rejectionOf(
  state: VenueState,
  request: Request,
  { exhausted, halted }: Conditions,
  now: Date,
): string | undefined {
  const instrument = findInstrument(request.symbol)
  const quantity = decimalUnits(request.quantity)
  const price = decimalUnits(request.price)
  if (state.suspendedAt !== undefined) return 'SUSPENDED'
  if (exhausted || usedRequests(state, now) >= requestLimit) return 'RATE_LIMIT'
  if (instrument === undefined) return 'UNKNOWN_SYMBOL'
  if (request.symbol === halted) return 'HALTED'
  if (isTaken(state, request.clientOrderId)) return 'DUPLICATE_CLIENT_ORDER_ID'
  if (quantity <= 0n) return 'QUANTITY'
  if (price <= 0n) return 'PRICE'
  if (!isMultipleOf(quantity, decimalUnits(instrument.lot))) return 'LOT_SIZE'
  if (!isMultipleOf(price, decimalUnits(instrument.tick))) return 'TICK_SIZE'
  const wouldMeetItself = bookSide(state, request.symbol, opposite(request.side)).some(
    (resting) => resting.owner === 'desk' && crosses(request.side, price, decimalUnits(resting.price)),
  )
  return wouldMeetItself ? 'SELF_TRADE' : undefined
}

const isTaken = (state: VenueState, clientOrderId: string): boolean =>
  [...state.orders, ...state.rejects].some((known) => known.clientOrderId === clientOrderId)

export const windowStart = (now: Date): number => Math.floor(now.getTime() / windowMs) * windowMs
/** Requests that count against the present window. */
export const usedRequests = (state: VenueState, now: Date): number =>
  state.window.startMs === windowStart(now) ? state.window.used : 0

/** Open orders of the desk, protective stops included. */
export const workingOrders = (state: VenueState): readonly Order[] =>
  state.orders.filter((order) => order.owner === 'desk' && isWorking(order))

/** Cancels everything the desk has, or has in one symbol. A silent venue takes the request, and nobody knows what became of it. Answers how many. */
export function cancelAll(state: VenueState, { silent }: Pick<Conditions, 'silent'>, symbol?: string): number {
  const working = workingOrders(state).filter((order) => symbol === undefined || order.symbol === symbol)
  for (const order of working) order.status = silent ? 'pendingCancel' : 'cancelled'
  return working.length
}

/** Cancels one order. Answers how many cancels that took: none where the order is not open any more. Refuses one that was never there. */
export function cancelOrder(state: VenueState, clientOrderId: string, { silent }: Pick<Conditions, 'silent'>): number {
  const order = state.orders.find((each) => each.owner === 'desk' && each.clientOrderId === clientOrderId)
  if (order === undefined) return refuse(`${state.id} knows no order ${clientOrderId}`)
  if (!isWorking(order)) return 0
  order.status = silent ? 'pendingCancel' : 'cancelled'
  return 1
}

/** Cancels what a timer that has run out was to cancel. What was sent after it ran out stays. */
export function runTimer(state: VenueState, now: Date): void {
  const { cancelAt } = state
  if (cancelAt === undefined || Date.parse(cancelAt) > now.getTime()) return
  for (const order of workingOrders(state)) {
    if (Date.parse(order.at) <= Date.parse(cancelAt)) order.status = 'cancelled'
  }
  delete state.cancelAt
}

/** One lot at half the reference price. */
export function probeRequest(symbol: string, clientOrderId: string): Request {
  const instrument = findInstrument(symbol)
  const price = instrument === undefined ? '1' : farPrice(instrument)
  return { clientOrderId, symbol, side: 'buy', quantity: instrument?.lot ?? '1', price }
}

/** Sends a probe and cancels it at once. */
export function sendProbe(
  state: VenueState,
  request: Request,
  conditions: Conditions,
  now: Date,
): { readonly accepted: boolean; readonly cancelled: boolean } {
  state.probes.push(now.toISOString())
  const answer = submitOrder(state, request, conditions, now)
  const order = state.orders.find(({ id }) => id === answer.orderId)
  if (order?.status === 'open') order.status = 'cancelled'
  return { accepted: answer.status === 'accepted', cancelled: order?.status === 'cancelled' }
}

const farPrice = ({ reference, tick }: Instrument): string =>
  formatDecimal(floorTo(multiply(decimalUnits(reference), decimalUnits('0.5')), decimalUnits(tick)))

export const lastPrice = (state: VenueState, { symbol, reference }: Instrument): string =>
  state.trades.findLast((trade) => trade.symbol === symbol)?.price ?? reference

/** The venue's own close call: every position goes to zero at the last price, and its stops with it. Answers how many. */
export function closeAll(state: VenueState, now: Date): number {
  const positions = [...state.positions]
  for (const { symbol } of positions) closeOne(state, symbol, now)
  return positions.length
}

/** The close call for one symbol, or for so much of it. Answers how many positions it traded. */
export function closeOne(state: VenueState, symbol: string, now: Date, most?: bigint): number {
  const held = decimalUnits(state.positions.find((each) => each.symbol === symbol)?.quantity ?? '0')
  if (held === 0n || findInstrument(symbol) === undefined) return 0
  const side: Side = held > 0n ? 'sell' : 'buy'
  const size = most === undefined ? magnitude(held) : smaller(most, magnitude(held))
  tradeWithHouse(state, { symbol, side, quantity: formatDecimal(size) }, now)
  // What is left keeps its stop, which never does more than close it.
  if (size < magnitude(held)) return 1
  for (const stop of workingOrders(state)) {
    if (stop.type === 'stop' && stop.symbol === symbol) stop.status = 'cancelled'
  }
  return 1
}

/** A trade at the last price that bypasses the book: the venue itself takes the other side. */
export function tradeWithHouse(
  state: VenueState,
  { symbol, side, quantity }: Pick<Request, 'symbol' | 'side' | 'quantity'>,
  now: Date,
): void {
  const instrument = findInstrument(symbol)
  if (instrument === undefined) return
  const base = { symbol, quantity, price: lastPrice(state, instrument), type: 'stop' } as const
  const id = `close-${String(state.sequence + 1)}`
  const house = takeIn(state, { ...base, clientOrderId: `${id}-house`, owner: 'street', side: opposite(side) }, now)
  const own = takeIn(state, { ...base, clientOrderId: id, owner: 'desk', side }, now)
  execute(state, own, house, remainderOf(own), now)
}
