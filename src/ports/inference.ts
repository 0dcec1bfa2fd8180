/** The hosts that serve models, the shadow versions beside them, and the capital behind each version. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { decimal, effect, moment, read } from './method.ts'

const model = once(() => ({ model: z.string() }))
const slot = once(() => z.strictObject({ version: z.string(), hash: z.string() }))

export const inferenceMethods = [
  read(
    'inference',
    'healthz',
    'Every host with the hash of the model it serves',
    () => ({}),
    () => ({
      hosts: z.array(
        z.strictObject({ host: z.string(), healthy: z.boolean(), model: z.string(), modelHash: z.string() }),
      ),
    }),
  ),
  read(
    'inference',
    'predictions',
    'Sanity of the latest predictions',
    () => ({ ...model(), last: z.int() }),
    () => ({
      count: z.int(),
      nan: z.int(),
      maxAbsZ: z.number(),
      modelHash: z.string(),
    }),
  ),
  effect(
    'inference',
    'restartAll',
    'Restart the workers of every host',
    { effect: 'idempotent', risk: 'neutral' },
    model,
    () => ({ restarted: z.int() }),
  ),
  effect(
    'inference',
    'startShadow',
    'Run a version behind the live one, without orders',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...model(), version: z.string() }),
    () => ({ startedAt: moment }),
  ),
  read(
    'inference',
    'shadowLog',
    'The shadow version beside the live one',
    () => ({ ...model(), version: z.string() }),
    () => ({
      sessions: z.int(),
      shadow: z.strictObject({ pnl: decimal, sharpe: z.number(), turnover: z.number() }),
      live: z.strictObject({ pnl: decimal, sharpe: z.number(), turnover: z.number() }),
      /** Largest ratio of the two predictions, at least 1. */
      maxDivergence: z.number(),
    }),
  ),
  read('inference', 'allocation', 'Share of capital per version', model, () => ({
    allocations: z.array(z.strictObject({ version: z.string(), share: decimal })),
  })),
  effect(
    'inference',
    'setAllocation',
    'Give a version a share of the capital',
    { effect: 'idempotent', risk: 'adds' },
    () => ({ ...model(), version: z.string(), share: decimal }),
    () => ({ share: decimal }),
  ),
  effect(
    'inference',
    'restart',
    'Restart the workers of one host; it comes back with what the registry pins for production',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ host: z.string() }),
    () => ({ host: z.string(), modelHash: z.string() }),
  ),
  read(
    'inference',
    'slots',
    'The version that serves, and the one that stands beside it, ready to take over',
    model,
    () => ({
      live: slot(),
      idle: slot(),
    }),
  ),
  effect(
    'inference',
    'loadIdle',
    'Load a version beside the live one, where it serves nothing',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...model(), version: z.string() }),
    () => slot().shape,
  ),
  effect(
    'inference',
    'switchTo',
    'Let a version serve on every host at once; what served before stays loaded beside it',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...model(), version: z.string() }),
    () => ({ version: z.string(), previous: z.string() }),
  ),
  read(
    'inference',
    'requests',
    'How many symbols carry a feature in their prediction requests',
    () => ({ ...model(), feature: z.string() }),
    () => ({
      symbols: z.int(),
      carrying: z.int(),
      /** Zero to one. */
      share: z.number(),
    }),
  ),
  read(
    'inference',
    'latency',
    'Time from bar to prediction over the last hour of session time, of a version or else of the live one',
    () => ({ ...model(), version: z.string().optional() }),
    () => ({
      p99Ms: z.number(),
      productionP99Ms: z.number(),
      /** In which the signal loses its worth. */
      decayHorizonMs: z.number(),
      /** Predictions that were measured. */
      count: z.int(),
    }),
  ),
  read(
    'inference',
    'errors',
    'Prediction requests of the last minutes of session time, and how many of them failed',
    () => ({ ...model(), minutes: z.int().min(1) }),
    () => ({ requests: z.int(), errors: z.int(), errorRate: z.number(), p99Ms: z.number() }),
  ),
  read(
    'inference',
    'shadowSignals',
    'The signals of the shadow version beside the live ones up to the last bar, that of the session in progress too if it was there from the open',
    () => ({ ...model(), version: z.string() }),
    () => ({
      /** Compared. */
      bars: z.int(),
      /** End of the last one; absent before the first. */
      lastBarAt: moment.optional(),
      /** Of the two signals, bar by bar. */
      correlation: z.number(),
      /** Of the Sharpe ratio, as a share of the live one. */
      improvement: z.number(),
      /** Beyond three standard deviations. */
      extremeSignals: z.int(),
    }),
  ),
  read(
    'inference',
    'compareShadow',
    'The five standards of shadow mode; before the first full session nothing agrees',
    () => ({ ...model(), version: z.string() }),
    () => ({
      /** Full sessions behind it. */
      sessions: z.int(),
      /** Of the two signals, bar by bar. */
      correlation: z.number(),
      /** Of the Sharpe ratio, as a share of the live one. */
      improvement: z.number(),
      /** p99 of the shadow over p99 of the live version. */
      latencyRatio: z.number(),
      /** Shares of a host, and what the model may use. */
      cpuShare: z.number(),
      memoryShare: z.number(),
      budgetCpu: z.number(),
      budgetMemory: z.number(),
      /** Signals beyond three standard deviations. */
      extremeSignals: z.int(),
      /** Share of bars on which both point the same way. */
      agreementShare: z.number(),
    }),
  ),
]
