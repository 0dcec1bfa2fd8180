/** Versions that run behind the live one, without orders, and how they compare with it. */
import type { Session } from '../../calendar/calendar.ts'
import { correlation } from '../../statistics/moments.ts'
import type { Arguments } from './arguments.ts'
import { textOf } from './arguments.ts'
import { between, normalsOf, rounded } from './chance.ts'
import { refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { liveVersion } from './inference-hosts.ts'
import { inferenceComponent } from './inference-state.ts'
import { p99Of } from './inference-traffic.ts'
import type { Version } from './registry-state.ts'
import { readVersion, requireModel, requireRegistry } from './registry-state.ts'
import { fullSessions } from './session-time.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'

/** Of a host, in shares of it. */
const budget = { cpu: 0.6, memory: 0.7 } as const
const barMs = 5 * 60_000
const comparedSessions = 20
const usualLimit = 2.9

/** What a shadow is worth beside the live version, healthy and where it diverges. */
const live = { daily: 1140, sharpe: 1.55, turnover: 0.4 } as const
const close = { daily: 1210, sharpe: 1.62, turnover: 0.41, divergence: 1.08, correlation: 0.96, scale: 1 } as const
const far = { daily: -380, sharpe: 0.74, turnover: 0.83, divergence: 1.63, correlation: 0.45, scale: 1.6 } as const

interface Shadow {
  readonly version: Version
  /** Full sessions since it was started, oldest first. */
  readonly sessions: readonly Session[]
  /** The one in progress, if it was there from the open. */
  readonly running: Session | undefined
  readonly measures: typeof close | typeof far
}

function openShadow(world: World, args: Arguments): Shadow {
  requireModel(args)
  const version = readVersion(world, textOf(args, 'version'))
  const { shadows } = readComponent(world, inferenceComponent)
  const shadow = Object.hasOwn(shadows, version.version) ? shadows[version.version] : undefined
  if (shadow === undefined) return refuse(`no shadow of ${version.version} was started`)
  const fault = world.faults.get('shadow-diverges')
  const diverges = fault !== undefined && Date.parse(version.createdAt) <= fault.getTime()
  const [startedMs, nowMs] = [Date.parse(shadow.startedAt), world.now().getTime()]
  const sessions = fullSessions(world.calendar, startedMs, nowMs)
  const current = world.calendar.current(nowMs)
  const running = current !== undefined && startedMs <= current.openMs ? current : undefined
  return { version, sessions, running, measures: diverges ? far : close }
}

/** Both signals bar by bar, in standard deviations of the live one. */
function signalsOf({ version, sessions, measures }: Shadow, running: Session | undefined, nowMs: number) {
  const own = Math.sqrt(1 - measures.correlation ** 2)
  const seen = [...sessions.slice(-comparedSessions), ...(running === undefined ? [] : [running])]
  return seen.flatMap(({ date, openMs, closeMs }) => {
    const bars = Math.floor((Math.min(nowMs, closeMs) - openMs) / barMs)
    const noise = normalsOf(`shadow of ${version.version} on ${date}`, bars)
    return normalsOf(`signal on ${date}`, bars).map((z, bar) => {
      const beside = measures.scale * (measures.correlation * z + own * (noise[bar] ?? 0))
      return measures === far ? { live: z, shadow: beside } : { live: within(z), shadow: within(beside) }
    })
  })
}
type Signals = ReturnType<typeof signalsOf>

function agreementOf({ measures }: Shadow, signals: Signals) {
  const both = correlation(
    signals.map((each) => each.live),
    signals.map((each) => each.shadow),
  )
  return {
    correlation: rounded(both ?? 0, 4),
    improvement: signals.length === 0 ? 0 : rounded(measures.sharpe / live.sharpe - 1, 4),
    extremeSignals: signals.filter((each) => Math.abs(each.shadow) > 3).length,
  }
}

/** End of the last bar that was compared. */
function lastBarMs({ sessions, running }: Shadow, nowMs: number): number | undefined {
  const bars = running === undefined ? 0 : Math.floor((nowMs - running.openMs) / barMs)
  return running === undefined || bars === 0 ? sessions.at(-1)?.closeMs : running.openMs + bars * barMs
}

const within = (z: number): number => Math.max(-usualLimit, Math.min(usualLimit, z))

export const shadowReads: Readonly<Record<string, ReadHandler>> = {
  'inference.shadowLog': (world, args) => {
    const { sessions, measures } = openShadow(world, args)
    const seen = sessions.length > 0
    const log = ({ daily, sharpe, turnover }: { daily: number; sharpe: number; turnover: number }) => ({
      pnl: String(daily * sessions.length),
      sharpe: seen ? sharpe : 0,
      turnover: seen ? turnover : 0,
    })
    const maxDivergence = seen ? measures.divergence : 1
    return { sessions: sessions.length, shadow: log(measures), live: log(live), maxDivergence }
  },
  'inference.shadowSignals': (world, args) => {
    const shadow = openShadow(world, args)
    const signals = signalsOf(shadow, shadow.running, world.now().getTime())
    const lastMs = lastBarMs(shadow, world.now().getTime())
    return {
      bars: signals.length,
      ...(lastMs === undefined ? {} : { lastBarAt: new Date(lastMs).toISOString() }),
      ...agreementOf(shadow, signals),
    }
  },
  'inference.compareShadow': (world, args) => {
    const shadow = openShadow(world, args)
    const signals = signalsOf(shadow, undefined, world.now().getTime())
    const agreeing = signals.filter((each) => Math.sign(each.live) === Math.sign(each.shadow)).length
    const ratio = p99Of(world, shadow.version) / p99Of(world, liveVersion(world))
    const hour = world.now().toISOString().slice(0, 13)
    return {
      sessions: shadow.sessions.length,
      ...agreementOf(shadow, signals),
      latencyRatio: rounded(ratio, 4),
      cpuShare: rounded(between(`cpu at ${hour}`, 0.34, 0.46) + (ratio > 1.2 ? 0.35 : 0), 3),
      memoryShare: rounded(between(`memory at ${hour}`, 0.41, 0.52), 3),
      budgetCpu: budget.cpu,
      budgetMemory: budget.memory,
      agreementShare: signals.length === 0 ? 0 : rounded(agreeing / signals.length, 4),
    }
  },
}

export const shadowEffects: Readonly<Record<string, EffectHandler>> = {
  'inference.startShadow': effectOn(inferenceComponent, (state, world, args) => {
    requireModel(args)
    requireRegistry(world)
    const { version } = readVersion(world, textOf(args, 'version'))
    // A shadow that runs goes on: starting it again would lose the days that it has behind it.
    const shadow = Object.hasOwn(state.shadows, version) ? state.shadows[version] : undefined
    const startedAt = shadow?.startedAt ?? world.now().toISOString()
    state.shadows[version] = { startedAt }
    return { startedAt }
  }),
}
