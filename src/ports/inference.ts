/** The hosts that serve models, the shadow versions beside them, and the capital behind each version. */
import * as z from 'zod'
import { decimal, effect, moment, read } from './method.ts'

const model = { model: z.string() }

export const inferenceMethods = [
  read(
    'inference',
    'healthz',
    'Every host with the hash of the model it serves',
    {},
    {
      hosts: z.array(
        z.strictObject({ host: z.string(), healthy: z.boolean(), model: z.string(), modelHash: z.string() }),
      ),
    },
  ),
  read(
    'inference',
    'predictions',
    'Sanity of the latest predictions',
    { ...model, last: z.int() },
    {
      count: z.int(),
      nan: z.int(),
      maxAbsZ: z.number(),
      modelHash: z.string(),
    },
  ),
  effect(
    'inference',
    'restartAll',
    'Restart the workers of every host',
    { effect: 'idempotent', risk: 'neutral' },
    model,
    { restarted: z.int() },
  ),
  effect(
    'inference',
    'startShadow',
    'Run a version behind the live one, without orders',
    { effect: 'idempotent', risk: 'neutral' },
    { ...model, version: z.string() },
    { startedAt: moment },
  ),
  read(
    'inference',
    'shadowLog',
    'The shadow version beside the live one',
    { ...model, version: z.string() },
    {
      sessions: z.int(),
      shadow: z.strictObject({ pnl: decimal, sharpe: z.number(), turnover: z.number() }),
      live: z.strictObject({ pnl: decimal, sharpe: z.number(), turnover: z.number() }),
      /** Largest ratio of the two predictions, at least 1. */
      maxDivergence: z.number(),
    },
  ),
  read('inference', 'allocation', 'Share of capital per version', model, {
    allocations: z.array(z.strictObject({ version: z.string(), share: decimal })),
  }),
  effect(
    'inference',
    'setAllocation',
    'Give a version a share of the capital',
    { effect: 'idempotent', risk: 'adds' },
    { ...model, version: z.string(), share: decimal },
    { share: decimal },
  ),
]
