/** Protective stops: an order type beside the book that only ever reduces the position it protects. */
import { findInstrument } from '../instruments.ts'
import { decimalUnits, formatDecimal } from '../../../model/decimal.ts'
import { floorTo, magnitude, multiply, smaller } from './arithmetic.ts'
import { lastPrice } from './desk.ts'
import { isWorking, takeIn } from './matching.ts'
import type { Order, Position, Side, VenueState } from './state.ts'

export const protective = (symbol: string, side: Side) => ({ owner: 'desk', type: 'stop', symbol, side }) as const

/** Stops at work, oldest first. */
export const workingStops = (state: VenueState): readonly Order[] =>
  state.orders.filter((order) => order.type === 'stop' && order.owner === 'desk' && isWorking(order))

/** The stop of a position that works, or else the last one that was cancelled. */
function stopOf(state: VenueState, { symbol, quantity }: Position): Order | undefined {
  const side: Side = decimalUnits(quantity) > 0n ? 'sell' : 'buy'
  const stops = state.orders.filter((order) => order.type === 'stop' && order.symbol === symbol && order.side === side)
  return stops.findLast(isWorking) ?? stops.findLast((order) => order.status === 'cancelled')
}

/** Offers the stops that a cancel removed once more, at their old price and for what is held now. Answers how many. */
export function placeStops(state: VenueState, now: Date): number {
  let placed = 0
  for (const position of state.positions) {
    const stop = stopOf(state, position)
    if (stop === undefined || isWorking(stop)) continue
    placeAgain(state, stop, position, stop.price, now)
    placed++
  }
  return placed
}

function placeAgain(state: VenueState, stop: Order, position: Position, price: string, now: Date): void {
  const quantity = formatDecimal(magnitude(decimalUnits(position.quantity)))
  const clientOrderId = `${stop.clientOrderId}-again-${String(state.sequence + 1)}`
  takeIn(state, { ...protective(stop.symbol, stop.side), clientOrderId, quantity, price }, now)
}

/**
 * Moves every protective stop to `factor` times its distance from the last price, never further away. A position whose stop was
 * cancelled with everything else gets it back, tightened. Answers how many stops were moved or placed.
 */
export function tightenStops(state: VenueState, factor: string, now: Date): number {
  let tightened = 0
  for (const position of state.positions) {
    const stop = stopOf(state, position)
    if (stop === undefined) continue
    const price = tightenedPrice(state, stop, factor)
    if (price === stop.price && isWorking(stop)) continue
    tightened++
    if (isWorking(stop)) stop.price = price
    else placeAgain(state, stop, position, price, now)
  }
  return tightened
}

function tightenedPrice(state: VenueState, stop: Order, factor: string): string {
  const instrument = findInstrument(stop.symbol)
  if (instrument === undefined) return stop.price
  const last = decimalUnits(lastPrice(state, instrument))
  const tick = decimalUnits(instrument.tick)
  const distance = magnitude(last - decimalUnits(stop.price))
  const closer = floorTo(smaller(distance, multiply(distance, decimalUnits(factor))), tick)
  return formatDecimal(stop.side === 'sell' ? floorTo(last, tick) - closer : floorTo(last, tick) + closer)
}
