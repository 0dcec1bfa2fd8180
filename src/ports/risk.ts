/** Risk in use against its limits, what breaks them, and what brings it down. */
import * as z from 'zod'
import { decimal, effect, moment, read } from './method.ts'

export const riskMethods = [
  read(
    'risk',
    'utilisation',
    'Risk in use, from the positions at every venue',
    () => ({}),
    () => ({
      /** One-day value at risk at 95 %, and its limit, in dollars. */
      var: decimal,
      varLimit: decimal,
      share: z.number(),
      /** Gross exposure over capital. */
      leverage: z.number(),
      grossExposure: decimal,
    }),
  ),
  read(
    'risk',
    'breaches',
    'Hard limits that are crossed now',
    () => ({}),
    () => ({
      count: z.int(),
      breaches: z.array(z.strictObject({ limit: z.string(), value: decimal, ceiling: decimal, at: moment })),
      /** The alert of a breach stays until it is reset, also when the breach is over. */
      alertRaised: z.boolean(),
    }),
    ({ count, breaches }) => count === breaches.length,
  ),
  read(
    'risk',
    'varDecomposition',
    'What each position contributes to the value at risk, most first',
    () => ({}),
    () => ({
      positions: z.array(
        z.strictObject({
          venue: z.string(),
          symbol: z.string(),
          quantity: decimal,
          /** All shares sum to one; a hedge has a negative one. */
          share: z.number(),
        }),
      ),
    }),
  ),
  read(
    'risk',
    'nextTrades',
    'What the signal would trade in the next hours of session time',
    () => ({ hours: z.int().min(1) }),
    () => ({
      count: z.int(),
      trades: z.array(
        z.strictObject({
          symbol: z.string(),
          side: z.enum(['buy', 'sell']),
          quantity: decimal,
          at: moment,
          reason: z.string(),
        }),
      ),
      /** Of a single trade. */
      largestQuantity: decimal,
    }),
    ({ count, trades }) => count === trades.length,
  ),
  effect(
    'risk',
    'reduce',
    'Bring every position in a symbol down to a share of what it is, in whole lots; the share lies between 0 and 1',
    { effect: 'once', risk: 'reduces', tightens: true },
    () => ({ symbol: z.string(), target: decimal }),
    /** What is left, summed over the venues, signed. */
    () => ({ symbol: z.string(), quantity: decimal }),
  ),
  effect(
    'risk',
    'autoFlatten',
    'Bring all positions down in proportion until no limit is crossed; all the way where a loss crosses its floor',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    () => ({}),
    /** Positions that were reduced. */
    () => ({ reduced: z.int() }),
  ),
  effect(
    'risk',
    'resetAlert',
    'Reset the alert of a breach; refused while a limit is crossed',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({}),
    () => ({ reset: z.boolean() }),
  ),
]
