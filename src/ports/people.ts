/** Alerts, messages, tickets, reports and archived files: what people read. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { effect, moment, read } from './method.ts'

/** What kind of thing was the cause. A halt that nothing called for is a kind of its own: its way back is the same as any other's. */
export const causeClasses = [
  'model',
  'data',
  'execution',
  'venue',
  'infrastructure',
  'configuration',
  'operation',
  'mistaken-kill',
  'other',
] as const

const ticket = once(() =>
  z.strictObject({
    id: z.string(),
    kind: z.enum(['incident', 'bug', 'vendor', 'broker', 'decision', 'access-audit', 'security-review', 'drift']),
    title: z.string(),
    status: z.enum(['open', 'closed']),
    rootCause: z.string().optional(),
    causeClass: z.enum(causeClasses).optional(),
    fixVerifiedIn: z.string().optional(),
    openedAt: moment,
    /** SHA-256 of the written review that the ticket was closed with. */
    artifact: z.string().optional(),
    /** Who takes care of it; of an incident its commander. */
    assignee: z.string().optional(),
  }),
)
const sent = once(() => ({ id: z.string() }))

export const peopleMethods = [
  read(
    'alerts',
    'rootCauses',
    'Alerts of the last minutes by root cause',
    () => ({ lookbackMinutes: z.int() }),
    () => ({
      total: z.int(),
      largestShare: z.number(),
      rootCause: z.string().optional(),
      causes: z.array(z.strictObject({ rootCause: z.string(), count: z.int() })),
    }),
    ({ total, rootCause, causes }) =>
      total === causes.reduce((sum, cause) => sum + cause.count, 0) && (rootCause !== undefined) === total > 0,
  ),
  effect(
    'alerts',
    'silenceChildren',
    'Snooze the alerts that depend on a parent, and keep the parent',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({
      rootCause: z.string(),
      minutes: z.int(),
    }),
    () => ({ silenced: z.int() }),
  ),
  effect(
    'notify',
    'post',
    'Queue a message in a channel',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ channel: z.string(), text: z.string() }),
    sent,
  ),
  effect(
    'notify',
    'page',
    'Wake whoever holds a role',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ role: z.string(), text: z.string() }),
    sent,
  ),
  effect(
    'notify',
    'openChannel',
    'Open an incident channel',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ name: z.string() }),
    () => ({ channel: z.string() }),
  ),
  read(
    'tickets',
    'find',
    'Tickets by kind, status and root cause',
    () => ({
      kind: ticket().shape.kind.optional(),
      status: ticket().shape.status.optional(),
      rootCause: z.string().optional(),
    }),
    () => ({ tickets: z.array(ticket()) }),
  ),
  read(
    'tickets',
    'latestIncident',
    'The incident ticket of the present halt',
    () => ({}),
    () => ({ found: z.boolean(), ticket: ticket().optional() }),
  ),
  effect(
    'tickets',
    'open',
    'Open a ticket',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({
      kind: ticket().shape.kind,
      title: z.string(),
      text: z.string().optional(),
      rootCause: z.string().optional(),
      /** Who is asked to take it. */
      role: z.string().optional(),
      dueInSessions: z.int().optional(),
      /** By the clock, nights and weekends included; the earlier one where both are given. */
      dueInHours: z.int().optional(),
    }),
    () => ({ id: z.string() }),
  ),
  effect(
    'tickets',
    'documentCause',
    'Write root cause, its class and the place of the verified fix into the incident ticket',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({
      rootCause: z.string(),
      causeClass: z.enum(causeClasses),
      fixVerifiedIn: z.string(),
    }),
    () => ({ id: z.string() }),
  ),
  effect(
    'tickets',
    'linkAlerts',
    'Link the alerts of one root cause to a ticket',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ticket: z.string(), rootCause: z.string() }),
    () => ({ linked: z.int() }),
  ),
  effect(
    'tickets',
    'close',
    'Close a ticket; an incident only with its written review',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ticket: z.string(), artifact: z.string() }),
    () => ({ id: z.string() }),
  ),
  effect(
    'tickets',
    'assign',
    'Give a ticket to a role, or to one person of it',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ticket: z.string(), role: z.string(), person: z.string().optional() }),
    () => ({ id: z.string() }),
  ),
  read(
    'reports',
    'executionQuality',
    "The session's slippage, rejects and fill latency against their usual spread",
    () => ({}),
    () => ({
      date: z.iso.date(),
      orders: z.int(),
      slippageBps: z.number(),
      rejected: z.int(),
      averageFillMs: z.number(),
      /** Measures more than one standard deviation away from usual. */
      deviations: z.array(
        z.strictObject({ measure: z.string(), value: z.number(), sigmas: z.number(), documented: z.boolean() }),
      ),
      undocumented: z.int(),
    }),
  ),
  effect(
    'storage',
    'put',
    'Archive a report',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ name: z.string(), text: z.string() }),
    () => ({ name: z.string(), sha256: z.string() }),
  ),
]
