/** Cross-validation of feature sets, new versions made of them, and whether two versions agree. */
import { localDate } from '../../../calendar/zone.ts'
import { addDays } from '../../../calendar/dates.ts'
import { annualSharpe, deflatedSharpe, sessionsPerYear } from '../../../statistics/sharpe.ts'
import type { Arguments } from '../arguments.ts'
import { intOf, optionalText, textOf, textsOf } from '../arguments.ts'
import { between, rounded } from '../chance.ts'
import { refuse } from '../failure.ts'
import { findFeature } from '../feature-set.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { liveVersion } from '../inference-hosts.ts'
import type { RegistryState, Version } from '../registry-state.ts'
import {
  artefactOf,
  dataHashOf,
  readVersion,
  registryComponent,
  requireModel,
  requireRegistry,
} from '../registry-state.ts'
import { routingComponent } from '../routing.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'
import { isBrokenCandidate } from './backtests.ts'
import { requireFeature } from './feature-state.ts'
import { returnsOf } from './returns.ts'
import { sha256 } from '../../../model/sha256.ts'

const folds = 8
const sessions = 504
/** How many feature sets were tried, and how far their annual Sharpe ratios spread; many more under the fault. */
const [usualTrials, manyTrials] = [12, 900]
const trialSpread = 0.3
/** What fresh data alone are worth. */
const refreshed = 1.02

/** The whole list, or the live features and one more, or the live features. */
function featuresAsked(world: World, args: Arguments): readonly string[] {
  const added = optionalText(args, 'feature')
  if (args['features'] !== undefined && added !== undefined) return refuse('give either features or a feature')
  const { features } = liveVersion(world)
  const beside = added === undefined || features.includes(added) ? features : [...features, added]
  return [...new Set(args['features'] === undefined ? beside : textsOf(args, 'features'))].map(
    (name) => requireFeature(name).feature,
  )
}

const weightOf = (features: readonly string[]): number =>
  features.reduce((sum, name) => sum + (findFeature(name)?.share ?? 0), 0)

/** A set earns as its features are important: two thirds of what a feature adds in share it adds in Sharpe ratio. */
const sharpeOf = (live: Version, features: readonly string[]): number =>
  live.metrics.sharpe * refreshed * (1 + (weightOf(features) - weightOf(live.features)) * 0.66)

function crossValidate(name: string, sharpe: number, trials: number) {
  const returns = returnsOf(`folds of ${name}`, sharpe, sessions)
  const [found, deflated] = [
    annualSharpe(returns),
    deflatedSharpe(returns, { count: trials, variance: trialSpread ** 2 / sessionsPerYear }),
  ]
  if (found === undefined || deflated === undefined) return refuse('the folds have no Sharpe ratio')
  return { sharpe: rounded(found, 4), deflatedSharpe: rounded(deflated, 5) }
}

export const trainingReads: Readonly<Record<string, ReadHandler>> = {
  'research.crossValidate': (world, args) => {
    requireModel(args)
    const live = liveVersion(world)
    const features = featuresAsked(world, args)
    const sharpe = sharpeOf(live, features) * (world.faults.has('cv-worse') ? 0.8 : 1)
    const trials = world.faults.has('deflated-lower') ? manyTrials : usualTrials
    // Both sets meet the same market, so only their worth and the number of trials tell them apart.
    const baseline = crossValidate(live.version, live.metrics.sharpe, usualTrials)
    return {
      ...{ folds, purged: true, ...crossValidate(live.version, sharpe, trials), trials },
      ...{ baselineSharpe: baseline.sharpe, baselineDeflatedSharpe: baseline.deflatedSharpe },
    }
  },
  'research.agreement': (world, args) => {
    requireModel(args)
    const [version, prior] = [readVersion(world, textOf(args, 'version')), readVersion(world, textOf(args, 'prior'))]
    const { traded } = readComponent(world, routingComponent)
    if (traded.length === 0) return refuse('no symbol is traded, so nothing is predicted')
    const diverges = isBrokenCandidate(world, version, 'shadow-diverges')
    const odd = Math.floor(between(`${version.version} against ${prior.version}`, 0, traded.length))
    const agrees = (index: number): boolean => (diverges ? index % 2 === 0 : index !== odd || traded.length < 4)
    const agreeing = version.version === prior.version ? traded.length : traded.filter((_, i) => agrees(i)).length
    return { symbols: traded.length, agreeing, share: agreeing / traded.length }
  },
}

/** `v1.6.0-20261119`: the next minor version, since features or parameters change and the architecture does not. */
function nextName({ versions }: RegistryState, date: string): string {
  const numbers = versions.flatMap(({ version }) => {
    const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(version) ?? []
    return major === undefined || minor === undefined ? [] : [{ major: Number(major), minor: Number(minor) }]
  })
  const major = Math.max(1, ...numbers.map((each) => each.major))
  const minor = Math.max(0, ...numbers.filter((each) => each.major === major).map((each) => each.minor))
  return `v${String(major)}.${String(minor + 1)}.0-${date.replaceAll('-', '')}`
}

export const trainingEffects: Readonly<Record<string, EffectHandler>> = {
  'research.train': effectOn(registryComponent, (state, world, args) => {
    requireModel(args)
    requireRegistry(world)
    const features = featuresAsked(world, args)
    const trainedTo = localDate(world.calendar.zone, world.now().getTime())
    const name = nextName(state, trainedTo)
    const made: Version = {
      version: name,
      artefact: artefactOf(name),
      pinnedHash: sha256(artefactOf(name)),
      restingStatus: 'staging',
      createdAt: world.now().toISOString(),
      createdBy: 'training-pipeline',
      tags: [],
      gatesPassed: 0,
      committeeApproved: false,
      label: 'none',
      metrics: {
        sharpe: rounded(sharpeOf(liveVersion(world), features), 3),
        drawdown: rounded(between(`drawdown of ${name}`, 0.07, 0.1), 3),
        winRate: rounded(between(`win rate of ${name}`, 0.52, 0.55), 3),
      },
      features: [...features],
      trainedFrom: addDays(trainedTo, -intOf(args, 'windowDays')),
      trainedTo,
    }
    state.versions.push(made)
    const dates = { trainedFrom: addDays(trainedTo, -intOf(args, 'windowDays')), trainedTo }
    return { version: name, hash: made.pinnedHash, dataHash: dataHashOf(made), ...dates }
  }),
}
