/** What trading costs: slippage session by session, and the cost model of the backtest, which is set to it. */
import * as z from 'zod'
import type { Session } from '../../../calendar/calendar.ts'
import { once } from '../../../model/once.ts'
import { mean } from '../../../statistics/moments.ts'
import { intOf, optionalNumber } from '../arguments.ts'
import { between, rounded } from '../chance.ts'
import { refuse } from '../failure.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { sessionsBack } from '../operations/sessions.ts'
import type { Component } from '../store.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'

const costState = once(() => z.strictObject({ modelBps: z.number() }))
const costComponent: Component<z.infer<ReturnType<typeof costState>>> = {
  name: 'cost-model',
  parse: (value) => costState().safeParse(value).data,
  seed: () => ({ modelBps: 0.9 }),
}

const recalibratedSessions = 20
/** By how much the fault makes each session dearer, and how long before it was switched on that began. */
const [excessBps, reachesBackMs] = [2.8, 45 * 86_400_000]
const usualThresholdBps = 2

/** Basis points of the price that was decided on, of one session. */
export function realisedSlippage({ faults }: World, { date, closeMs }: Session): number {
  const since = faults.get('cost-gap')
  const excess = since !== undefined && closeMs > since.getTime() - reachesBackMs ? excessBps : 0
  return rounded(between(`slippage on ${date}`, 0.5, 1.3) + excess, 3)
}

function meanOver(world: World, sessions: number): number {
  const found = mean(sessionsBack(world, sessions).map((session) => realisedSlippage(world, session)))
  return found === undefined ? refuse('no session was traded') : rounded(found, 3)
}

export const costReads: Readonly<Record<string, ReadHandler>> = {
  'metrics.slippage': (world, args) => {
    const { modelBps } = readComponent(world, costComponent)
    const overBps = optionalNumber(args, 'overBps') ?? usualThresholdBps
    const bps = sessionsBack(world, intOf(args, 'sessions')).map((session) =>
      rounded(realisedSlippage(world, session) - modelBps, 3),
    )
    return { days: bps.length, bps, overDays: bps.filter((each) => each > overBps).length }
  },
  'metrics.costModel': (world, args) => {
    const realisedBps = meanOver(world, intOf(args, 'sessions'))
    const { modelBps } = readComponent(world, costComponent)
    return { realisedBps, modelBps, gapBps: rounded(Math.abs(realisedBps - modelBps), 3) }
  },
}

export const costEffects: Readonly<Record<string, EffectHandler>> = {
  'research.recalibrateCost': effectOn(costComponent, (state, world) => {
    state.modelBps = meanOver(world, recalibratedSessions)
    return { modelBps: state.modelBps }
  }),
}
