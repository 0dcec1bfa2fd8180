/** The desk's own order path: what it sent, and how well that was formed. */
import * as z from 'zod'
import { decimal, moment, read } from './method.ts'

export const orderMethods = [
  read(
    'orders',
    'newSince',
    'Orders that the desk sent after a moment',
    { since: moment },
    { count: z.int(), lastAt: moment.optional() },
  ),
  read(
    'orders',
    'conformance',
    'Whether recent orders respect tick and lot sizes',
    { lookbackMinutes: z.int() },
    {
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
    },
  ),
]
