/** The port `venue` over the paper venues. */
import type { Arguments } from './arguments.ts'
import { intOf, textOf } from './arguments.ts'
import { account } from './book-state.ts'
import { PaperFailure, refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { noteSent } from './sent-orders.ts'
import { findPerformed, performOnce, readComponent } from './store.ts'
import { decimalUnits, formatDecimal } from '../../model/decimal.ts'
import { beats } from './venue-service.ts'
import { acknowledged, conditionsOf, reading, requireAnswer, venueEffect, venueOf } from './venue-access.ts'
import type { Conditions, Request } from './venue/desk.ts'
import * as desk from './venue/desk.ts'
import { venueComponent } from './venue/seed.ts'
import type { Order, VenueState } from './venue/state.ts'
import type { World } from './world.ts'
import { sha256 } from '../../model/sha256.ts'

const latencyMs = 12
const blankRejectsSeen = 4

export const venueReads: Readonly<Record<string, ReadHandler>> = {
  'venue.ping': (world, args) => {
    const venue = venueOf(world, args)
    requireAnswer(world, venue)
    if (!beats(world, venue)) throw new PaperFailure('paper-unreachable', `${venue} answers no ping`, true)
    return { venue, latencyMs }
  },
  // The status page is a web site of its own: it answers, and may be green, while the venue does not.
  'venue.fetchStatus': (world, args) => {
    const venue = venueOf(world, args)
    const red = world.faults.has(venue === 'primary' ? 'status-red' : 'backup-venue-down')
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
    return { venue, open: orders.length - pendingCancel, pendingCancel, unknown: 0, orders: orders.map(describeOrder) }
  }),
  'venue.fetchOrder': reading((state, _venue, _world, args) => {
    const clientOrderId = textOf(args, 'clientOrderId')
    const order = state.orders.find((each) => each.owner === 'desk' && each.clientOrderId === clientOrderId)
    return order === undefined ? { found: false } : { found: true, order: describeOrder(order) }
  }),
  'venue.fetchPositions': reading((state, venue) => ({
    venue,
    positions: state.positions.map((position) => ({ venue, ...position })),
  })),
  'venue.fetchMyTrades': reading((state, venue, world, args) => {
    const sinceMs = Date.parse(textOf(args, 'since'))
    const trades = tradesOf(state).filter(({ at }) => Date.parse(at) > sinceMs)
    const replayed = venue === 'primary' && world.faults.has('duplicate-fills') ? trades.slice(-1) : []
    return { venue, trades: [...trades, ...replayed] }
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

const describeOrder = ({ id, clientOrderId, symbol, side, quantity, filled, price, status, type }: Order) => ({
  ...{ id, clientOrderId, symbol, side, quantity, filled, price, status },
  protective: type === 'stop',
})

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
const clientOrderIdOf = (key: string): string => `desk-${sha256(key).slice(0, 20)}`

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
      noteSent(world, [{ venue, ...request, sentAt: world.now().toISOString() }], haltedAt)
      return performOnce(world, component, { key, method }, (state) => {
        desk.runTimer(state, world.now())
        allow?.(state, haltedAt)
        return send(state, request, conditionsOf(world, venue), world.now())
      })
    },
    lookup: (world, args, key) =>
      Promise.resolve().then(() => findPerformed(world, venueComponent(venueOf(world, args)), key)),
  })

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
  'venue.cancelOrder': venueEffect((state, world, args) => ({
    venue: state.id,
    requested: desk.cancelOrder(state, textOf(args, 'clientOrderId'), conditionsOf(world, state.id)),
  })),
  'venue.cancelAllOrders': venueEffect((state, world) => ({
    venue: state.id,
    requested: desk.cancelAll(state, conditionsOf(world, state.id)),
  })),
  'venue.closeAllPositions': venueEffect((state, world) => ({ closed: desk.closeAll(state, world.now()) })),
}
