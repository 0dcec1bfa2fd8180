/** What each fault of models turns: method, arguments, path into the result, its value without the fault and with it. */
import { expect } from 'vitest'
import type { modelFaults } from '../../../../src/adapters/paper/models/faults.ts'
import type { Args } from '../desk.ts'

const below = (bound: number): unknown => expect.toSatisfy((value: number) => value < bound)
const above = (bound: number): unknown => expect.toSatisfy((value: number) => value > bound)
const isLess = (bound: string): unknown => expect.toSatisfy((value: string) => Number(value) < Number(bound))
const isMore = (bound: string): unknown => expect.toSatisfy((value: string) => Number(value) > Number(bound))
const model = { model: 'signal' }
const shadow = { ...model, version: 'v1.5.0' }
const live = { ...model, version: 'v1.4.0' }
const top = { ...model, top: 10 }

type Probe = readonly [
  method: string,
  args: Args,
  path: readonly (string | number)[],
  healthy: unknown,
  faulty: unknown,
]

/** On a desk that has had v1.5.0 in the shadow for three sessions. */
export const modelProbes: Readonly<Record<(typeof modelFaults)[number][0], readonly Probe[]>> = {
  'host-unhealthy': [['inference.healthz', {}, ['hosts', 4, 'healthy'], true, false]],
  'inference-slow': [
    ['inference.latency', model, ['p99Ms'], below(100), above(150_000)],
    ['inference.errors', { ...model, minutes: 5 }, ['p99Ms'], below(100), above(150_000)],
    ['inference.latency', model, ['decayHorizonMs'], 300_000, 300_000],
  ],
  'error-rate-high': [
    ['inference.errors', { ...model, minutes: 5 }, ['errors'], 0, 2],
    ['inference.errors', { ...model, minutes: 60 }, ['errorRate'], below(0.01), above(0.05)],
  ],
  'shadow-diverges': [
    ['inference.shadowLog', shadow, ['maxDivergence'], 1.08, 1.63],
    ['inference.compareShadow', shadow, ['sessions'], 3, 3],
    ['inference.compareShadow', shadow, ['correlation'], above(0.9), below(0.6)],
    ['inference.compareShadow', shadow, ['improvement'], above(0.04), below(-0.4)],
    ['inference.compareShadow', shadow, ['agreementShare'], above(0.85), below(0.8)],
    ['inference.compareShadow', shadow, ['extremeSignals'], 0, above(0)],
    ['inference.shadowSignals', shadow, ['correlation'], above(0.9), below(0.6)],
    ['inference.shadowSignals', shadow, ['extremeSignals'], 0, above(0)],
  ],
  'shadow-slow': [
    ['inference.compareShadow', shadow, ['latencyRatio'], below(1.2), above(1.2)],
    ['inference.compareShadow', shadow, ['cpuShare'], below(0.6), above(0.6)],
    ['inference.latency', shadow, ['p99Ms'], below(100), below(100)],
  ],
  'signal-explosion': [
    ['inference.predictions', { ...model, last: 100 }, ['maxAbsZ'], below(3), above(6)],
    ['metrics.query', { name: 'prediction_ks' }, ['value'], below(0.15), above(0.15)],
    ['risk.nextTrades', { hours: 4 }, ['trades', 0, 'quantity'], isLess('500'), isMore('500')],
  ],
  'unlabelled-model': [
    ['registry.labels', {}, ['models', 0, 'current'], true, false],
    ['registry.attestations', { ...model, version: 'v1.4.0' }, ['label'], 'refit', 'none'],
    ['registry.attestations', { ...model, version: 'v1.5.0' }, ['label'], 'refit', 'refit'],
  ],
  'drifted-feature': [
    ['features.psi', top, ['worstPsi'], below(0.1), above(0.5)],
    ['features.psi', top, ['drifted'], 0, 1],
    ['features.psi', top, ['worst'], expect.anything(), 'momentum_20d'],
    ['research.driftCause', { feature: 'momentum_20d' }, ['regime'], false, true],
    ['research.driftCause', { feature: 'momentum_20d' }, ['pipeline'], false, false],
    ['research.distribution', { ...model, feature: 'momentum_20d' }, ['ksP'], above(0.0001), below(1e-9)],
    ['features.validate', { feature: 'momentum_20d' }, ['stable'], true, false],
    ['research.auditLookAhead', { feature: 'momentum_20d' }, ['clean'], true, true],
  ],
  'pipeline-drift': [
    ['features.psi', top, ['drifted'], 0, 1],
    ['research.driftCause', { feature: 'order_imbalance' }, ['vendorFormatChanged'], false, true],
    ['research.driftCause', { feature: 'order_imbalance' }, ['regime'], false, false],
    ['data.schema', {}, ['matches'], true, false],
  ],
  'constant-feature': [
    ['features.psi', top, ['worstPsi'], below(0.1), above(8)],
    ['research.driftCause', { feature: 'short_interest' }, ['missingColumn'], false, true],
  ],
  'leaking-feature': [
    ['research.auditLookAhead', { feature: 'earnings_surprise' }, ['clean'], true, false],
    ['features.validate', { feature: 'earnings_surprise' }, ['lookAheadClean'], true, false],
    ['features.psi', top, ['drifted'], 0, 1],
    ['research.driftCause', { feature: 'earnings_surprise' }, ['pipeline'], false, false],
    ['research.driftCause', { feature: 'earnings_surprise' }, ['regime'], false, false],
  ],
  'few-observations': [
    ['features.psi', top, ['undetermined'], 0, 10],
    ['features.psi', top, ['features', 0, 'n'], above(2000), 40],
    ['features.validate', { feature: 'momentum_20d' }, ['stable'], true, false],
  ],
  'contribution-halved': [
    ['research.contribution', { ...model, feature: 'overnight_gap' }, ['halvedOver30d'], false, true],
    ['research.contribution', { ...model, feature: 'momentum_20d' }, ['halvedOver30d'], false, false],
  ],
  'importance-churn': [
    ['research.importance', model, ['top5Changed'], 0, 2],
    ['research.importance', model, ['features', 0, 'rank'], 1, 1],
  ],
  'cv-worse': [['research.crossValidate', model, ['sharpe'], above(1.56), below(1.5)]],
  'deflated-lower': [
    ['research.crossValidate', model, ['sharpe'], above(1.56), above(1.56)],
    ['research.crossValidate', model, ['deflatedSharpe'], above(0.9), below(0.9)],
    ['research.crossValidate', model, ['baselineDeflatedSharpe'], above(0.9), above(0.9)],
  ],
  'backtest-oms-fails': [
    ['research.backtestOms', shadow, ['sharpe'], above(1.2), below(1)],
    ['research.backtestVectorized', shadow, ['sharpe'], above(1.5), above(1.5)],
    ['research.backtestOms', live, ['sharpe'], above(1.2), above(1.2)],
  ],
  'overfitted-model': [
    ['research.backtestVectorized', shadow, ['inSampleSharpe'], 1.64, 1.64],
    ['research.backtestVectorized', shadow, ['outOfSampleSharpe'], above(1.4), below(1)],
    ['research.backtestOms', shadow, ['outOfSampleSharpe'], above(1.2), below(0.9)],
  ],
  'sharpe-declining': [
    ['metrics.query', { name: 'model_sharpe' }, ['value'], above(1.2), below(0.6)],
    ['metrics.queryRange', { name: 'model_sharpe', sessions: 10 }, ['points', 0, 'value'], above(1.2), below(0.6)],
  ],
  'job-queue-deep': [['metrics.query', { name: 'job_queue_depth' }, ['value'], below(100), above(1000)]],
  'cost-gap': [
    ['metrics.costModel', { sessions: 20 }, ['gapBps'], below(0.5), above(2)],
    ['metrics.slippage', { sessions: 5 }, ['overDays'], 0, 5],
  ],
  'concentration-high': [
    ['metrics.concentration', {}, ['largestShare'], below(0.25), above(0.4)],
    ['metrics.concentration', {}, ['symbol'], expect.anything(), 'NVDA'],
  ],
  'capacity-70': [['metrics.capacity', {}, ['nearest70'], 0, 2]],
  'var-over-80': [
    ['risk.utilisation', {}, ['share'], below(0.2), 0.86],
    ['risk.breaches', {}, ['count'], 0, 0],
  ],
  'risk-breach': [
    ['risk.utilisation', {}, ['share'], below(0.2), 1.15],
    ['risk.breaches', {}, ['count'], 0, 1],
    ['risk.breaches', {}, ['alertRaised'], false, true],
    ['risk.breaches', {}, ['breaches', 0, 'limit'], undefined, 'value-at-risk'],
  ],
}
