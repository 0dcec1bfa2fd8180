/** Internal state against broker truth. Differences are classified; adjustments carry ids derived from the difference. */
import * as z from 'zod'
import { decimal, effect, moment, read } from './method.ts'

export const differenceClasses = [
  'filled-not-reported',
  'reported-not-filled',
  'duplicate',
  'quantity-mismatch',
  'side-flip',
  'external-order',
  'external-position',
  'order-state',
  'average-price',
  'cash',
  'corporate-action',
  'unknown',
] as const

const difference = z.strictObject({
  id: z.string(),
  venue: z.string(),
  symbol: z.string(),
  class: z.enum(differenceClasses),
  internal: decimal,
  broker: decimal,
  because: z.string(),
})

export const reconciliationMethods = [
  read(
    'reconciliation',
    'brokerTruth',
    'Two snapshots of every venue, one after the other, which must be equal',
    {},
    {
      equal: z.boolean(),
      venues: z.int(),
      positions: z.int(),
      openOrders: z.int(),
      takenAt: moment,
    },
  ),
  read(
    'reconciliation',
    'compare',
    'Internal state at the start of the silence plus de-duplicated fills, against broker truth',
    { since: moment.optional() },
    {
      comparison: z.string(),
      count: z.int(),
      differences: z.array(difference),
      comparedAt: moment,
    },
  ),
  effect(
    'reconciliation',
    'adjust',
    'Book adjustments that bring internal state to broker truth, keeping both sides',
    { effect: 'idempotent', risk: 'neutral' },
    {
      comparison: z.string(),
    },
    { adjusted: z.int() },
  ),
  read(
    'book',
    'positions',
    'Internal positions',
    {},
    {
      positions: z.array(z.strictObject({ venue: z.string(), symbol: z.string(), quantity: decimal })),
    },
  ),
  read(
    'book',
    'source',
    'What the internal state was last taken from',
    {},
    { source: z.enum(['broker', 'internal']), reconciledAt: moment.optional() },
  ),
]
