/** The port `venue` over the paper venues. */
import { createHash } from 'node:crypto'
import type { Arguments } from './arguments.ts'
import { intOf, optionalText, textOf } from './arguments.ts'
import { account, hearExecutions } from './book.ts'
import { PaperFailure, refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { routingComponent } from './routing.ts'
import { noteSent } from './sent-orders.ts'
import { findPerformed, performOnce, readComponent } from './store.ts'
import { decimalUnits, formatDecimal } from '../../model/decimal.ts'
import type { Conditions, Request } from './venue/desk.ts'
import * as desk from './venue/desk.ts'
import { venueComponent } from './venue/seed.ts'
import type { VenueId, VenueState } from './venue/state.ts'
import { isVenueId } from './venue/state.ts'
import type { World } from './world.ts'

const latencyMs = 12
const blankRejectsSeen = 4

/** The venue that is named, or else the one in use. */
function venueOf(world: World, args: Arguments): VenueId {
  const id = optionalText(args, 'venue') ?? readComponent(world, routingComponent).broker
  return isVenueId(id) ? id : refuse(`there is no venue ${id}`)
}

/** Faults of venues are all at primary. */
const conditionsOf = ({ faults }: World, venue: VenueId): Conditions => ({
  silent: venue === 'primary' && faults.has('venue-silent'),
  exhausted: venue === 'primary' && faults.has('rate-limit-gone'),
  blankRejects: venue === 'primary' && faults.has('blank-rejects'),
})

function requireAnswer(world: World, venue: VenueId): void {
  if (!conditionsOf(world, venue).silent) return
  throw new PaperFailure('paper-unreachable', `${venue} took the connection and acknowledged nothing`, true, true)
}

/** A read of the venue's state, which only a venue that answers can give. */
const reading =
  (read: (state: VenueState, venue: VenueId, world: World, args: Arguments) => unknown): ReadHandler =>
  (world, args) => {
    const venue = venueOf(world, args)
    requireAnswer(world, venue)
    return read(readComponent(world, venueComponent(venue)), venue, world, args)
  }

export const venueReads: Readonly<Record<string, ReadHandler>> = {
  'venue.ping': reading((_state, venue) => ({ venue, latencyMs })),
  // The status page is a web site of its own: it answers, and may be green, while the venue does not.
  'venue.fetchStatus': (world, args) => {
    const venue = venueOf(world, args)
    const red = venue === 'primary' && world.faults.has('status-red')
    const [status, message] = red ? ['outage', 'order entry is down'] : ['ok', 'all systems operational']
    return { venue, status, message, updatedAt: world.now().toISOString() }
  },
  'venue.fetchRateLimit': reading((state, venue, world) => {
    const now = world.now()
    const limit = desk.requestLimit
    const used = conditionsOf(world, venue).exhausted ? limit : desk.usedRequests(state, now)
    const resetsAt = new Date(desk.windowStart(now) + desk.windowMs).toISOString()
    return { limit, used, remaining: limit - used, windowSeconds: desk.windowMs / 1000, resetsAt }
  }),
  'venue.fetchOpenOrders': reading((state, venue) => {
    const orders = desk.workingOrders(state)
    const pendingCancel = orders.filter(({ status }) => status === 'pendingCancel').length
    return {
      venue,
      open: orders.length - pendingCancel,
      pendingCancel,
      unknown: 0,
      orders: orders.map(({ id, clientOrderId, symbol, side, quantity, filled, price, status, type }) => ({
        ...{ id, clientOrderId, symbol, side, quantity, filled, price, status },
        protective: type === 'stop',
      })),
    }
  }),
  'venue.fetchPositions': reading((state, venue) => ({
    venue,
    positions: state.positions.map((position) => ({ venue, ...position })),
  })),
  'venue.fetchMyTrades': reading((state, venue, _world, args) => {
    const sinceMs = Date.parse(textOf(args, 'since'))
    return { venue, trades: tradesOf(state).filter(({ at }) => Date.parse(at) > sinceMs) }
  }),
  'venue.fetchRejects': reading((state, venue, world, args) => {
    const sinceMs = world.now().getTime() - intOf(args, 'lookbackMinutes') * 60_000
    const rejects = state.rejects.filter(({ at }) => Date.parse(at) >= sinceMs)
    const codes = new Map<string, number>()
    for (const { code } of rejects) if (code !== '') codes.set(code, (codes.get(code) ?? 0) + 1)
    const unexplained = conditionsOf(world, venue).blankRejects ? blankRejectsSeen : 0
    return {
      count: rejects.length + unexplained,
      blank: rejects.filter(({ code }) => code === '').length + unexplained,
      codes: [...codes].map(([code, count]) => ({ code, count })),
    }
  }),
}

/** Executions of the desk's orders, oldest first. */
function tradesOf({ trades, orders }: VenueState) {
  const own = new Set(orders.flatMap(({ id, owner }) => (owner === 'desk' ? [id] : [])))
  const filled = new Map<string, bigint>()
  return trades.flatMap(({ id, symbol, quantity, price, buyOrder, sellOrder, at }) => {
    const side = own.has(buyOrder) ? 'buy' : 'sell'
    const orderId = side === 'buy' ? buyOrder : sellOrder
    if (!own.has(orderId)) return []
    const cumulative = (filled.get(orderId) ?? 0n) + decimalUnits(quantity)
    filled.set(orderId, cumulative)
    const sizes = { quantity, cumulative: formatDecimal(cumulative), price }
    return [{ account, executionId: id, orderId, symbol, side, ...sizes, at }]
  })
}

/** Derived from the key alone, so that whoever repeats the call names the same order. */
const clientOrderIdOf = (key: string): string => `desk-${createHash('sha256').update(key).digest('hex').slice(0, 20)}`

/** A silent venue has taken the request and says nothing about it, now or when asked later. */
const acknowledged = (handler: EffectHandler): EffectHandler => ({
  act: async (world, args, key, method) => {
    const venue = venueOf(world, args)
    const performed = await handler.act(world, args, key, method)
    requireAnswer(world, venue)
    hearExecutions(world, venue)
    return performed
  },
  lookup: async (world, args, key) => {
    const venue = venueOf(world, args)
    requireAnswer(world, venue)
    const performed = await handler.lookup(world, args, key)
    hearExecutions(world, venue)
    return performed
  },
})

/** Sends an order that is in the desk's own log before the venue hears of it. */
const sending = (
  requestOf: (world: World, args: Arguments, key: string) => Request,
  send: (state: VenueState, request: Request, conditions: Conditions, now: Date) => unknown,
  allow?: (state: VenueState, haltedAt: Date | undefined) => void,
): EffectHandler =>
  acknowledged({
    act: async (world, args, key, method) => {
      const venue = venueOf(world, args)
      const component = venueComponent(venue)
      const before = findPerformed(world, component, key)
      if (before !== undefined) return before
      const request = requestOf(world, args, key)
      const haltedAt = await world.haltedAt()
      allow?.(readComponent(world, component), haltedAt)
      noteSent(world, [{ venue, ...request, sentAt: world.now().toISOString() }])
      return performOnce(world, component, { key, method }, (state) => {
        allow?.(state, haltedAt)
        return send(state, request, conditionsOf(world, venue), world.now())
      })
    },
    lookup: (world, args, key) =>
      Promise.resolve().then(() => findPerformed(world, venueComponent(venueOf(world, args)), key)),
  })

const venueStateOf = (world: World, args: Arguments) => venueComponent(venueOf(world, args))

export const venueEffects: Readonly<Record<string, EffectHandler>> = {
  'venue.createOrder': sending((_world, args, key) => {
    const side = textOf(args, 'side') === 'buy' ? 'buy' : 'sell'
    const terms = { symbol: textOf(args, 'symbol'), quantity: textOf(args, 'quantity'), price: textOf(args, 'price') }
    return { clientOrderId: clientOrderIdOf(key), side, ...terms }
  }, desk.submitOrder),
  'venue.probeOrder': sending(
    (_world, args, key) => desk.probeRequest(textOf(args, 'symbol'), clientOrderIdOf(key)),
    (state, request, conditions, now) => ({ ...desk.sendProbe(state, request, conditions, now), latencyMs }),
    (state, haltedAt) => {
      const since = state.probes.filter((at) => haltedAt !== undefined && Date.parse(at) >= haltedAt.getTime())
      if (since.length >= desk.probesPerHalt)
        refuse(`${String(since.length)} probe orders were sent in this halt already`)
    },
  ),
  'venue.cancelAllOrders': acknowledged(
    effectOn(venueStateOf, (state, world) => ({
      venue: state.id,
      requested: desk.cancelAll(state, conditionsOf(world, state.id)),
    })),
  ),
  'venue.tightenStops': acknowledged(
    effectOn(venueStateOf, (state, world, args) => {
      const factor = textOf(args, 'factor')
      if (decimalUnits(factor) <= 0n || decimalUnits(factor) >= decimalUnits('1')) {
        return refuse(`a factor of ${factor} does not tighten: it lies between 0 and 1`)
      }
      return { tightened: desk.tightenStops(state, factor, world.now()) }
    }),
  ),
  'venue.closeAllPositions': acknowledged(
    effectOn(venueStateOf, (state, world) => ({ closed: desk.closeAll(state, world.now()) })),
  ),
}
