/** Alerts one by one: what is wrong now repeats every five minutes, and every day brings a few that matter little. */
import { alertComponent, causesOf } from '../alerts.ts'
import type { Arguments } from '../arguments.ts'
import { intOf, optionalText, textOf } from '../arguments.ts'
import { refuse } from '../failure.ts'
import type { FaultId } from '../faults.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { noiseOf } from '../noise.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'
import type { AgentName } from './agents.ts'
import { restartedAt } from './agents.ts'
import { hasDrifted, ignoresLots } from './config-drift.ts'
import { unmended } from './fault-time.ts'

const levels = ['low', 'medium', 'high', 'critical'] as const
type Level = (typeof levels)[number]
interface Alert {
  readonly id: string
  readonly name: string
  readonly level: Level
  readonly rootCause?: string
  readonly at: Date
}

interface Source {
  readonly fault: FaultId
  readonly name: string
  readonly level: Level
  /** Its restart ends the alert. */
  readonly agent?: AgentName
  /** Whether it is still so; absent: as long as the fault is on. */
  readonly still?: (world: World) => boolean
}
const sources: readonly Source[] = [
  { fault: 'venue-silent', name: 'broker-heartbeat', level: 'critical' },
  { fault: 'heartbeat-lost', name: 'broker-heartbeat', level: 'critical' },
  { fault: 'latency-high', name: 'acknowledgement-latency', level: 'high' },
  { fault: 'backup-venue-down', name: 'backup-venue-heartbeat', level: 'medium' },
  { fault: 'backup-dead', name: 'backup-vendor', level: 'medium' },
  { fault: 'risk-breach', name: 'risk-limit', level: 'critical' },
  { fault: 'var-over-80', name: 'value-at-risk', level: 'medium' },
  { fault: 'error-rate-high', name: 'inference-errors', level: 'high' },
  { fault: 'stale-all', name: 'bar-age', level: 'critical' },
  { fault: 'stale-one', name: 'bar-age', level: 'high' },
  { fault: 'stale-one-corporate-action', name: 'bar-age', level: 'high' },
  { fault: 'old-hash', name: 'model-hash', level: 'high' },
  { fault: 'host-missing', name: 'worker-liveness', level: 'critical' },
  { fault: 'pnl-outside-3', name: 'pnl-band', level: 'high' },
  { fault: 'config-hot-edit', name: 'config-drift', level: 'high', still: hasDrifted },
  { fault: 'limits-softened', name: 'config-drift', level: 'high', still: hasDrifted },
  { fault: 'bad-lots', name: 'order-rejects', level: 'high', still: ignoresLots },
  { fault: 'agent-slow', name: 'agent-latency', level: 'medium', agent: 'signal' },
  { fault: 'agent-crashed', name: 'agent-liveness', level: 'critical', agent: 'execution' },
  { fault: 'slow-consumer', name: 'bus-backlog', level: 'medium', agent: 'signal' },
  { fault: 'order-topic-backlog', name: 'bus-backlog', level: 'high', agent: 'execution' },
  { fault: 'host-silent', name: 'host-liveness', level: 'critical' },
  { fault: 'host-cpu', name: 'host-cpu', level: 'medium' },
  { fault: 'host-memory', name: 'host-memory', level: 'critical' },
  { fault: 'compliance-alert', name: 'compliance', level: 'high' },
]

/** Alerts of one kind are sent once in five minutes. */
const repeatMs = 5 * 60_000
const mostRepeats = 300
const overnight = { name: 'position-snapshot', level: 'critical', hoursBefore: 6 } as const
const stormMs = 30_000

/** From the moment that it is wrong, again and again. */
function repeated({ now }: World, { fault, name, level }: Source, since: Date, fromMs: number): readonly Alert[] {
  const nowMs = now().getTime()
  const skipped = Math.max(0, Math.ceil((fromMs - since.getTime()) / repeatMs))
  const count = Math.floor((nowMs - since.getTime()) / repeatMs) + 1 - skipped
  return Array.from({ length: Math.min(mostRepeats, Math.max(0, count)) }, (_, index) => {
    const at = new Date(since.getTime() + (skipped + index) * repeatMs)
    return { id: `${fault}-${String(at.getTime())}`, name, level, at }
  })
}

/** One of level low at some minute of every session. */
const background = ({ calendar }: World, fromMs: number, nowMs: number): readonly Alert[] => {
  const session = calendar.current(nowMs) ?? calendar.previous(nowMs)
  const at = new Date(session.openMs + Math.floor(noiseOf(`background ${session.date}`) * 60) * 60_000)
  const inside = at.getTime() >= fromMs && at.getTime() <= nowMs
  return inside ? [{ id: `vendor-jitter-${session.date}`, name: 'vendor-jitter', level: 'low', at }] : []
}

const stormOf = (world: World): readonly Alert[] =>
  causesOf(world).flatMap(({ rootCause, count }) =>
    Array.from({ length: count }, (_, index) => {
      const at = new Date(world.now().getTime() - index * stormMs)
      return { id: `${rootCause}-${String(index + 1)}`, name: rootCause, level: 'medium' as const, rootCause, at }
    }),
  )

function overnightAlert(world: World): readonly Alert[] {
  const since = world.faults.get('alerts-critical-overnight')
  if (since === undefined) return []
  const at = new Date(since.getTime() - overnight.hoursBefore * 3_600_000)
  return [{ id: `${overnight.name}-${String(at.getTime())}`, name: overnight.name, level: overnight.level, at }]
}

const silencesOf = (world: World) =>
  readComponent(world, alertComponent).named.filter(({ until }) => Date.parse(until) > world.now().getTime())

/** Those of the last minutes that were sent, newest first. */
export function recentAlerts(world: World, minutes: number): readonly Alert[] {
  const nowMs = world.now().getTime()
  const fromMs = nowMs - minutes * 60_000
  const wrong = sources.flatMap((source) => {
    const since = unmended(
      world,
      source.fault,
      source.agent === undefined ? undefined : restartedAt(world, source.agent),
    )
    return since === undefined || source.still?.(world) === false ? [] : repeated(world, source, since, fromMs)
  })
  const silenced = new Set(silencesOf(world).map(({ name }) => name))
  return [...wrong, ...stormOf(world), ...overnightAlert(world), ...background(world, fromMs, nowMs)]
    .filter(({ name, level, at }) => at.getTime() >= fromMs && (level === 'critical' || !silenced.has(name)))
    .sort((a, b) => b.at.getTime() - a.at.getTime())
}

const atLeast = (level: Level, least: Level): boolean => levels.indexOf(level) >= levels.indexOf(least)
const levelOf = (args: Arguments): Level => levels.find((known) => known === optionalText(args, 'level')) ?? 'low'

export const alertListReads: Readonly<Record<string, ReadHandler>> = {
  'alerts.list': (world, args) => {
    const least = levelOf(args)
    const { acknowledged } = readComponent(world, alertComponent)
    const alerts = recentAlerts(world, intOf(args, 'lookbackMinutes'))
      .filter(({ level }) => atLeast(level, least))
      .map((alert) => ({
        ...alert,
        at: alert.at.toISOString(),
        acted: acknowledged.some(({ id }) => id === alert.id),
      }))
    const critical = alerts.filter(({ level }) => level === 'critical')
    const criticalOpen = critical.filter(({ acted }) => !acted).length
    return { count: alerts.length, critical: critical.length, criticalOpen, alerts }
  },
  'alerts.quiet': (world, args) => {
    const sinceMs = Date.parse(optionalText(args, 'since') ?? new Date(0).toISOString())
    const counted = recentAlerts(world, intOf(args, 'minutes')).filter(
      ({ level, at }) => atLeast(level, 'medium') && at.getTime() >= sinceMs,
    )
    return { count: counted.length }
  },
  'alerts.silences': (world) => ({ silences: silencesOf(world) }),
}

const criticalNames = new Set<string>([
  overnight.name,
  ...sources.filter(({ level }) => level === 'critical').map(({ name }) => name),
])
const dayMinutes = 24 * 60

export const alertListEffects: Readonly<Record<string, EffectHandler>> = {
  'alerts.silence': effectOn(alertComponent, (state, world, args) => {
    const name = textOf(args, 'name')
    const minutes = intOf(args, 'minutes')
    if (criticalNames.has(name)) refuse(`${name} can be critical: it is never silenced`)
    if (minutes < 1 || minutes > dayMinutes) refuse('an alert is silenced for at least a minute and at most a day')
    const until = new Date(world.now().getTime() + minutes * 60_000).toISOString()
    const by = optionalText(args, 'by')
    const silence = { name, until, reason: textOf(args, 'reason'), ...(by === undefined ? {} : { by }) }
    state.named = [...state.named.filter((each) => each.name !== name), silence]
    return { name, until }
  }),
  'alerts.expire': effectOn(alertComponent, (state, _world, args) => {
    const name = textOf(args, 'name')
    const others = state.named.filter((each) => each.name !== name)
    const expired = others.length < state.named.length
    state.named = others
    return { name, expired }
  }),
  'alerts.acknowledge': effectOn(alertComponent, (state, world, args) => {
    const id = textOf(args, 'id')
    const action = textOf(args, 'action').trim()
    if (!recentAlerts(world, dayMinutes).some((alert) => alert.id === id))
      refuse(`there is no alert ${id} of the last day`)
    if (action === '') refuse('what was done is not said')
    state.acknowledged.push({ id, action, at: world.now().toISOString() })
    return { id, acted: true }
  }),
  'alerts.review': effectOn(alertComponent, (state, world, args) => {
    const name = textOf(args, 'name')
    const reviewedAt = world.now().toISOString()
    state.reviews.push({ name, decision: textOf(args, 'decision'), at: reviewedAt })
    return { name, reviewedAt }
  }),
}
