/** Prediction requests: how fast they are answered, how many fail, and what they carry. */
import { nearestRank } from '../../statistics/percentile.ts'
import { intOf, optionalText, textOf } from './arguments.ts'
import { between, normalsOf, rounded } from './chance.ts'
import { refuse } from './failure.ts'
import { findFeature } from './feature-set.ts'
import type { ReadHandler } from './handler.ts'
import { liveVersion, shareUnder } from './inference-hosts.ts'
import { instruments } from './instruments.ts'
import type { Version } from './registry-state.ts'
import { readVersion, requireModel } from './registry-state.ts'
import { routingComponent } from './routing.ts'
import { lastBarEnd, sessionTimeBefore } from './session-time.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'

const barMs = 60_000
/** In which the signal loses its worth. */
const decayHorizonMs = 300_000
const usualMs = 18
/** How many times slower than usual under the faults. */
const slowProduction = 10_000
const slowShadow = 1.4
const failingShare = 0.08

const lastBar = ({ calendar, now }: World): number => lastBarEnd(calendar, now().getTime(), barMs)

/** The load of each prediction of the last minutes of session time, 1 where it is usual. All versions meet the same. */
function loadsOf(world: World, minutes: number): readonly number[] {
  const end = lastBar(world)
  const key = `${String(end)} ${String(minutes)}`
  if (lastLoads.key !== key) {
    const bars = Array.from({ length: minutes }, (_, index) => sessionTimeBefore(world.calendar, end, index * barMs))
    const draws = bars.flatMap((ms) => normalsOf(`load at ${String(ms)}`, instruments.length))
    lastLoads = { key, loads: draws.map((z) => Math.exp(0.25 * z)).sort((a, b) => a - b) }
  }
  return lastLoads.loads
}
/** Of the last minutes that were asked for: versions are compared with each other over the same ones. */
let lastLoads: { readonly key: string; readonly loads: readonly number[] } = { key: '', loads: [] }

/** Milliseconds that a version takes under the usual load. */
function usualMsOf(world: World, { version, createdAt }: Version): number {
  const isLive = liveVersion(world).version === version
  const slow = world.faults.get('shadow-slow')
  const ofShadow = !isLive && slow !== undefined && Date.parse(createdAt) <= slow.getTime() ? slowShadow : 1
  const ofLive = isLive && shareUnder(world, 'inference-slow') > 0 ? slowProduction : 1
  return usualMs * between(`speed of ${version}`, 0.95, 1.08) * ofShadow * ofLive
}

/** Milliseconds. */
export function p99Of(world: World, version: Version, minutes = 60): number {
  const load = nearestRank(loadsOf(world, minutes), 99)
  return load === undefined ? refuse('no prediction was measured') : rounded(usualMsOf(world, version) * load, 1)
}

export const trafficReads: Readonly<Record<string, ReadHandler>> = {
  'inference.latency': (world, args) => {
    requireModel(args)
    const named = optionalText(args, 'version')
    const live = liveVersion(world)
    const version = named === undefined ? live : readVersion(world, named)
    const count = loadsOf(world, 60).length
    return { p99Ms: p99Of(world, version), productionP99Ms: p99Of(world, live), decayHorizonMs, count }
  },
  'inference.errors': (world, args) => {
    requireModel(args)
    const minutes = intOf(args, 'minutes')
    const requests = minutes * instruments.length
    const hour = new Date(lastBar(world)).toISOString().slice(0, 13)
    const share = between(`errors at ${hour}`, 0.0005, 0.003) + failingShare * shareUnder(world, 'error-rate-high')
    const errors = Math.floor(requests * share)
    return { requests, errors, errorRate: errors / requests, p99Ms: p99Of(world, liveVersion(world), minutes) }
  },
  'inference.requests': (world, args) => {
    requireModel(args)
    const feature = textOf(args, 'feature')
    if (findFeature(feature) === undefined) return refuse(`there is no feature ${feature}`)
    const symbols = readComponent(world, routingComponent).traded.length
    if (symbols === 0) return refuse('no symbol is traded, so none is asked for')
    const carrying = liveVersion(world).features.includes(feature) ? symbols : 0
    return { symbols, carrying, share: carrying / symbols }
  },
}
