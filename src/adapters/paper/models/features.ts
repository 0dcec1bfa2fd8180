/** The port `features`, and what research says of single features. */
import { addDays } from '../../../calendar/dates.ts'
import { localDate } from '../../../calendar/zone.ts'
import { twoSampleKs } from '../../../statistics/ks.ts'
import { mean } from '../../../statistics/moments.ts'
import { psiNoDriftQuantile } from '../../../statistics/psi-quantile.ts'
import type { PsiVerdict } from '../../../statistics/psi.ts'
import { binCount, epsilon, judgePsi, populationStability } from '../../../statistics/psi.ts'
import type { Arguments } from '../arguments.ts'
import { intOf, optionalText, textOf } from '../arguments.ts'
import { rounded } from '../chance.ts'
import { refuse } from '../failure.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { liveVersion } from '../inference-hosts.ts'
import { instruments } from '../instruments.ts'
import { requireModel } from '../registry-state.ts'
import { routingComponent } from '../routing.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'
import { driftOf, troubled } from './drift.ts'
import { featureComponent, requireFeature } from './feature-state.ts'
import { importanceOf } from './importance.ts'
import { liveValues, trainingBins, trainingValues } from './observations.ts'

const usualSessions = 5
const driftThreshold = 0.25
const stableThreshold = 0.1
const rowsPerDay = 78 * instruments.length

interface Measured {
  readonly n: number
  readonly psi: number
  readonly quantile999: number
}

function measure(world: World, feature: string, sessions: number): Measured {
  const live = liveValues(world, feature, sessions)
  const psi = populationStability(trainingBins(world, feature), live)
  if (psi === undefined) return refuse(`${feature} has no live values that can be compared`)
  return { n: live.length, psi: rounded(psi, 5), quantile999: rounded(psiNoDriftQuantile(live.length), 5) }
}

const verdictOf = ({ psi, n }: Measured): PsiVerdict => judgePsi(psi, n, driftThreshold)
const isClean = ({ faults }: World, feature: string): boolean =>
  !(feature === troubled['leaking-feature'] && faults.has('leaking-feature'))

function featuresAudited(world: World, args: Arguments): readonly string[] {
  const named = optionalText(args, 'feature')
  const own = named === undefined ? [] : [requireFeature(named).feature]
  if (args['model'] === undefined) return named === undefined ? refuse('name a feature or a model') : own
  requireModel(args)
  return [...new Set([...liveVersion(world).features, ...own])]
}

export const featureReads: Readonly<Record<string, ReadHandler>> = {
  'features.psi': (world, args) => {
    requireModel(args)
    const sessions = args['sessions'] === undefined ? usualSessions : intOf(args, 'sessions')
    const features = importanceOf(world)
      .slice(0, intOf(args, 'top'))
      .map(({ feature, rank }) => {
        const measured = measure(world, feature, sessions)
        return { feature, rank, ...measured, verdict: verdictOf(measured) }
      })
    const [worst] = features.toSorted((a, b) => b.psi - a.psi)
    if (worst === undefined) return refuse('the live version has no features')
    const count = (verdict: PsiVerdict): number => features.filter((each) => each.verdict === verdict).length
    const counts = { drifted: count('drifted'), undetermined: count('undetermined') }
    return { features, worst: worst.feature, worstPsi: worst.psi, ...counts, bins: binCount, epsilon }
  },
  'features.validate': (world, args) => {
    const { feature, share } = requireFeature(textOf(args, 'feature'))
    const { psi, n } = measure(world, feature, usualSessions)
    const ranked = importanceOf(world).find((each) => each.feature === feature)
    return {
      ...{ psi, n, stable: judgePsi(psi, n, stableThreshold) === 'stable' },
      ...{ lookAheadClean: isClean(world, feature), importanceShare: ranked?.share ?? share },
    }
  },
  'features.schema': (world, args) => {
    const { feature } = requireFeature(textOf(args, 'feature'))
    const found = readComponent(world, featureComponent).documented.find((each) => each.feature === feature)
    return found === undefined ? { documented: false } : { documented: true, filedAt: found.filedAt }
  },
  'research.distribution': (world, args) => {
    requireModel(args)
    const { feature } = requireFeature(textOf(args, 'feature'))
    if (!liveVersion(world).features.includes(feature)) return refuse(`the live version does not have ${feature}`)
    const [live, training] = [liveValues(world, feature, usualSessions), trainingValues(world, feature)]
    const ks = twoSampleKs(live, training)
    const [liveMean, trainMean] = [mean(live), mean(training)]
    if (ks === undefined || liveMean === undefined || trainMean === undefined)
      return refuse(`${feature} has no live values that can be compared`)
    return {
      ...{ ...measure(world, feature, usualSessions), bins: binCount, epsilon },
      ...{ ks: rounded(ks.statistic, 5), ksP: ks.p, trainN: training.length },
      ...{ liveMean: rounded(liveMean, 5), trainMean: rounded(trainMean, 5) },
    }
  },
  'research.auditLookAhead': (world, args) => {
    const audited = featuresAudited(world, args)
    const checked = rowsPerDay * 60 * audited.length
    const leaking = audited.filter((feature) => !isClean(world, feature))
    if (leaking.length === 0) return { clean: true, leaking, checked }
    const firstLeak = world.calendar.previous(world.calendar.previous(world.now().getTime()).openMs)
    return { clean: false, leaking, firstLeakAt: new Date(firstLeak.openMs).toISOString(), checked }
  },
  'research.driftCause': (world, args) => {
    const drift = driftOf(world, requireFeature(textOf(args, 'feature')).feature)
    const [vendorFormatChanged, missingColumn] = [drift === 'format', drift === 'missing']
    const pipeline = vendorFormatChanged || missingColumn
    return { pipeline, regime: drift === 'regime', vendorFormatChanged, missingColumn }
  },
}

export const featureEffects: Readonly<Record<string, EffectHandler>> = {
  'features.backfill': effectOn(featureComponent, (state, world, args) => {
    const { feature } = requireFeature(textOf(args, 'feature'))
    const windowDays = intOf(args, 'windowDays')
    const { dataVendor: vendor } = readComponent(world, routingComponent)
    const now = world.now()
    const others = state.backfills.filter((each) => each.feature !== feature)
    state.backfills = [...others, { feature, at: now.toISOString(), vendor }]
    const to = localDate(world.calendar.zone, now.getTime())
    const from = addDays(to, -windowDays)
    const first = from < world.calendar.horizon.from ? refuse(`no data go back to ${from}`) : from
    return { rows: world.calendar.sessions(first, to).length * rowsPerDay, from, to }
  }),
  'features.tag': effectOn(featureComponent, (state, _world, args) => {
    const [feature, tag] = [optionalText(args, 'feature'), textOf(args, 'tag')]
    if (feature !== undefined) requireFeature(feature)
    if (!state.tags.some((known) => known.tag === tag && known.feature === feature))
      state.tags.push(feature === undefined ? { tag } : { feature, tag })
    return { tag }
  }),
  'features.updateSchema': effectOn(featureComponent, (state, world, args) => {
    const { feature } = requireFeature(textOf(args, 'feature'))
    const filedAt = optionalText(args, 'filedAt') ?? world.now().toISOString()
    state.documented = [...state.documented.filter((each) => each.feature !== feature), { feature, filedAt }]
    return { filedAt }
  }),
}
