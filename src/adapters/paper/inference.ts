/** Eight hosts that serve the model, the shadow version beside it, and the capital that each version has. */
import { intOf, textOf } from './arguments.ts'
import { rounded } from './chance.ts'
import { refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { instruments } from './instruments.ts'
import { hostEffects, hostReads, readHosts, shareUnder } from './inference-hosts.ts'
import type { InferenceState } from './inference-state.ts'
import { inferenceComponent } from './inference-state.ts'
import { trafficReads } from './inference-traffic.ts'
import { hashOfVersion, requireModel, requireRegistry } from './registry-state.ts'
import { lastBarEnd, sessionTimeBefore } from './session-time.ts'
import { shadowEffects, shadowReads } from './shadow.ts'
import type { Place } from './store.ts'
import { readComponent } from './store.ts'
import { decimalUnits, formatDecimal } from '../../model/decimal.ts'
import { divide, multiply } from './venue/arithmetic.ts'
import type { World } from './world.ts'

const nanPredictions = 7
/** Largest prediction, in standard deviations, and how many times larger it is when the signal explodes. */
const usualScale = 2.5
const exploded = 3.6
const sharePlaces = decimalUnits('0.000001')

export const allocatedAt = (place: Place): Date => new Date(readComponent(place, inferenceComponent).allocatedAt)

export interface Prediction {
  readonly symbol: string
  /** RFC 3339, the end of the bar that it was made from. */
  readonly at: string
  readonly z: number
}

/** One prediction per symbol and bar of the last minutes of session time, newest first. */
export function recentPredictions(world: World, minutes: number): readonly Prediction[] {
  const { calendar } = world
  const end = lastBarEnd(calendar, world.now().getTime(), 60_000)
  const scale = usualScale * (shareUnder(world, 'signal-explosion') > 0 ? exploded : 1)
  return Array.from({ length: minutes }, (_, index) => sessionTimeBefore(calendar, end, index * 60_000)).flatMap((ms) =>
    instruments.map(({ symbol }, index) => ({
      symbol,
      at: new Date(ms).toISOString(),
      z: rounded(scale * Math.sin(ms / 600_000 + index), 4),
    })),
  )
}

export const inferenceReads: Readonly<Record<string, ReadHandler>> = {
  ...hostReads,
  ...trafficReads,
  ...shadowReads,
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
  'inference.allocation': (world, args) => {
    requireModel(args)
    return { allocations: readComponent(world, inferenceComponent).allocations }
  },
}

export const inferenceEffects: Readonly<Record<string, EffectHandler>> = {
  ...hostEffects,
  ...shadowEffects,
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
