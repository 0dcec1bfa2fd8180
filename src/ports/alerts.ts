/** Alerts as they came in, one by one; who is told of them, and how long they are silenced. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { effect, moment, read } from './method.ts'

const neutral = { effect: 'idempotent', risk: 'neutral' } as const
const level = once(() => z.enum(['low', 'medium', 'high', 'critical']))
const name = once(() => ({ name: z.string() }))

export const alertMethods = [
  read(
    'alerts',
    'list',
    'Alerts of the last minutes of a level or above, newest first; silenced ones are not among them',
    () => ({ lookbackMinutes: z.int(), level: level().optional() }),
    () => ({
      count: z.int(),
      critical: z.int(),
      /** Critical ones about which nobody has done anything. */
      criticalOpen: z.int(),
      alerts: z.array(
        z.strictObject({
          id: z.string(),
          ...name(),
          level: level(),
          rootCause: z.string().optional(),
          at: moment,
          acted: z.boolean(),
        }),
      ),
    }),
    ({ count, critical, criticalOpen, alerts }) => {
      const worst = alerts.filter((alert) => alert.level === 'critical')
      return (
        count === alerts.length &&
        critical === worst.length &&
        criticalOpen === worst.filter((alert) => !alert.acted).length
      )
    },
  ),
  read(
    'alerts',
    'quiet',
    'How many alerts above the level low there were in the last minutes, or since a later moment',
    () => ({ minutes: z.int(), since: moment.optional() }),
    () => ({ count: z.int() }),
  ),
  read(
    'alerts',
    'silences',
    'Alerts that are silenced now',
    () => ({}),
    () => ({
      silences: z.array(z.strictObject({ ...name(), until: moment, reason: z.string(), by: z.string().optional() })),
    }),
  ),
  effect(
    'alerts',
    'silence',
    'Send no alert of that name for a while; a critical one is never silenced',
    neutral,
    () => ({ ...name(), minutes: z.int(), reason: z.string(), by: z.string().optional() }),
    () => ({ ...name(), until: moment }),
  ),
  effect(
    'alerts',
    'raise',
    'Send an alert by its level: low into the daily summary, medium into channels, high and critical wake people. One of a name in five minutes; a silenced one is not sent, and outside sessions it counts as low, unless it is critical',
    neutral,
    () => ({
      ...name(),
      level: level(),
      /** Channels, or roles where it wakes. */
      to: z.array(z.string()),
      title: z.string(),
      details: z.string().optional(),
      /** What was done already. */
      did: z.array(z.string()),
      /** What the person is to do. */
      action: z.string(),
    }),
    () => ({
      sent: z.boolean(),
      /** As it was sent. */
      level: level(),
      /** From now. */
      respondWithinMinutes: z.int(),
      /** Why it was not sent. */
      reason: z.string().optional(),
    }),
  ),
  effect('alerts', 'expire', 'End the silence of an alert now', neutral, name, () => ({
    ...name(),
    expired: z.boolean(),
  })),
  effect(
    'alerts',
    'acknowledge',
    'Put what was done about an alert on record',
    neutral,
    () => ({ id: z.string(), action: z.string() }),
    () => ({ id: z.string(), acted: z.boolean() }),
  ),
  effect(
    'alerts',
    'review',
    'Put on record what was decided about the threshold of an alert',
    neutral,
    () => ({ ...name(), decision: z.string() }),
    () => ({ ...name(), reviewedAt: moment }),
  ),
  effect(
    'notify',
    'resolve',
    'Tell who was paged or written to that it is over',
    neutral,
    () => ({ id: z.string() }),
    () => ({
      id: z.string(),
      resolved: z.boolean(),
    }),
  ),
]
