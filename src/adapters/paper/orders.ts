/** The port `orders` as far as it is about orders that are not final. */
import type { Arguments } from './arguments.ts'
import { textOf } from './arguments.ts'
import type { BookState } from './book-state.ts'
import { bookComponent } from './book-state.ts'
import type { BookOrder } from './book-orders.ts'
import { openOrders } from './book-orders.ts'
import { refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { readComponent } from './store.ts'
import { requireAnswer, requireAuthorised } from './venue-access.ts'
import { readVenue } from './venue-state.ts'
import { venueComponent } from './venue/seed.ts'
import type { VenueId } from './venue/state.ts'
import { venueIds } from './venue/state.ts'
import type { World } from './world.ts'

function listed(world: World, orders: readonly BookOrder[]) {
  const nowMs = world.now().getTime()
  const shown = orders.map(({ venue, clientOrderId, symbol, side, remaining, at }) => ({
    ...{ venue, clientOrderId, symbol, side, remaining },
    ageSeconds: Math.max(0, nowMs - Date.parse(at)) / 1000,
  }))
  return { count: shown.length, orders: shown }
}

const read = (world: World): readonly BookOrder[] => openOrders(world, readComponent(world, bookComponent))

export const orderReads: Readonly<Record<string, ReadHandler>> = {
  'orders.pending': (world) =>
    listed(
      world,
      read(world).filter((order) => !order.protective),
    ),
  'orders.unresolved': (world) =>
    listed(
      world,
      read(world).filter((order) => order.unresolved),
    ),
}

const isUnresolved = ({ errors }: BookState, clientOrderId: string): boolean =>
  errors.some((error) => error.kind === 'order-unresolved' && error.clientOrderId === clientOrderId)

/** The venue that has the order; undefined: none has. */
const venueWith = (world: World, clientOrderId: string): VenueId | undefined =>
  venueIds.find((venue) =>
    readVenue(world, venue).orders.some((order) => order.owner === 'desk' && order.clientOrderId === clientOrderId),
  )

const statusAfter = (args: Arguments) => ({ status: textOf(args, 'action') === 'cancel' ? 'cancelled' : 'confirmed' })

/** An order that only the book has. */
const inBook = effectOn(bookComponent, (book, _world, args) => {
  const clientOrderId = textOf(args, 'clientOrderId')
  book.errors = book.errors.filter(
    (error) => error.kind !== 'order-unresolved' || error.clientOrderId !== clientOrderId,
  )
  return statusAfter(args)
})

/** An order whose cancel was never answered: the venue says, when it can be asked, that it is gone, or takes the cancel back. */
const atVenue = (venue: VenueId): EffectHandler =>
  effectOn(venueComponent(venue), (state, world, args) => {
    requireAnswer(world, venue)
    requireAuthorised(world, venue)
    const clientOrderId = textOf(args, 'clientOrderId')
    const order = state.orders.find((each) => each.owner === 'desk' && each.clientOrderId === clientOrderId)
    if (order?.status === 'pendingCancel') order.status = textOf(args, 'action') === 'cancel' ? 'cancelled' : 'open'
    return statusAfter(args)
  })

function handlerFor(world: World, args: Arguments): EffectHandler {
  const clientOrderId = textOf(args, 'clientOrderId')
  if (isUnresolved(readComponent(world, bookComponent), clientOrderId)) return inBook
  const venue = venueWith(world, clientOrderId)
  return venue === undefined ? inBook : atVenue(venue)
}

export const orderEffects: Readonly<Record<string, EffectHandler>> = {
  'orders.resolve': {
    act: async (world, args, key, method) => {
      const clientOrderId = textOf(args, 'clientOrderId')
      const before = await inBook.lookup(world, args, key)
      if (before !== undefined) return before
      const handler = handlerFor(world, args)
      if (handler === inBook && !isUnresolved(readComponent(world, bookComponent), clientOrderId))
        return refuse(`nobody knows an order ${clientOrderId}`)
      return handler.act(world, args, key, method)
    },
    lookup: async (world, args, key) =>
      (await inBook.lookup(world, args, key)) ?? (await handlerFor(world, args).lookup(world, args, key)),
  },
}
