/** Eight hosts that serve the model, the shadow version beside it, and the capital that each version has. */
import { intOf, textOf } from './arguments.ts'
import { refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { instruments } from './instruments.ts'
import type { InferenceState } from './inference-state.ts'
import { inferenceComponent } from './inference-state.ts'
import {
  hashOfVersion,
  paperModel,
  previousVersion,
  readProduction,
  requireModel,
  requireRegistry,
} from './registry-state.ts'
import { lastBarEnd, sessionsBetween, sessionTimeBefore } from './session-time.ts'
import type { Place } from './store.ts'
import { readComponent } from './store.ts'
import { decimalUnits, formatDecimal } from '../../model/decimal.ts'
import { divide, multiply } from './venue/arithmetic.ts'
import type { World } from './world.ts'

const stuckHost = 'inference-3'
const missingHost = 'inference-8'
const nanPredictions = 7
const sharePlaces = decimalUnits('0.000001')

/** Every host that can be reached, with the hash it serves. */
export function readHosts(world: World): InferenceState['hosts'] {
  return readComponent(world, inferenceComponent)
    .hosts.filter(({ host }) => !(host === missingHost && world.faults.has('host-missing')))
    .map((host) =>
      host.host === stuckHost && world.faults.has('old-hash')
        ? { ...host, modelHash: hashOfVersion(world, previousVersion) }
        : host,
    )
}

export const allocatedAt = (place: Place): Date => new Date(readComponent(place, inferenceComponent).allocatedAt)

export interface Prediction {
  readonly symbol: string
  /** RFC 3339, the end of the bar that it was made from. */
  readonly at: string
  readonly z: number
}

/** One prediction per symbol and bar of the last minutes of session time, newest first. */
export function recentPredictions({ calendar, now }: World, minutes: number): readonly Prediction[] {
  const end = lastBarEnd(calendar, now().getTime(), 60_000)
  return Array.from({ length: minutes }, (_, index) => sessionTimeBefore(calendar, end, index * 60_000)).flatMap((ms) =>
    instruments.map(({ symbol }, index) => ({
      symbol,
      at: new Date(ms).toISOString(),
      z: Number((2.5 * Math.sin(ms / 600_000 + index)).toFixed(4)),
    })),
  )
}

export const inferenceReads: Readonly<Record<string, ReadHandler>> = {
  'inference.healthz': (world) => ({ hosts: readHosts(world).map((host) => ({ ...host, model: paperModel })) }),
  'inference.predictions': (world, args) => {
    requireModel(args)
    const count = intOf(args, 'last')
    const predictions = recentPredictions(world, Math.ceil(count / instruments.length)).slice(0, count)
    return {
      count: predictions.length,
      nan: world.faults.has('predictions-nan') ? Math.min(nanPredictions, predictions.length) : 0,
      maxAbsZ: Math.max(0, ...predictions.map(({ z: value }) => Math.abs(value))),
      modelHash: readHosts(world)[0]?.modelHash ?? '',
    }
  },
  'inference.shadowLog': (world, args) => {
    requireModel(args)
    const version = textOf(args, 'version')
    const shadows = readComponent(world, inferenceComponent).shadows
    const shadow = Object.hasOwn(shadows, version) ? shadows[version] : undefined
    if (shadow === undefined) return refuse(`no shadow of ${version} was started`)
    const sessions = sessionsBetween(world.calendar, Date.parse(shadow.startedAt), world.now().getTime())
    const seen = sessions > 0
    const measures = (daily: number, sharpe: number, turnover: number) => ({
      pnl: String(daily * sessions),
      sharpe: seen ? sharpe : 0,
      turnover: seen ? turnover : 0,
    })
    return {
      sessions,
      shadow: measures(1210, 1.62, 0.41),
      live: measures(1140, 1.55, 0.4),
      maxDivergence: seen ? 1.08 : 1,
    }
  },
  'inference.allocation': (world, args) => {
    requireModel(args)
    return { allocations: readComponent(world, inferenceComponent).allocations }
  },
}

export const inferenceEffects: Readonly<Record<string, EffectHandler>> = {
  'inference.restartAll': effectOn(inferenceComponent, (state, world, args) => {
    requireModel(args)
    requireRegistry(world)
    const { hash } = readProduction(world)
    const reachable = new Set(readHosts(world).map(({ host }) => host))
    state.hosts = state.hosts.map((host) => (reachable.has(host.host) ? { ...host, modelHash: hash } : host))
    return { restarted: reachable.size }
  }),
  'inference.startShadow': effectOn(inferenceComponent, (state, world, args) => {
    requireModel(args)
    requireRegistry(world)
    const version = textOf(args, 'version')
    hashOfVersion(world, version)
    // A shadow that runs goes on: starting it again would lose the days that it has behind it.
    const shadow = Object.hasOwn(state.shadows, version) ? state.shadows[version] : undefined
    const startedAt = shadow?.startedAt ?? world.now().toISOString()
    state.shadows[version] = { startedAt }
    return { startedAt }
  }),
  'inference.setAllocation': effectOn(inferenceComponent, (state, world, args) => {
    requireModel(args)
    requireRegistry(world)
    const version = textOf(args, 'version')
    const share = textOf(args, 'share')
    hashOfVersion(world, version)
    const allocations = allocate(state, version, share)
    if (JSON.stringify(allocations) !== JSON.stringify(state.allocations)) {
      state.allocations = allocations
      state.allocatedAt = world.now().toISOString()
    }
    return { share }
  }),
}

/** The others keep their proportions; all shares together are one. */
function allocate({ allocations }: InferenceState, version: string, share: string): InferenceState['allocations'] {
  const given = decimalUnits(share)
  const one = decimalUnits('1')
  if (given < 0n || given > one) return refuse(`a share of ${share} does not lie between 0 and 1`)
  const others = allocations.filter((each) => each.version !== version)
  const before = others.reduce((sum, each) => sum + decimalUnits(each.share), 0n)
  if (given < one && before === 0n) return refuse(`no other version is there to take the rest of ${share}`)
  let rest = one - given
  const shrunk = others.map((each, index) => {
    const part = multiply(one - given, divide(decimalUnits(each.share), before === 0n ? one : before))
    // The last one takes what rounding left.
    const kept = index === others.length - 1 ? rest : part - (part % sharePlaces)
    rest -= kept
    return { version: each.version, share: formatDecimal(kept) }
  })
  return [...shrunk, { version, share: formatDecimal(given) }].filter((each) => each.share !== '0')
}
