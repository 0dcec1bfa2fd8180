/** Figures by name, as a metrics system keeps them: now, and at the close of each session. */
import type { Session } from '../../../calendar/calendar.ts'
import { mean } from '../../../statistics/moments.ts'
import { nearestRank } from '../../../statistics/percentile.ts'
import { twoSampleKs } from '../../../statistics/ks.ts'
import { intOf, textOf } from '../arguments.ts'
import { between, normalsOf, rounded } from '../chance.ts'
import { refuse } from '../failure.ts'
import type { FaultId } from '../faults.ts'
import type { ReadHandler } from '../handler.ts'
import { shareUnder } from '../inference-hosts.ts'
import { sessionsBack } from '../operations/sessions.ts'
import { pnlOf } from '../performance.ts'
import { readProduction, requireModel } from '../registry-state.ts'
import { tradesOn } from '../turnover.ts'
import type { World } from '../world.ts'
import { realisedSlippage } from './costs.ts'
import { capital } from './exposure.ts'

interface Measure {
  readonly unit: string
  /** At the close of a session. */
  readonly at: (world: World, session: Session) => number
}

const predictionsPerSession = 468
const baselineSessions = 30
/** Sessions before the moment in which a decline was switched on that it shows in. */
const declinesBackMs = 21 * 86_400_000

const within = (name: string, low: number, high: number): Measure['at'] => {
  return (_world, { date }) => rounded(between(`${name} on ${date}`, low, high), 4)
}

/** Declines over the sessions around the fault, and recovers with the first session of another version. */
function sharpeAt(world: World, { date, closeMs }: Session): number {
  const since = world.faults.get('sharpe-declining')
  const changed = readProduction(world).since.getTime()
  const isPast = since !== undefined && changed >= since.getTime() && closeMs > changed
  const declines = since !== undefined && closeMs > since.getTime() - declinesBackMs && !isPast
  return rounded(between(`sharpe on ${date}`, 1.3, 1.8) - (declines ? 1.25 : 0), 3)
}

/** Of a session's predictions against those of the thirty sessions before it. */
function predictionShift(world: World, session: Session) {
  const scale = shareUnder(world, 'signal-explosion') > 0 ? 3.6 : 1
  const live = normalsOf(`predictions on ${session.date}`, predictionsPerSession).map((z) => z * scale)
  const baseline = sessionsBack(world, baselineSessions).flatMap(({ date }) =>
    normalsOf(`predictions before ${date}`, 60),
  )
  const test = twoSampleKs(live, baseline) ?? refuse('there is nothing to compare predictions with')
  return { ks: rounded(test.statistic, 4), p: rounded(test.p, 4), n: live.length, baselineN: baseline.length }
}

/** Losses only, as a share of capital. */
const lossOver = (world: World, session: Session, sessions: number): number => {
  let [total, each] = [0, session]
  for (let n = 0; n < sessions; n++) {
    total += pnlOf(world, each)
    each = world.calendar.previous(each.openMs)
  }
  return rounded(Math.max(0, -total) / capital, 5)
}

const measures: Readonly<Record<string, Measure>> = {
  pnl: { unit: 'USD', at: pnlOf },
  model_sharpe: { unit: 'annual', at: sharpeAt },
  prediction_ks: { unit: 'ratio', at: (world, session) => predictionShift(world, session).ks },
  slippage_bps: { unit: 'bps', at: realisedSlippage },
  fill_rate: { unit: 'ratio', at: within('fill rate', 0.962, 0.995) },
  daily_drawdown: { unit: 'ratio', at: (world, session) => lossOver(world, session, 1) },
  weekly_drawdown: { unit: 'ratio', at: (world, session) => lossOver(world, session, 5) },
  trades: { unit: 'count', at: (_world, { date }) => tradesOn(date) },
  largest_trade_share: { unit: 'ratio', at: within('largest trade', 0.02, 0.06) },
  job_queue_depth: {
    unit: 'count',
    at: (world, { date }) =>
      Math.round(between(`jobs on ${date}`, 5, 90)) + (world.faults.has('job-queue-deep') ? 1400 : 0),
  },
}

function measureOf(name: string): Measure {
  const known = Object.hasOwn(measures, name) ? measures[name] : undefined
  return known ?? refuse(`there is no metric ${name}; known: ${Object.keys(measures).join(', ')}`)
}

/** Milliseconds that one measurement took; undefined: it never came back. */
type Timing = (world: World, name: string) => number | undefined

const answering = (usual: number, slow: FaultId, lost: FaultId): Timing => {
  return ({ faults }, name) =>
    faults.has(lost) ? undefined : usual * (0.7 + 0.6 * between(name, 0, 1)) * (faults.has(slow) ? 50 : 1)
}
const timings: Readonly<Record<string, Timing>> = {
  broker_heartbeat_ms: answering(12, 'latency-high', 'heartbeat-lost'),
}
const pingEveryMs = 10_000

export const measureReads: Readonly<Record<string, ReadHandler>> = {
  'metrics.predictionShift': (world, args) => {
    requireModel(args)
    const session = world.calendar.previous(world.now().getTime())
    return { date: session.date, ...predictionShift(world, session) }
  },
  'metrics.query': (world, args) => {
    const { unit, at } = measureOf(textOf(args, 'name'))
    const session = world.calendar.previous(world.now().getTime())
    return { value: at(world, session), at: new Date(session.closeMs).toISOString(), unit }
  },
  'metrics.queryRange': (world, args) => {
    const { unit, at } = measureOf(textOf(args, 'name'))
    const points = sessionsBack(world, intOf(args, 'sessions')).map((session) => ({
      at: new Date(session.closeMs).toISOString(),
      value: at(world, session),
    }))
    const average = mean(points.map(({ value }) => value)) ?? refuse('no session is measured')
    return { points, count: points.length, mean: rounded(average, 4), unit }
  },
  'metrics.quantiles': (world, args) => {
    const [name, count] = [textOf(args, 'name'), intOf(args, 'last')]
    const timing = (Object.hasOwn(timings, name) ? timings[name] : undefined) ?? refuse(`nothing is timed as ${name}`)
    const last = Math.floor(world.now().getTime() / pingEveryMs)
    const taken = Array.from({ length: count }, (_, index) => timing(world, `${name} ${String(last - index)}`))
    const values = taken.filter((each) => each !== undefined)
    const missing = count - values.length
    const ranked = (['p50', 'p95', 'p99'] as const).flatMap((rank) => {
      const found = nearestRank(values, Number(rank.slice(1)), missing)
      return found === undefined ? [] : [[rank, rounded(found, 3)] as const]
    })
    return { count, missing, unit: 'ms', ...Object.fromEntries(ranked) }
  },
}
