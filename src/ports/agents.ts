/** The agents of the trading system and the bus between them. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { effect, read } from './method.ts'

const agent = once(() => ({ agent: z.string() }))
const neutral = { effect: 'idempotent', risk: 'neutral' } as const

export const agentMethods = [
  read(
    'agents',
    'status',
    'Every agent, with what it reports and what it can be told',
    () => ({}),
    () => ({
      agents: z.array(
        z.strictObject({
          name: z.string(),
          role: z.string(),
          status: z.enum(['running', 'paused', 'crashed', 'stopped']),
          /** Of an agent that does not answer: for how long it has not. */
          latencyMs: z.number(),
          successRate: z.number(),
          paused: z.boolean(),
          /** Whether it works from its default state instead of what it detects. */
          usesDefault: z.boolean(),
          /** Messages that wait for it. */
          queue: z.int(),
          reports: z.array(z.strictObject({ measure: z.string(), value: z.number() })),
          receives: z.enum(['pause', 'circuit-breaker', 'cancel-pending', 'default-state', 'switch-source', 'nothing']),
        }),
      ),
    }),
  ),
  effect('agents', 'restart', 'Restart an agent', neutral, agent, agent),
  effect(
    'agents',
    'pause',
    'Let an agent make no more decisions; refused for those that guard risk and compliance',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    agent,
    () => ({ ...agent(), paused: z.boolean() }),
  ),
  effect(
    'agents',
    'resume',
    'Let a paused agent decide again',
    { effect: 'idempotent', risk: 'adds', loosens: true },
    agent,
    () => ({ ...agent(), paused: z.boolean() }),
  ),
  effect(
    'agents',
    'useDefault',
    'Let an agent work from its default state until it is restarted; only one that detects has such a state',
    neutral,
    agent,
    () => ({ ...agent(), usesDefault: z.boolean() }),
  ),
]

export const busMethods = [
  read(
    'bus',
    'stats',
    'Messages that wait on the bus, by topic',
    () => ({}),
    () => ({
      backlog: z.int(),
      /** Messages per second. */
      rate: z.number(),
      latencyMs: z.number(),
      topics: z.array(
        z.strictObject({
          topic: z.string(),
          kind: z.enum(['market-data', 'signals', 'orders', 'risk', 'audit']),
          backlog: z.int(),
          /** Of them, those that nobody needs any more. */
          stale: z.int(),
        }),
      ),
    }),
    ({ backlog, topics }) => backlog === topics.reduce((sum, topic) => sum + topic.backlog, 0),
  ),
  read(
    'bus',
    'consumers',
    'Who reads from the bus, and how far behind',
    () => ({}),
    () => ({
      slow: z.int(),
      consumers: z.array(z.strictObject({ name: z.string(), lag: z.int(), slow: z.boolean() })),
    }),
    ({ slow, consumers }) => slow === consumers.filter((consumer) => consumer.slow).length,
  ),
  effect(
    'bus',
    'clearStale',
    'Drop stale messages of market-data topics; refused for any other topic',
    neutral,
    () => ({ topics: z.array(z.string()) }),
    () => ({ cleared: z.int() }),
  ),
]
