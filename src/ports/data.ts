/** Market data. `vendor` is an id of the configuration; absent means the one that routing points to. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { decimal, effect, moment, read } from './method.ts'

const vendor = once(() => ({ vendor: z.string().optional() }))

export const fetchCorporateActions = read(
  'data',
  'fetchCorporateActions',
  'Splits, dividends and halts of a day',
  () => ({ ...vendor(), symbols: z.array(z.string()) }),
  () => ({
    actions: z.array(
      z.strictObject({
        symbol: z.string(),
        type: z.enum(['split', 'dividend', 'halt', 'merger']),
        date: z.iso.date(),
      }),
    ),
  }),
)

export const dataMethods = [
  read('data', 'ping', 'Round trip to the vendor', vendor, () => ({ vendor: z.string(), latencyMs: z.number() })),
  read(
    'data',
    'freshness',
    'Age of the latest bar of every traded symbol, in session time, against the last bar the calendar expects',
    vendor,
    () => ({
      vendor: z.string(),
      intervalSeconds: z.int(),
      traded: z.int(),
      /** Stale means older than twice the interval. Suppressed and halted symbols are shown but not counted. */
      stale: z.int(),
      symbols: z.array(
        z.strictObject({
          symbol: z.string(),
          lastBarAt: moment.optional(),
          ageSeconds: z.number().optional(),
          stale: z.boolean(),
          suppressed: z.boolean(),
          halted: z.boolean(),
        }),
      ),
    }),
    ({ traded, stale, symbols }) => {
      const kept = symbols.filter((each) => !each.suppressed)
      return (
        traded === kept.length &&
        stale === kept.filter((each) => each.stale && !each.halted).length &&
        kept.every((each) => each.stale || (each.lastBarAt !== undefined && each.ageSeconds !== undefined))
      )
    },
  ),
  fetchCorporateActions,
  read(
    'data',
    'countBars',
    'Bars received per symbol in a window',
    () => ({ ...vendor(), lookbackMinutes: z.int() }),
    () => ({
      vendor: z.string(),
      total: z.int(),
      symbols: z.array(z.strictObject({ symbol: z.string(), count: z.int() })),
    }),
  ),
  read(
    'data',
    'fetchLatestBar',
    'The latest bar of a symbol; its age is session time',
    () => ({ ...vendor(), symbol: z.string() }),
    () => ({
      vendor: z.string(),
      symbol: z.string(),
      /** End of the bar. */
      at: moment,
      ageSeconds: z.number(),
      close: decimal,
      volume: z.int(),
    }),
  ),
  read(
    'data',
    'fetchBars',
    'Bars of a symbol in the last minutes of session time, oldest first',
    () => ({ ...vendor(), symbol: z.string(), lookbackMinutes: z.int() }),
    () => ({
      bars: z.array(
        z.strictObject({ at: moment, open: decimal, high: decimal, low: decimal, close: decimal, volume: z.int() }),
      ),
      missing: z.int(),
    }),
  ),
  read(
    'data',
    'fetchTradingStatus',
    'Whether symbols trade or are halted',
    () => ({ ...vendor(), symbols: z.array(z.string()) }),
    () => ({ symbols: z.array(z.strictObject({ symbol: z.string(), status: z.enum(['trading', 'halted']) })) }),
  ),
  read(
    'data',
    'compareCounts',
    'Bars of both vendors over the last sessions that are over and in which both ran',
    () => ({ sessions: z.int() }),
    () => ({
      /** Compared: fewer than asked for where the backup has not run in parallel so long. */
      sessions: z.int(),
      primary: z.int(),
      backup: z.int(),
      /** Sum of the differences per symbol and session, as a share of the primary's bars. */
      divergence: z.number(),
      /** Whether the backup can be reached and none of its symbols is stale. */
      current: z.boolean(),
    }),
  ),
  read('data', 'schema', 'The format in which the vendor sends, against the one that the desk expects', vendor, () => ({
    vendor: z.string(),
    format: z.string(),
    expected: z.string(),
    matches: z.boolean(),
    changedAt: moment.optional(),
  })),
  read(
    'data',
    'priceJumps',
    'The largest change of price within a bar or from one bar to the next, per traded symbol over the last minutes of session time',
    () => ({ ...vendor(), lookbackMinutes: z.int() }),
    () => ({
      vendor: z.string(),
      traded: z.int(),
      /** Traded, without a bar in that time. */
      silent: z.int(),
      /** Of all symbols. */
      largest: z.number(),
      /** Those with bars; the end of the bar, and its change as a share of the price before it, without sign. */
      symbols: z.array(z.strictObject({ symbol: z.string(), at: moment, change: z.number() })),
    }),
    ({ traded, silent, largest, symbols }) =>
      traded === silent + symbols.length && largest === Math.max(0, ...symbols.map(({ change }) => change)),
  ),
  read(
    'data',
    'missingBars',
    'Bars that the calendar expects and that are not there, over the last sessions, the one in progress included',
    () => ({ ...vendor(), sessions: z.int() }),
    () => ({ symbols: z.array(z.strictObject({ symbol: z.string(), missing: z.int() })), missing: z.int() }),
    ({ symbols, missing }) => missing === symbols.reduce((sum, each) => sum + each.missing, 0),
  ),
  effect(
    'data',
    'subscribe',
    'Subscribe to symbols; those that are subscribed stay so',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...vendor(), symbols: z.array(z.string()) }),
    /** Symbols that are subscribed now. */
    () => ({ vendor: z.string(), subscribed: z.int() }),
  ),
  effect(
    'data',
    'backfill',
    "Fill in the missing bars of the last sessions from the vendor's history",
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...vendor(), sessions: z.int() }),
    () => ({ filled: z.int() }),
  ),
]
