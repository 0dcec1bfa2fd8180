/** Values of features, as trained on and as seen live: one per five-minute bar and symbol. */
import type { Session } from '../../../calendar/calendar.ts'
import { normalQuantile } from '../../../statistics/normal.ts'
import type { FrozenBins } from '../../../statistics/psi.ts'
import { freezeDeciles } from '../../../statistics/psi.ts'
import { between, normalsOf } from '../chance.ts'
import { instruments } from '../instruments.ts'
import { sessionsBack } from '../operations/sessions.ts'
import type { World } from '../world.ts'
import type { Drift } from './drift.ts'
import { detectedDrift, isLearnt } from './drift.ts'

const barMs = 5 * 60_000
const trainingSize = 2000
/** Live values under the fault that leaves few of them. */
const few = 40
/** Standard deviations that a regime, another format and a leak move the values by, and how much they spread them. */
const moved = { regime: [1.1, 1.4], format: [3, 0.1], leak: [0.7, 1.3] } as const

/** A normal sample without chance: evenly spread over the distribution. */
let evenly: readonly number[] | undefined
const evenSample = (): readonly number[] =>
  (evenly ??= Array.from({ length: trainingSize }, (_, index) => normalQuantile((index + 0.5) / trainingSize)))

function change(z: number, drift: Drift): number {
  if (drift === 'none') return z
  if (drift === 'missing') return 0
  const [shift, spread] = moved[drift]
  return z * spread + shift
}

/** In the feature's own unit. */
const inUnit = (feature: string, values: readonly number[]): readonly number[] => {
  const [level, scale] = [between(`level of ${feature}`, -2, 5), between(`scale of ${feature}`, 0.5, 3)]
  return values.map((z) => level + scale * z)
}

export function trainingValues(world: World, feature: string): readonly number[] {
  const drift = detectedDrift(world, feature)
  const learnt = drift === 'regime' && isLearnt(world) ? drift : 'none'
  return inUnit(
    feature,
    evenSample().map((z) => change(z, learnt)),
  )
}

export const trainingBins = (world: World, feature: string): FrozenBins => freezeDeciles(trainingValues(world, feature))

/** Of the last closed sessions, oldest first. */
export function liveValues(world: World, feature: string, sessions: number): readonly number[] {
  const drift = detectedDrift(world, feature)
  const values = sessionsBack(world, sessions).flatMap((session) =>
    normalsOf(`${feature} on ${session.date}`, barsOf(session)).map((z) => change(z, drift)),
  )
  return inUnit(feature, world.faults.has('few-observations') ? values.slice(-few) : values)
}

const barsOf = ({ openMs, closeMs }: Session): number => Math.floor((closeMs - openMs) / barMs) * instruments.length
