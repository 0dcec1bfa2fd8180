/** Open orders and average prices as the book has them: those of the venues, but for the errors that are in it. */
import { decimalUnits, formatDecimal } from '../../model/decimal.ts'
import type { BookState, Held } from './book-state.ts'
import { readVenue } from './venue-state.ts'
import { workingOrders } from './venue/desk.ts'
import { remainderOf } from './venue/matching.ts'
import type { Order, Side, VenueId } from './venue/state.ts'
import { isVenueId, venueIds } from './venue/state.ts'
import type { World } from './world.ts'

export interface BookOrder {
  readonly venue: string
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: Side
  readonly remaining: string
  /** RFC 3339. */
  readonly at: string
  readonly protective: boolean
  /** Nobody knows whether it is open still. */
  readonly unresolved: boolean
}

export function openOrders(world: World, { errors }: BookState): readonly BookOrder[] {
  const unknown = new Set(errors.flatMap((error) => (error.kind === 'order-unknown' ? [error.clientOrderId] : [])))
  const atVenues = venueIds.flatMap((venue) =>
    workingOrders(readVenue(world, venue))
      .filter(({ clientOrderId }) => !unknown.has(clientOrderId))
      .map((order) => describe(venue, order)),
  )
  const stale = errors.flatMap((error) => {
    if (error.kind !== 'order-unresolved') return []
    const { venue, clientOrderId, symbol, side, remaining, at } = error
    return [{ venue, clientOrderId, symbol, side, remaining, at, protective: false, unresolved: true }]
  })
  return [...atVenues, ...stale]
}

function describe(venue: VenueId, order: Order): BookOrder {
  const { clientOrderId, symbol, side, at } = order
  const remaining = formatDecimal(remainderOf(order))
  const state = { protective: order.type === 'stop', unresolved: order.status === 'pendingCancel' }
  return { venue, clientOrderId, symbol, side, remaining, at, ...state }
}

/** The average price of a position; undefined where the book, with another quantity than the venue, cannot have one. */
export function averagePrices(world: World, { errors }: BookState): (held: Held) => string | undefined {
  return ({ venue, symbol, quantity }) => {
    if (!isVenueId(venue)) return undefined
    const position = readVenue(world, venue).positions.find((each) => each.symbol === symbol)
    if (position === undefined || decimalUnits(position.quantity) !== decimalUnits(quantity)) return undefined
    const wrong = errors.find(
      (error) => error.kind === 'average-price' && error.venue === venue && error.symbol === symbol,
    )
    const off = wrong?.kind === 'average-price' ? decimalUnits(wrong.amount) : 0n
    return formatDecimal(decimalUnits(position.averagePrice) + off)
  }
}
