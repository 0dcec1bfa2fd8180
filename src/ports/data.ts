/** Market data. `vendor` is an id of the configuration; absent means the one that routing points to. */
import * as z from 'zod'
import { moment, read } from './method.ts'

const vendor = { vendor: z.string().optional() }

export const fetchCorporateActions = read(
  'data',
  'fetchCorporateActions',
  'Splits, dividends and halts of a day',
  { ...vendor, symbols: z.array(z.string()) },
  {
    actions: z.array(
      z.strictObject({
        symbol: z.string(),
        type: z.enum(['split', 'dividend', 'halt', 'merger']),
        date: z.iso.date(),
      }),
    ),
  },
)

export const dataMethods = [
  read('data', 'ping', 'Round trip to the vendor', vendor, { vendor: z.string(), latencyMs: z.number() }),
  read(
    'data',
    'freshness',
    'Age of the latest bar of every traded symbol, in session time, against the last bar the calendar expects',
    vendor,
    {
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
    },
  ),
  fetchCorporateActions,
  read(
    'data',
    'countBars',
    'Bars received per symbol in a window',
    { ...vendor, lookbackMinutes: z.int() },
    {
      vendor: z.string(),
      total: z.int(),
      symbols: z.array(z.strictObject({ symbol: z.string(), count: z.int() })),
    },
  ),
]
