/** The trading system as processes on a site, and the two sites that it can run on. Whether it may trade is the permit's business. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { effect, read } from './method.ts'

const site = once(() => ({ site: z.enum(['main', 'dr']) }))
const component = once(() =>
  z.strictObject({
    name: z.string(),
    critical: z.enum(['critical', 'high', 'medium']),
    status: z.enum(['ok', 'degraded', 'down']),
  }),
)
const record = once(() => ({ record: z.string() }))
const neutral = { effect: 'idempotent', risk: 'neutral' } as const
const tightens = { effect: 'idempotent', risk: 'reduces', tightens: true } as const

export const systemMethods = [
  read(
    'system',
    'state',
    'Whether the processes of the trading system run; `clean` where the last stop, if any, was an orderly one',
    () => ({}),
    () => ({
      state: z.enum(['starting', 'running', 'stopping', 'stopped']),
      pid: z.int().optional(),
      clean: z.boolean(),
    }),
    ({ state, pid }) => state !== 'running' || pid !== undefined,
  ),
  read(
    'system',
    'ready',
    'Whether every component of the trading system is up',
    () => ({}),
    () => ({ ready: z.boolean(), components: z.array(component()) }),
    ({ ready, components }) => !ready || components.length > 0,
  ),
  read(
    'system',
    'locks',
    'Process locks of the trading system; stale ones are held by the dead',
    () => ({}),
    () => ({
      stale: z.int(),
      locks: z.array(z.strictObject({ name: z.string(), holder: z.string(), alive: z.boolean() })),
    }),
    ({ stale, locks }) => stale === locks.filter((lock) => !lock.alive).length,
  ),
  read(
    'system',
    'validateConfig',
    'Whether the trading system would accept the live configuration',
    () => ({}),
    () => ({ valid: z.boolean(), errors: z.array(z.string()) }),
  ),
  effect(
    'system',
    'start',
    'Start the trading system; refused where a process lock is in the way',
    neutral,
    () => ({}),
    () => ({ state: z.enum(['starting', 'running']) }),
  ),
  effect(
    'system',
    'shutdown',
    'Stop the trading system in order: it stops once no order is pending',
    neutral,
    () => ({}),
    () => ({ state: z.enum(['stopping', 'stopped']) }),
  ),
  effect(
    'system',
    'kill',
    'End the processes of the trading system at once; what they held stays locked',
    tightens,
    () => ({}),
    () => ({ killed: z.int() }),
  ),
  effect(
    'system',
    'takeOverLocks',
    'Take the process locks of dead holders away',
    neutral,
    () => ({}),
    () => ({ taken: z.int() }),
  ),
]

export const siteMethods = [
  read(
    'site',
    'ready',
    'Whether a site could run the trading system now',
    site,
    () => ({
      ready: z.boolean(),
      checks: z.array(z.strictObject({ name: z.string(), passed: z.boolean(), detail: z.string() })),
    }),
    ({ ready, checks }) => !ready || (checks.length > 0 && checks.every((check) => check.passed)),
  ),
  read(
    'site',
    'health',
    'The components of the trading system on a site, asked of the site itself',
    site,
    () => ({
      healthy: z.boolean(),
      components: z.array(component()),
    }),
    ({ healthy, components }) => !healthy || components.length > 0,
  ),
  read('site', 'dns', 'Where a name points to', record, () => ({ to: z.string() })),
  effect(
    'site',
    'fence',
    'Cut a site off from every venue; nothing on it can trade afterwards',
    tightens,
    site,
    () => ({
      fenced: z.boolean(),
      /** What the fencing device answered. */
      proof: z.string(),
    }),
  ),
  effect(
    'site',
    'carryOver',
    'Take the trading state of a halted or fenced site to another one, which is halted by it',
    neutral,
    () => ({ from: site().site, to: site().site }),
    () => ({ epoch: z.string(), halted: z.boolean() }),
  ),
  effect(
    'site',
    'pointDns',
    'Point a name at a site; refused where it has moved on',
    neutral,
    () => ({ ...record(), to: z.string(), ifCurrent: z.string() }),
    () => ({ to: z.string() }),
  ),
  effect(
    'site',
    'start',
    'Start the trading system on a site, halted; refused while another site could still trade',
    neutral,
    site,
    () => ({ state: z.enum(['starting', 'running']), halted: z.boolean() }),
  ),
]
