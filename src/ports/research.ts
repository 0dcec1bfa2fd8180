/** What is known of a model before and beside the market: backtests, validation, and the features behind it. */
import * as z from 'zod'
import { read } from './method.ts'

const model = { model: z.string() }

export const researchMethods = [
  read(
    'research',
    'replay',
    'The same window through the backtest engine with live fills',
    {
      ...model,
      /** Absent: the present streak outside the band, but at least three sessions. */
      sessions: z.int().optional(),
    },
    {
      agrees: z.boolean(),
      maxRelativeDifference: z.number(),
      modelHash: z.string(),
      featureHash: z.string(),
      libHash: z.string(),
    },
  ),
]
