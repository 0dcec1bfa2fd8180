/** A place where orders live. `venue` is an id of the configuration; absent means the one that routing points to. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { decimal, effect, moment, read } from './method.ts'

const venue = once(() => ({ venue: z.string().optional() }))
const side = once(() => z.enum(['buy', 'sell']))
const order = once(() =>
  z.strictObject({
    id: z.string(),
    clientOrderId: z.string(),
    symbol: z.string(),
    side: side(),
    quantity: decimal,
    filled: decimal,
    price: decimal,
    status: z.enum(['open', 'pendingCancel', 'unknown']),
    protective: z.boolean(),
  }),
)
export const protectiveStop = once(() =>
  z.strictObject({
    id: z.string(),
    symbol: z.string(),
    side: side(),
    quantity: decimal,
    stopPrice: decimal,
  }),
)

export const fetchOpenOrders = read(
  'venue',
  'fetchOpenOrders',
  "Open orders from the venue's own list, paged to the end",
  venue,
  () => ({
    venue: z.string(),
    open: z.int(),
    pendingCancel: z.int(),
    unknown: z.int(),
    orders: z.array(order()),
  }),
  ({ open, pendingCancel, unknown, orders }) => {
    const count = (status: string) => orders.filter((each) => each.status === status).length
    return open === count('open') && pendingCancel === count('pendingCancel') && unknown === count('unknown')
  },
)
export const fetchPositions = read('venue', 'fetchPositions', "Positions from the venue's own file", venue, () => ({
  venue: z.string(),
  positions: z.array(
    z.strictObject({ venue: z.string(), symbol: z.string(), quantity: decimal, averagePrice: decimal }),
  ),
}))
export const fetchMyTrades = read(
  'venue',
  'fetchMyTrades',
  'Executions of our orders after a moment, paged to the end, repetitions included',
  () => ({ ...venue(), since: moment }),
  () => ({
    venue: z.string(),
    /** Venues repeat executions: account and execution id together name one. */
    trades: z.array(
      z.strictObject({
        account: z.string(),
        executionId: z.string(),
        orderId: z.string(),
        symbol: z.string(),
        side: side(),
        /** Of this execution. */
        quantity: decimal,
        /** Filled of its order so far, this execution included. */
        cumulative: decimal,
        price: decimal,
        at: moment,
      }),
    ),
  }),
)

export const venueMethods = [
  read('venue', 'ping', 'Round trip to the venue', venue, () => ({ venue: z.string(), latencyMs: z.number() })),
  read('venue', 'fetchStatus', "The venue's public status page", venue, () => ({
    venue: z.string(),
    status: z.enum(['ok', 'degraded', 'maintenance', 'outage']),
    message: z.string(),
    updatedAt: moment,
  })),
  read('venue', 'fetchRateLimit', 'The request budget of the current window', venue, () => ({
    limit: z.int(),
    used: z.int(),
    remaining: z.int(),
    windowSeconds: z.int(),
    resetsAt: moment,
  })),
  fetchOpenOrders,
  read(
    'venue',
    'fetchOrder',
    'One order of the desk, open or not',
    () => ({ ...venue(), clientOrderId: z.string() }),
    () => ({
      found: z.boolean(),
      /** In whatever state it is. */
      order: order()
        .extend({ status: z.enum(['open', 'pendingCancel', 'filled', 'cancelled', 'rejected', 'unknown']) })
        .optional(),
    }),
    ({ found, order: one }) => found === (one !== undefined),
  ),
  fetchPositions,
  fetchMyTrades,
  read(
    'venue',
    'fetchRejects',
    'Rejected orders and their codes',
    () => ({ ...venue(), lookbackMinutes: z.int() }),
    () => ({
      count: z.int(),
      blank: z.int(),
      codes: z.array(z.strictObject({ code: z.string(), count: z.int() })),
    }),
    ({ count, blank, codes }) => count === blank + codes.reduce((sum, code) => sum + code.count, 0),
  ),
  effect(
    'venue',
    'createOrder',
    'Send one order',
    { effect: 'once', risk: 'adds' },
    () => ({
      ...venue(),
      symbol: z.string(),
      side: side(),
      quantity: decimal,
      price: decimal,
    }),
    () => ({
      orderId: z.string(),
      clientOrderId: z.string(),
      status: z.enum(['accepted', 'rejected']),
      rejectCode: z.string().optional(),
    }),
  ),
  effect(
    'venue',
    'probeOrder',
    'One lot on a liquid symbol, far from the market, cancelled at once; at most three per halt',
    { effect: 'once', risk: 'adds' },
    () => ({
      ...venue(),
      symbol: z.string(),
    }),
    () => ({ accepted: z.boolean(), cancelled: z.boolean(), latencyMs: z.number() }),
  ),
  effect(
    'venue',
    'cancelOrder',
    'Cancel one order, without waiting for its confirmation',
    { effect: 'idempotent', risk: 'reduces' },
    () => ({ ...venue(), clientOrderId: z.string() }),
    /** Zero where the order was not open any more. */
    () => ({ venue: z.string(), requested: z.int() }),
  ),
  effect(
    'venue',
    'cancelAllOrders',
    'Cancel every open order of one venue, without waiting for its confirmation. A venue that answers `stops` names all protective stops among them',
    { effect: 'idempotent', risk: 'reduces' },
    () => ({
      venue: z.string(),
    }),
    () => ({ venue: z.string(), requested: z.int(), stops: z.array(protectiveStop()).optional() }),
  ),
  effect(
    'venue',
    'closeAllPositions',
    "Flatten with the venue's own close call",
    { effect: 'once', risk: 'reduces', tightens: true },
    () => ({
      venue: z.string(),
    }),
    () => ({ closed: z.int() }),
  ),
]
