/** Which venue and which data vendor the desk uses, and which symbols it trades. Changes are compare-and-set. */
import * as z from 'zod'
import { effect, read } from './method.ts'

export const routingMethods = [
  read(
    'routing',
    'getBroker',
    'The venue in use',
    () => ({}),
    () => ({ venue: z.string() }),
  ),
  effect(
    'routing',
    'setBroker',
    'Route orders to a venue',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ venue: z.string(), ifCurrent: z.string() }),
    () => ({ venue: z.string() }),
  ),
  read(
    'routing',
    'getDataVendor',
    'The data vendor in use',
    () => ({}),
    () => ({ vendor: z.string() }),
  ),
  effect(
    'routing',
    'setDataVendor',
    'Take market data from a vendor',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ vendor: z.string(), ifCurrent: z.string() }),
    () => ({ vendor: z.string() }),
  ),
  read(
    'universe',
    'list',
    'Traded and suppressed symbols',
    () => ({}),
    () => ({
      traded: z.array(z.string()),
      suppressed: z.array(z.strictObject({ symbol: z.string(), reason: z.string() })),
    }),
  ),
  effect(
    'universe',
    'suppress',
    'Stop trading symbols',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    () => ({
      symbols: z.array(z.string()),
      reason: z.string(),
    }),
    () => ({ suppressed: z.array(z.string()) }),
  ),
  effect(
    'universe',
    'restore',
    'Trade suppressed symbols again',
    { effect: 'idempotent', risk: 'adds' },
    () => ({ symbols: z.array(z.string()) }),
    /** Those that had been suppressed. */
    () => ({ restored: z.array(z.string()) }),
  ),
]
