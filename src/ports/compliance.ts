/** What regulators are owed: alerts of the compliance agent, filings with their deadlines, and reports of trades. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { effect, moment, read } from './method.ts'

const neutral = { effect: 'idempotent', risk: 'neutral' } as const
const alert = once(() => ({ alert: z.string() }))
const date = once(() => ({ date: z.iso.date().optional() }))

export const complianceMethods = [
  read(
    'compliance',
    'alerts',
    'Alerts of the compliance agent; one is closed once it is reviewed, notified, and an action is on record',
    () => ({}),
    () => ({
      open: z.int(),
      alerts: z.array(
        z.strictObject({
          id: z.string(),
          type: z.enum(['market-abuse', 'reporting', 'best-execution']),
          severity: z.enum(['low', 'medium', 'high', 'critical']),
          at: moment,
          text: z.string(),
          reviewed: z.boolean(),
          notified: z.boolean(),
          actions: z.int(),
          open: z.boolean(),
        }),
      ),
    }),
    ({ open, alerts }) => open === alerts.filter((alert) => alert.open).length,
  ),
  read(
    'compliance',
    'deadlines',
    'Filings that are due next, and those that are overdue',
    () => ({}),
    () => ({
      overdue: z.int(),
      next: z.array(z.strictObject({ id: z.string(), title: z.string(), dueAt: moment, overdue: z.boolean() })),
    }),
    ({ overdue, next }) => overdue === next.filter((filing) => filing.overdue).length,
  ),
  read(
    'compliance',
    'reporting',
    "Trades of a day, and how many were reported; absent: the latest session's. Missing ones should have been reported by now",
    date,
    () => ({ date: z.iso.date(), trades: z.int(), reported: z.int(), pending: z.int(), missing: z.int() }),
  ),
  read(
    'compliance',
    'summary',
    'Open alerts, overdue filings and trades that were not reported, together',
    () => ({}),
    () => ({ date: z.iso.date(), openAlerts: z.int(), overdue: z.int(), missing: z.int(), clean: z.boolean() }),
  ),
  read(
    'compliance',
    'instructions',
    'What the compliance officer wants done about an alert; given once the officer was notified',
    alert,
    () => ({ given: z.boolean(), at: moment.optional(), text: z.string().optional() }),
    ({ given, at, text }) => !given || (at !== undefined && text !== undefined),
  ),
  effect('compliance', 'review', 'Put the review of an alert on record', neutral, alert, () => ({
    ...alert(),
    reviewed: z.boolean(),
  })),
  effect('compliance', 'notify', 'Notify the compliance officer of an alert', neutral, alert, () => ({
    ...alert(),
    notified: z.boolean(),
  })),
  effect(
    'compliance',
    'logAction',
    'Put an action that was taken about an alert on record',
    neutral,
    () => ({ ...alert(), action: z.string() }),
    () => ({ ...alert(), actions: z.int() }),
  ),
  effect('compliance', 'report', 'Report the trades of a day that are missing', neutral, date, () => ({
    reported: z.int(),
  })),
  effect(
    'compliance',
    'file',
    'Make a filing that is due',
    neutral,
    () => ({ deadline: z.string() }),
    () => ({ deadline: z.string(), filedAt: moment }),
  ),
]
