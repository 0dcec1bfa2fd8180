/** Reports about sessions, drills, service levels and the noise of alerts. Those with an effect are archived. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { decimal, effect, moment, read } from './method.ts'

const neutral = { effect: 'idempotent', risk: 'neutral' } as const
const archived = once(() => ({ name: z.string(), sha256: z.string() }))

export const reportMethods = [
  read(
    'reports',
    'pnl',
    "The latest session's PnL against the daily drawdown floor in force",
    () => ({}),
    () => ({
      date: z.iso.date(),
      /** Dollars; of the session so far while it is open. */
      pnl: decimal,
      dailyLimit: decimal,
      withinLimit: z.boolean(),
      final: z.boolean(),
    }),
  ),
  read(
    'reports',
    'drill',
    'Drill reports of the last days, by kind: kill-switch, failover, disaster-recovery, restore or another one',
    () => ({ kind: z.string(), days: z.int() }),
    () => ({
      found: z.boolean(),
      count: z.int(),
      latestAt: moment.optional(),
      ageDays: z.number().optional(),
      recoveredInMinutes: z.number().optional(),
      targetMinutes: z.number().optional(),
    }),
    ({ found, count, latestAt, ageDays }) =>
      found === count > 0 && found === (latestAt !== undefined) && found === (ageDays !== undefined),
  ),
  read(
    'reports',
    'sla',
    'Service levels of venues and vendors over the last closed sessions; a breach is filed once a ticket to the vendor or broker is open',
    () => ({ sessions: z.int() }),
    () => ({
      sessions: z.int(),
      breaches: z.int(),
      unfiled: z.int(),
      services: z.array(
        z.strictObject({
          name: z.string(),
          /** Share of session time in which it answered. */
          uptime: z.number(),
          target: z.number(),
          met: z.boolean(),
          filed: z.boolean(),
        }),
      ),
    }),
    ({ breaches, unfiled, services }) => {
      const missed = services.filter((service) => !service.met)
      return breaches === missed.length && unfiled === missed.filter((service) => !service.filed).length
    },
  ),
  read(
    'reports',
    'alertNoise',
    'Alerts that were paged and posted in the last closed sessions, and those that fired without an action',
    () => ({ sessions: z.int() }),
    () => ({
      paged: z.int(),
      posted: z.int(),
      unreviewed: z.int(),
      noisy: z.array(z.strictObject({ alert: z.string(), count: z.int(), acted: z.int(), reviewed: z.boolean() })),
    }),
  ),
  effect('reports', 'risk', 'Archive the risk report of the latest session', neutral, () => ({}), archived),
  effect(
    'reports',
    'compliance',
    'Archive the compliance summary of the latest session',
    neutral,
    () => ({}),
    archived,
  ),
  effect(
    'reports',
    'session',
    'Archive PnL, counted log records and alerts of the latest session',
    neutral,
    () => ({}),
    () => ({ ...archived(), pnl: decimal, logRecords: z.int(), alerts: z.int() }),
  ),
  effect(
    'reports',
    'fileDrill',
    'File the report of a drill, with the time to recovery, or when it began if it is over now, and its target where there is one',
    neutral,
    () => ({
      kind: z.string(),
      text: z.string(),
      recoveredInMinutes: z.number().optional(),
      startedAt: moment.optional(),
      targetMinutes: z.number().optional(),
    }),
    archived,
  ),
]
