/** Internal state against broker truth. Differences are classified; adjustments carry ids derived from the difference. */
import * as z from 'zod'
import { once } from '../model/once.ts'
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

/** A quantity held, an average price, the rest of an open order, an amount of cash. */
export const differenceSubjects = ['position', 'average-price', 'order', 'cash'] as const

const held = once(() => ({
  venue: z.string(),
  symbol: z.string(),
  /** Signed. */
  quantity: decimal,
}))

export const bookSource = read(
  'book',
  'source',
  'What the internal state was last taken from',
  () => ({}),
  () => ({ source: z.enum(['broker', 'internal']), reconciledAt: moment.optional() }),
)
export const bookSnapshot = read(
  'book',
  'snapshot',
  'Internal state at a moment, now, and the executions booked in between',
  () => ({ since: moment }),
  () => ({
    atStart: z.array(z.strictObject(held())),
    positions: z.array(z.strictObject({ ...held(), averagePrice: decimal.optional() })),
    /** Once per time that it was booked. */
    executions: z.array(
      z.strictObject({
        account: z.string(),
        executionId: z.string(),
        venue: z.string(),
        symbol: z.string(),
        side: z.enum(['buy', 'sell']),
        quantity: decimal,
      }),
    ),
    /** Orders that are open in the book's eyes; absent where the book does not follow them, and then they are not compared. */
    orders: z
      .array(z.strictObject({ venue: z.string(), clientOrderId: z.string(), symbol: z.string(), remaining: decimal }))
      .optional(),
    /** Absent where the book does not follow cash: then it is not compared. */
    cash: z.array(z.strictObject({ venue: z.string(), currency: z.string(), amount: decimal })).optional(),
  }),
)
export const bookAdjust = effect(
  'book',
  'adjust',
  'Take over broker truth: both sides of each difference are kept, each id counts once; with no entry the book is confirmed',
  { effect: 'idempotent', risk: 'neutral' },
  () => ({
    entries: z.array(
      z.strictObject({
        id: z.string(),
        class: z.enum(differenceClasses),
        venue: z.string(),
        symbol: z.string(),
        /** What the two sides are about. */
        subject: z.enum(differenceSubjects),
        /** An order's client id. */
        clientOrderId: z.string().optional(),
        internal: decimal,
        broker: decimal,
      }),
    ),
    /** Executions that broker truth contains: the book never counts them again. */
    executions: z.array(z.strictObject({ account: z.string(), executionId: z.string(), venue: z.string() })),
  }),
  () => ({ adjusted: z.int() }),
)

export const reconciliationMethods = [
  read(
    'reconciliation',
    'brokerTruth',
    'Two snapshots of every venue, one after the other, which must be equal',
    () => ({}),
    () => ({
      equal: z.boolean(),
      venues: z.int(),
      positions: z.int(),
      openOrders: z.int(),
      takenAt: moment,
    }),
  ),
  read(
    'reconciliation',
    'compare',
    'Internal state at the start of the silence plus de-duplicated fills, against broker truth',
    () => ({ since: moment.optional() }),
    () => ({
      comparison: z.string(),
      count: z.int(),
      differences: z.array(
        z.strictObject({
          id: z.string(),
          venue: z.string(),
          symbol: z.string(),
          class: z.enum(differenceClasses),
          internal: decimal,
          broker: decimal,
          because: z.string(),
        }),
      ),
      comparedAt: moment,
    }),
  ),
  effect(
    'reconciliation',
    'adjust',
    'Book adjustments that bring internal state to broker truth, keeping both sides',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({
      comparison: z.string(),
    }),
    () => ({ adjusted: z.int() }),
  ),
  read(
    'book',
    'positions',
    'Internal positions, as of now or of a moment',
    () => ({ at: moment.optional() }),
    () => ({
      positions: z.array(z.strictObject({ venue: z.string(), symbol: z.string(), quantity: decimal })),
    }),
  ),
  bookSource,
  bookSnapshot,
  bookAdjust,
]
