/** Figures over time: PnL against its band, and what metrics systems keep. */
import * as z from 'zod'
import { read } from './method.ts'

const model = { model: z.string() }

export const metricsMethods = [
  read('metrics', 'pnlBand', 'The latest session against the 95 % band of the backtest', model, {
    date: z.iso.date(),
    value: z.number(),
    lower: z.number(),
    upper: z.number(),
    inside: z.boolean(),
    consecutiveExits: z.int(),
    sessions: z.int(),
  }),
  read(
    'metrics',
    'bandExits',
    'How many of the last sessions closed outside the 95 % band; `measured` says how many of them are known',
    { ...model, sessions: z.int() },
    { measured: z.int(), exits: z.int() },
  ),
]
