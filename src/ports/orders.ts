/** The desk's own order path: what it sent, and how well that was formed. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { decimal, effect, moment, read } from './method.ts'

const pending = once(() => ({
  count: z.int(),
  orders: z.array(
    z.strictObject({
      venue: z.string(),
      clientOrderId: z.string(),
      symbol: z.string(),
      side: z.enum(['buy', 'sell']),
      remaining: decimal,
      ageSeconds: z.number(),
    }),
  ),
}))

const isCounted = ({ count, orders }: { readonly count: number; readonly orders: readonly unknown[] }): boolean =>
  count === orders.length

export const orderMethods = [
  read(
    'orders',
    'newSince',
    'Orders that the desk sent after a moment',
    () => ({ since: moment }),
    () => ({ count: z.int(), lastAt: moment.optional() }),
  ),
  read(
    'orders',
    'conformance',
    'Whether recent orders respect tick and lot sizes',
    () => ({ lookbackMinutes: z.int() }),
    () => ({
      checked: z.int(),
      violations: z.array(
        z.strictObject({
          clientOrderId: z.string(),
          symbol: z.string(),
          rule: z.enum(['tick', 'lot']),
          value: decimal,
          step: decimal,
        }),
      ),
    }),
  ),
  read(
    'orders',
    'pending',
    'Orders that are not final at any venue, protective stops left out',
    () => ({}),
    pending,
    isCounted,
  ),
  read(
    'orders',
    'unresolved',
    'Orders of which nobody knows whether they are open: cancels without an answer, and orders of which the venue knows nothing',
    () => ({}),
    pending,
    isCounted,
  ),
  effect(
    'orders',
    'resolve',
    'Settle an order of which nobody knows whether it is open: cancel it, or confirm what the venue says of it',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ clientOrderId: z.string(), action: z.enum(['cancel', 'confirm']) }),
    () => ({ status: z.enum(['cancelled', 'confirmed']) }),
  ),
  read(
    'orders',
    'fillBand',
    'The first orders at a venue since orders are routed to it, against the latency that is usual for their fills',
    () => ({ venue: z.string().optional(), first: z.int() }),
    () => ({
      /** Sent so far, at most as many as asked for. */
      count: z.int(),
      filled: z.int(),
      /** Nearest-rank over those that were filled. */
      p95Ms: z.number(),
      lowerMs: z.number(),
      upperMs: z.number(),
      /** Whether as many as asked for were filled, all of them within the band. */
      inside: z.boolean(),
    }),
  ),
]
