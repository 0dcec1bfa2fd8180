/** Figures over time: PnL against its band, and what metrics systems keep. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { moment, read } from './method.ts'

const model = once(() => ({ model: z.string() }))

export const metricsMethods = [
  read('metrics', 'pnlBand', 'The latest session against the 95 % band of the backtest', model, () => ({
    date: z.iso.date(),
    value: z.number(),
    lower: z.number(),
    upper: z.number(),
    inside: z.boolean(),
    consecutiveExits: z.int(),
    sessions: z.int(),
  })),
  read(
    'metrics',
    'bandExits',
    'How many of the last sessions closed outside the 95 % band; `measured` says how many of them are known',
    () => ({ ...model(), sessions: z.int() }),
    () => ({ measured: z.int(), exits: z.int() }),
  ),
  read(
    'metrics',
    'cumulativePnl',
    'PnL summed over so many sessions, at the close of the latest one, against that percentile of the same sum in the backtest; below it for how many sessions in a row',
    () => ({ ...model(), sessions: z.int().min(1), percentile: z.number().min(0.1).max(99.9) }),
    () => ({ date: z.iso.date(), value: z.number(), floor: z.number(), sessionsBelow: z.int() }),
    ({ value, floor, sessionsBelow }) => value < floor === sessionsBelow > 0,
  ),
  read(
    'metrics',
    'predictionShift',
    "The latest session's predictions against those of the thirty sessions before: Kolmogorov-Smirnov, with its p and both sample sizes",
    model,
    () => ({ date: z.iso.date(), ks: z.number(), p: z.number(), n: z.int(), baselineN: z.int() }),
  ),
  read(
    'metrics',
    'query',
    'One figure as it is now, or as the last closed session left it',
    () => ({ name: z.string() }),
    () => ({ value: z.number(), at: moment, unit: z.string() }),
  ),
  read(
    'metrics',
    'queryRange',
    'One figure at the close of each of the last sessions, oldest first',
    () => ({ name: z.string(), sessions: z.int().min(1) }),
    () => ({
      points: z.array(z.strictObject({ at: moment, value: z.number() })),
      count: z.int(),
      /** Of the points; refused where there is none. */
      mean: z.number(),
      unit: z.string(),
    }),
    ({ count, points }) => count === points.length,
  ),
  read(
    'metrics',
    'quantiles',
    'Percentiles of the last measurements by nearest rank; a missing one counts as worse than any, so a percentile may be absent',
    () => ({ name: z.string(), last: z.int().min(1) }),
    () => ({
      count: z.int(),
      missing: z.int(),
      p50: z.number().optional(),
      p95: z.number().optional(),
      p99: z.number().optional(),
      unit: z.string(),
    }),
  ),
  read(
    'metrics',
    'slippage',
    'Realised minus expected slippage of each of the last sessions, oldest first',
    () => ({ sessions: z.int().min(1), overBps: z.number().optional() }),
    () => ({
      days: z.int(),
      bps: z.array(z.number()),
      /** Days above `overBps`, which is 2 unless said. */
      overDays: z.int(),
    }),
    ({ days, bps }) => days === bps.length,
  ),
  read(
    'metrics',
    'costModel',
    'What trading has cost against what the backtest assumes',
    () => ({ sessions: z.int().min(1) }),
    () => ({
      realisedBps: z.number(),
      modelBps: z.number(),
      /** Not signed. */
      gapBps: z.number(),
    }),
  ),
  read(
    'metrics',
    'concentration',
    'The symbol with the largest share of the gross absolute PnL of the latest session',
    () => ({}),
    () => ({ date: z.iso.date(), largestShare: z.number(), symbol: z.string() }),
  ),
  read(
    'metrics',
    'capacity',
    'What is used of volume, request budget and machines',
    () => ({}),
    () => ({
      lines: z.array(z.strictObject({ name: z.string(), used: z.number(), limit: z.number(), share: z.number() })),
      /** Lines at 70 % or above. */
      nearest70: z.int(),
    }),
  ),
]
