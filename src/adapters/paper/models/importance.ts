/** How important each feature is to the version that serves, and how that changes over a month. */
import { addDays } from '../../../calendar/dates.ts'
import { localDate } from '../../../calendar/zone.ts'
import { textOf } from '../arguments.ts'
import { between, rounded } from '../chance.ts'
import { refuse } from '../failure.ts'
import { findFeature } from '../feature-set.ts'
import type { ReadHandler } from '../handler.ts'
import { liveVersion } from '../inference-hosts.ts'
import { unmended } from '../operations/fault-time.ts'
import { requireModel } from '../registry-state.ts'
import type { World } from '../world.ts'
import { troubled } from './drift.ts'
import { requireFeature } from './feature-state.ts'

/** They grow under the fault and drive two others out of the first five. */
const rising = new Set(['volume_z', 'option_skew'])
const risen = 5
const days = 30
/** Annual Sharpe ratio that all features together account for. */
const modelSharpe = 1.55

export interface Ranked {
  readonly feature: string
  readonly share: number
  readonly rank: number
}

/** Shares that sum to one, the largest first. A version that was made since the fault has other habits. */
export function importanceOf(world: World, daysAgo = 0): readonly Ranked[] {
  const live = liveVersion(world)
  const date = addDays(localDate(world.calendar.zone, world.now().getTime()), -daysAgo)
  const churns = daysAgo === 0 && unmended(world, 'importance-churn', live.createdAt) !== undefined
  const raw = live.features.map((feature) => {
    const usual = findFeature(feature)?.share ?? 0
    const noise = between(`importance of ${feature} in ${date.slice(0, 7)}`, 0.98, 1.02)
    return { feature, weight: usual * noise * (churns && rising.has(feature) ? risen : 1) }
  })
  const total = raw.reduce((sum, { weight }) => sum + weight, 0)
  return raw
    .sort((a, b) => b.weight - a.weight)
    .map(({ feature, weight }, index) => ({ feature, share: rounded(weight / total, 5), rank: index + 1 }))
}

const firstFive = (ranked: readonly Ranked[]): readonly string[] => ranked.slice(0, 5).map(({ feature }) => feature)

export const importanceReads: Readonly<Record<string, ReadHandler>> = {
  'research.importance': (world, args) => {
    requireModel(args)
    const [now, before] = [importanceOf(world), new Set(firstFive(importanceOf(world, days)))]
    return { features: now, top5Changed: firstFive(now).filter((feature) => !before.has(feature)).length }
  },
  'research.contribution': (world, args) => {
    requireModel(args)
    const { feature } = requireFeature(textOf(args, 'feature'))
    const found = importanceOf(world).find((each) => each.feature === feature)
    const before = importanceOf(world, days).find((each) => each.feature === feature)
    if (found === undefined || before === undefined) return refuse(`the live version does not have ${feature}`)
    const isHalved =
      feature === troubled['contribution-halved'] &&
      unmended(world, 'contribution-halved', liveVersion(world).createdAt) !== undefined
    const [sharpe, sharpe30dAgo] = [modelSharpe * found.share * (isHalved ? 0.4 : 1), modelSharpe * before.share]
    return {
      share: found.share,
      rank: found.rank,
      sharpe: rounded(sharpe, 4),
      sharpe30dAgo: rounded(sharpe30dAgo, 4),
      halvedOver30d: sharpe <= sharpe30dAgo / 2,
    }
  },
}
