/** The bus between the agents. A backlog of market data can be dropped; one of orders cannot. */
import * as z from 'zod'
import { once } from '../../../model/once.ts'
import { moment } from '../../../ports/method.ts'
import { textsOf } from '../arguments.ts'
import { refuse } from '../failure.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { bucketOf, noiseOf } from '../noise.ts'
import type { Component } from '../store.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'
import type { AgentName } from './agents.ts'
import { readAgents, restartedAt } from './agents.ts'
import { elapsedMs, unmended } from './fault-time.ts'

const topics = [
  { topic: 'quotes', kind: 'market-data', consumer: 'data', perSecond: 850 },
  { topic: 'bars', kind: 'market-data', consumer: 'signal', perSecond: 6 },
  { topic: 'signals', kind: 'signals', consumer: 'cio', perSecond: 3 },
  { topic: 'orders', kind: 'orders', consumer: 'execution', perSecond: 2 },
  { topic: 'executions', kind: 'orders', consumer: 'compliance', perSecond: 2 },
  { topic: 'exposures', kind: 'risk', consumer: 'risk', perSecond: 1 },
  { topic: 'decisions', kind: 'audit', consumer: 'regime', perSecond: 1 },
] as const
type Topic = (typeof topics)[number]

const busState = once(() => z.strictObject({ cleared: z.array(z.strictObject({ topic: z.string(), at: moment })) }))
const busComponent: Component<z.infer<ReturnType<typeof busState>>> = {
  name: 'bus',
  parse: (value) => busState().safeParse(value).data,
  seed: () => ({ cleared: [] }),
}

/** The agent behind the fault of that name, and how far it lies behind when the fault begins. */
const slowConsumer: AgentName = 'signal'
const slowLag = 1_800
const orderBacklog = 1_300
const quoteBacklog = 4_200
const mostBacklog = 50_000
const slowFrom = 500

interface Waiting extends Pick<Topic, 'topic' | 'kind' | 'consumer'> {
  readonly backlog: number
  readonly stale: number
}

/** What a fault has piled up, growing by two a second. */
const pile = (world: World, since: Date, from: number): number =>
  Math.min(mostBacklog, from + Math.floor((2 * elapsedMs(world, since)) / 1000))

function waitingOn(world: World, { topic, kind, consumer, perSecond }: Topic, silent: number): Waiting {
  const trading = world.calendar.current(world.now().getTime()) !== undefined
  const usual = Math.floor(noiseOf(`${topic} ${bucketOf(world.now(), 1)}`) * Math.min(40, trading ? perSecond : 1))
  const clearedAt = readComponent(world, busComponent).cleared.find((each) => each.topic === topic)?.at
  const flooded = topic === 'quotes' ? unmended(world, 'bus-backlog', clearedAt) : undefined
  if (flooded !== undefined) {
    const backlog = usual + pile(world, flooded, quoteBacklog)
    return { topic, kind, consumer, backlog, stale: Math.floor(backlog * 0.9) }
  }
  const slow = topic === 'bars' ? unmended(world, 'slow-consumer', restartedAt(world, slowConsumer)) : undefined
  const stuck = topic === 'orders' ? unmended(world, 'order-topic-backlog', restartedAt(world, 'execution')) : undefined
  const held =
    (slow === undefined ? 0 : pile(world, slow, slowLag)) + (stuck === undefined ? 0 : pile(world, stuck, orderBacklog))
  return { topic, kind, consumer, backlog: usual + held + silent, stale: 0 }
}

/** Behind an agent that does not answer, its own queue waits too. */
function readTopics(world: World): readonly Waiting[] {
  const agents = readAgents(world)
  return topics.map((topic) => {
    const agent = agents.find(({ name }) => name === topic.consumer)
    const silent = agent === undefined || agent.status === 'running' || agent.status === 'paused' ? 0 : agent.queue
    return waitingOn(world, topic, silent)
  })
}

const total = (waiting: readonly Waiting[]): number => waiting.reduce((sum, { backlog }) => sum + backlog, 0)

/** Messages that wait on the bus. */
export const busBacklog = (world: World): number => total(readTopics(world))

export const busReads: Readonly<Record<string, ReadHandler>> = {
  'bus.stats': (world) => {
    const waiting = readTopics(world)
    const backlog = total(waiting)
    const trading = world.calendar.current(world.now().getTime()) !== undefined
    const rate = trading ? topics.reduce((sum, { perSecond }) => sum + perSecond, 0) : topics.length
    return {
      ...{ backlog, rate },
      latencyMs: Number((2 + backlog / 40).toFixed(1)),
      topics: waiting.map(({ topic, kind, backlog: own, stale }) => ({ topic, kind, backlog: own, stale })),
    }
  },
  'bus.consumers': (world) => {
    const consumers = readTopics(world).map(({ consumer, backlog, stale }) => {
      const lag = backlog - stale
      return { name: consumer, lag, slow: lag > slowFrom }
    })
    return { slow: consumers.filter(({ slow }) => slow).length, consumers }
  },
}

export const busEffects: Readonly<Record<string, EffectHandler>> = {
  'bus.clearStale': effectOn(busComponent, (state, world, args) => {
    const named = textsOf(args, 'topics')
    for (const name of named) {
      const { kind } = topics.find(({ topic }) => topic === name) ?? refuse(`there is no topic ${name}`)
      if (kind !== 'market-data') refuse(`${name} carries ${kind}: only market data may be dropped`)
    }
    const cleared = readTopics(world).reduce((sum, { topic, stale }) => sum + (named.includes(topic) ? stale : 0), 0)
    const at = world.now().toISOString()
    state.cleared = [
      ...state.cleared.filter(({ topic }) => !named.includes(topic)),
      ...named.map((topic) => ({ topic, at })),
    ]
    return { cleared }
  }),
}
