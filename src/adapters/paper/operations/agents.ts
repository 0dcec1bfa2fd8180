/** Seven agents. They do more in session than out of it, and what a restart mends stays mended. */
import * as z from 'zod'
import { once } from '../../../model/once.ts'
import { moment } from '../../../ports/method.ts'
import { textOf } from '../arguments.ts'
import { refuse } from '../failure.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { bucketOf, noiseOf } from '../noise.ts'
import type { Component, Place } from '../store.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'
import { elapsedMs, unmended } from './fault-time.ts'
import { isUp, systemComponent } from './system-state.ts'

const definitions = [
  { name: 'cio', role: 'decides what to trade', latencyMs: 180, measures: ['decisions'], receives: 'nothing' },
  { name: 'signal', role: 'generates signals', latencyMs: 240, measures: ['signals'], receives: 'pause' },
  { name: 'risk', role: 'checks risk', latencyMs: 40, measures: ['risk-triggers'], receives: 'circuit-breaker' },
  { name: 'compliance', role: 'checks rules', latencyMs: 60, measures: ['checks'], receives: 'nothing' },
  { name: 'execution', role: 'sends orders', latencyMs: 90, measures: ['fill-share'], receives: 'cancel-pending' },
  { name: 'regime', role: 'detects regimes', latencyMs: 900, measures: ['confidence'], receives: 'default-state' },
  { name: 'data', role: 'takes market data in', latencyMs: 30, measures: ['data-quality'], receives: 'switch-source' },
] as const
type Definition = (typeof definitions)[number]
export type AgentName = Definition['name']

const kept = once(() =>
  z.strictObject({
    name: z.string(),
    paused: z.boolean(),
    usesDefault: z.boolean(),
    restartedAt: moment.optional(),
  }),
)
const agentState = once(() => z.strictObject({ agents: z.array(kept()) }))

export const agentComponent: Component<z.infer<ReturnType<typeof agentState>>> = {
  name: 'agents',
  parse: (value) => agentState().safeParse(value).data,
  seed: () => ({ agents: definitions.map(({ name }) => ({ name, paused: false, usesDefault: false })) }),
}

type Kept = z.infer<ReturnType<typeof kept>>
const keptOf = (agents: readonly Kept[], name: string): Kept =>
  agents.find((each) => each.name === name) ?? refuse(`there is no agent ${name}`)

export const restartedAt = (place: Place, name: AgentName): string | undefined =>
  keptOf(readComponent(place, agentComponent).agents, name).restartedAt

const slowAgent: AgentName = 'signal'
const crashedAgent: AgentName = 'execution'
const slowLatencyMs = 7_400
const slowQueue = 180
const unheardMs = 30_000
/** Rates between 0 and 1; anything else is a count of the last five minutes. */
const shares: readonly string[] = ['fill-share', 'confidence', 'data-quality']

export interface Agent {
  readonly name: AgentName
  readonly status: 'running' | 'paused' | 'crashed' | 'stopped'
  readonly latencyMs: number
  readonly successRate: number
  readonly queue: number
}

/** Since when the agent has not answered. */
function silentSince(world: World, { name }: Definition): Date | undefined {
  const { active, sites } = readComponent(world, systemComponent)
  if (!isUp(world)) return new Date(sites[active].at)
  if (name !== crashedAgent) return undefined
  const startedAt = sites[active].at
  const restarted = restartedAt(world, name)
  return unmended(world, 'agent-crashed', restarted !== undefined && restarted > startedAt ? restarted : startedAt)
}

function measure(world: World, definition: Definition, { paused }: Kept): Agent {
  const { name, latencyMs } = definition
  const silent = silentSince(world, definition)
  if (silent !== undefined) {
    const status = isUp(world) ? 'crashed' : 'stopped'
    const sinceMs = elapsedMs(world, silent)
    return { name, status, latencyMs: unheardMs + sinceMs, successRate: 0, queue: Math.ceil(sinceMs / 1000) }
  }
  const noise = noiseOf(`${name} ${bucketOf(world.now(), 5)}`)
  const trading = world.calendar.current(world.now().getTime()) !== undefined
  const status = paused ? 'paused' : 'running'
  const slow = name === slowAgent && unmended(world, 'agent-slow', restartedAt(world, name)) !== undefined
  if (slow) return { name, status, latencyMs: slowLatencyMs, successRate: 0.91, queue: slowQueue }
  return {
    ...{ name, status },
    latencyMs: Math.round(latencyMs * (0.8 + 0.4 * noise)),
    successRate: Number((0.995 + 0.005 * noise).toFixed(4)),
    queue: Math.floor(noise * (trading ? 12 : 2)),
  }
}

export const readAgents = (world: World): readonly Agent[] => {
  const { agents } = readComponent(world, agentComponent)
  return definitions.map((definition) => measure(world, definition, keptOf(agents, definition.name)))
}

function reportsOf(world: World, { name, measures }: Definition, answers: boolean) {
  const noise = noiseOf(`${name} reports ${bucketOf(world.now(), 5)}`)
  return measures.map((what) => {
    if (!answers) return { measure: what, value: 0 }
    if (what === 'risk-triggers') return { measure: what, value: world.faults.has('risk-breach') ? 1 : 0 }
    return {
      measure: what,
      value: shares.includes(what) ? Number((0.96 + 0.04 * noise).toFixed(4)) : Math.ceil(40 * noise),
    }
  })
}

export const agentReads: Readonly<Record<string, ReadHandler>> = {
  'agents.status': (world) => {
    const { agents } = readComponent(world, agentComponent)
    return {
      agents: readAgents(world).map((agent, index) => {
        const definition = definitions[index] ?? refuse(`there is no agent ${agent.name}`)
        const { paused, usesDefault } = keptOf(agents, agent.name)
        const answers = agent.status === 'running' || agent.status === 'paused'
        const { role, receives } = definition
        return { ...agent, role, paused, usesDefault, receives, reports: reportsOf(world, definition, answers) }
      }),
    }
  },
}

const changeAgent = (change: (agent: Kept, world: World) => Readonly<Record<string, unknown>>): EffectHandler =>
  effectOn(agentComponent, (state, world, args) => {
    if (!isUp(world)) refuse('the trading system does not run')
    const agent = keptOf(state.agents, textOf(args, 'agent'))
    return { agent: agent.name, ...change(agent, world) }
  })

export const agentEffects: Readonly<Record<string, EffectHandler>> = {
  'agents.restart': changeAgent((agent, world) => {
    agent.restartedAt = world.now().toISOString()
    agent.usesDefault = false
    return {}
  }),
  'agents.pause': changeAgent((agent) => {
    if (agent.name === 'risk' || agent.name === 'compliance')
      refuse(`the ${agent.name} agent is never paused: nothing would be checked`)
    agent.paused = true
    return { paused: true }
  }),
  'agents.resume': changeAgent((agent) => {
    agent.paused = false
    return { paused: false }
  }),
  'agents.useDefault': changeAgent((agent) => {
    if (agent.name !== 'regime') refuse(`the ${agent.name} agent has no default state`)
    agent.usesDefault = true
    return { usesDefault: true }
  }),
}
