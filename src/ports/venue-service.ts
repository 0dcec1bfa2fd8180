/** What a venue trades, and how well it serves the desk. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { decimal, read } from './method.ts'

const venue = once(() => ({ venue: z.string().optional() }))

export const venueServiceMethods = [
  read(
    'venue',
    'fetchInstrument',
    'Tick and lot of a symbol, and whether orders in it are taken',
    () => ({ ...venue(), symbol: z.string() }),
    () => ({ symbol: z.string(), tick: decimal, lot: decimal, tradable: z.boolean() }),
  ),
  read(
    'venue',
    'latency',
    "Acknowledgement times of the latest orders, by the desk's own clock; nearest-rank, a missing one ranks last",
    () => ({ ...venue(), last: z.int() }),
    () => ({
      venue: z.string(),
      count: z.int(),
      p50Ms: z.number(),
      p95Ms: z.number(),
      /** Usual median. */
      baselineMs: z.number(),
      /** Orders that were never acknowledged. */
      missing: z.int(),
    }),
  ),
  read(
    'venue',
    'heartbeat',
    "The latest heartbeats, at most `last` and with `seconds` only those made within so many seconds, by the desk's own record",
    () => ({ ...venue(), last: z.int(), seconds: z.int().min(1).optional() }),
    () => ({
      venue: z.string(),
      checks: z.int(),
      failed: z.int(),
      /** Up to the latest one. */
      consecutiveFailed: z.int(),
      /** In which the checks were made, up to now. */
      windowSeconds: z.int(),
    }),
    ({ checks, failed, consecutiveFailed }) => consecutiveFailed <= failed && failed <= checks,
  ),
]
