/** The desk's own side: cash, and what it opened lately. Positions and their adjustment are in `reconciliation.ts`. */
import * as z from 'zod'
import { decimal, effect, moment, read } from './method.ts'

export const bookMethods = [
  read(
    'book',
    'cash',
    'Cash as the book carries it, and as its executions give it',
    () => ({}),
    () => ({ cash: decimal, calculated: decimal, currency: z.string() }),
  ),
  effect(
    'book',
    'recalculateCash',
    "Carry cash from the venues' statements anew",
    { effect: 'idempotent', risk: 'neutral' },
    () => ({}),
    () => ({ cash: decimal }),
  ),
  read(
    'book',
    'affected',
    'Positions that executions of the last minutes opened or changed, and whether any is not what it should be',
    () => ({ sinceMinutes: z.int() }),
    () => ({
      positions: z.array(
        z.strictObject({
          venue: z.string(),
          symbol: z.string(),
          quantity: decimal,
          /** First execution in the window. */
          openedAt: moment,
        }),
      ),
      /** The largest of these positions, in shares. */
      exposure: decimal,
      /** Committed limit of a position, in shares. */
      limit: decimal,
      /** Positions above the limit, or that the book holds otherwise than the venue. */
      mismatches: z.int(),
    }),
  ),
]
