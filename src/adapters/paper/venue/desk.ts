/** What a paper venue does for the desk. Every function alters the state it is given; keeping it is the caller's business. */
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

function rejectionOf(state: VenueState, request: Request, { exhausted }: Conditions, now: Date): string | undefined {
  const instrument = findInstrument(request.symbol)
  const quantity = decimalUnits(request.quantity)
  const price = decimalUnits(request.price)
  if (exhausted || usedRequests(state, now) >= requestLimit) return 'RATE_LIMIT'
  if (instrument === undefined) return 'UNKNOWN_SYMBOL'
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

/** Cancels everything the desk has. A silent venue takes the request, and nobody knows what became of it. Answers how many. */
export function cancelAll(state: VenueState, { silent }: Pick<Conditions, 'silent'>): number {
  const working = workingOrders(state)
  for (const order of working) order.status = silent ? 'pendingCancel' : 'cancelled'
  return working.length
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

/**
 * Moves every protective stop to `factor` times its distance from the last price, never further away. A position whose stop was
 * cancelled with everything else gets it back, tightened. Answers how many stops were moved or placed.
 */
export function tightenStops(state: VenueState, factor: string, now: Date): number {
  let tightened = 0
  for (const position of state.positions) {
    const side: Side = decimalUnits(position.quantity) > 0n ? 'sell' : 'buy'
    const stops = state.orders.filter(
      (order) => order.type === 'stop' && order.symbol === position.symbol && order.side === side,
    )
    const stop = stops.findLast(isWorking) ?? stops.findLast((order) => order.status === 'cancelled')
    if (stop === undefined) continue
    const price = tightenedPrice(state, stop, factor)
    if (price === stop.price && isWorking(stop)) continue
    tightened++
    if (isWorking(stop)) stop.price = price
    else {
      const quantity = formatDecimal(magnitude(decimalUnits(position.quantity)))
      const clientOrderId = `${stop.clientOrderId}-again-${String(state.sequence + 1)}`
      takeIn(state, { ...protective(stop.symbol, side), clientOrderId, quantity, price }, now)
    }
  }
  return tightened
}

export const protective = (symbol: string, side: Side) => ({ owner: 'desk', type: 'stop', symbol, side }) as const

function tightenedPrice(state: VenueState, stop: Order, factor: string): string {
  const instrument = findInstrument(stop.symbol)
  if (instrument === undefined) return stop.price
  const last = decimalUnits(lastPrice(state, instrument))
  const tick = decimalUnits(instrument.tick)
  const distance = magnitude(last - decimalUnits(stop.price))
  const closer = floorTo(smaller(distance, multiply(distance, decimalUnits(factor))), tick)
  return formatDecimal(stop.side === 'sell' ? floorTo(last, tick) - closer : floorTo(last, tick) + closer)
}

export const lastPrice = (state: VenueState, { symbol, reference }: Instrument): string =>
  state.trades.findLast((trade) => trade.symbol === symbol)?.price ?? reference

/** The venue's own close call: every position goes to 0n at the last price, and its stops with it. Answers how many. */
export function closeAll(state: VenueState, now: Date): number {
  const positions = [...state.positions]
  for (const { symbol, quantity } of positions) {
    const instrument = findInstrument(symbol)
    if (instrument === undefined) continue
    const held = decimalUnits(quantity)
    const side: Side = held > 0n ? 'sell' : 'buy'
    const base = {
      symbol,
      quantity: formatDecimal(magnitude(held)),
      price: lastPrice(state, instrument),
      type: 'stop',
    } as const
    const id = `close-${String(state.sequence + 1)}`
    // Both sides bypass the book: the venue itself takes the position over.
    const house = takeIn(state, { ...base, clientOrderId: `${id}-house`, owner: 'street', side: opposite(side) }, now)
    const close = takeIn(state, { ...base, clientOrderId: id, owner: 'desk', side }, now)
    execute(state, close, house, remainderOf(close), now)
    for (const stop of workingOrders(state)) {
      if (stop.type === 'stop' && stop.symbol === symbol) stop.status = 'cancelled'
    }
  }
  return positions.length
}
