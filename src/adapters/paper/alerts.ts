/** Alerts by root cause. There are none but in a storm. */
import * as z from 'zod'
import { once } from '../../model/once.ts'
import { moment } from '../../ports/method.ts'
import { intOf, textOf } from './arguments.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import type { Component } from './store.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'

const alertState = once(() =>
  z.strictObject({
    silences: z.array(z.strictObject({ rootCause: z.string(), until: moment })),
    /** Alerts that are silenced by their name. */
    named: z
      .array(z.strictObject({ name: z.string(), until: moment, reason: z.string(), by: z.string().optional() }))
      .default([]),
    acknowledged: z.array(z.strictObject({ id: z.string(), action: z.string(), at: moment })).default([]),
    /** Of thresholds. */
    reviews: z.array(z.strictObject({ name: z.string(), decision: z.string(), at: moment })).default([]),
  }),
)
export const alertComponent: Component<z.infer<ReturnType<typeof alertState>>> = {
  name: 'alerts',
  parse: (value) => alertState().safeParse(value).data,
  seed: () => ({ silences: [], named: [], acknowledged: [], reviews: [] }),
}

export const stormCause = 'broker-gateway'
const oneCause = [
  [stormCause, 41],
  ['host-disk', 5],
  ['vendor-latency', 3],
] as const
const manyCauses = [
  [stormCause, 14],
  ['feature-job', 13],
  ['host-disk', 12],
  ['vendor-latency', 10],
] as const

interface Cause {
  readonly rootCause: string
  readonly count: number
}

/** Alerts by root cause, most frequent first. Of a silenced cause the parent alert alone is left. */
export function causesOf(world: World): readonly Cause[] {
  const { faults, now } = world
  const one = faults.has('alert-storm-parent') || faults.has('alert-storm-known-parent')
  const storm = one ? oneCause : faults.has('alert-storm-unrelated') ? manyCauses : []
  const silenced = readComponent(world, alertComponent).silences.filter(
    ({ until }) => Date.parse(until) > now().getTime(),
  )
  return storm
    .map(([rootCause, count]) => ({
      rootCause,
      count: silenced.some((each) => each.rootCause === rootCause) ? 1 : count,
    }))
    .sort((a, b) => b.count - a.count)
}

export const countAlerts = (world: World, rootCause: string): number =>
  causesOf(world).find((cause) => cause.rootCause === rootCause)?.count ?? 0

export const alertReads: Readonly<Record<string, ReadHandler>> = {
  'alerts.rootCauses': (world) => {
    const causes = causesOf(world)
    const total = causes.reduce((sum, { count }) => sum + count, 0)
    const [largest] = causes
    if (largest === undefined) return { total, largestShare: 0, causes }
    return { total, largestShare: largest.count / total, rootCause: largest.rootCause, causes }
  },
}

export const alertEffects: Readonly<Record<string, EffectHandler>> = {
  'alerts.silenceChildren': effectOn(alertComponent, (state, world, args) => {
    const rootCause = textOf(args, 'rootCause')
    const silenced = Math.max(0, countAlerts(world, rootCause) - 1)
    const until = new Date(world.now().getTime() + intOf(args, 'minutes') * 60_000).toISOString()
    state.silences = [...state.silences.filter((each) => each.rootCause !== rootCause), { rootCause, until }]
    return { silenced }
  }),
}
