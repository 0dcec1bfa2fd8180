/** What each fault of models turns: method, arguments, path into the result, its value without the fault and with it. */
import { expect } from 'vitest'
import type { modelFaults } from '../../../../src/adapters/paper/models/faults.ts'
import type { Args } from '../desk.ts'

const below = (bound: number): unknown => expect.toSatisfy((value: number) => value < bound)
const above = (bound: number): unknown => expect.toSatisfy((value: number) => value > bound)
const model = { model: 'signal' }
const shadow = { ...model, version: 'v1.5.0' }

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
  ],
  'shadow-slow': [
    ['inference.compareShadow', shadow, ['latencyRatio'], below(1.2), above(1.2)],
    ['inference.compareShadow', shadow, ['cpuShare'], below(0.6), above(0.6)],
    ['inference.latency', shadow, ['p99Ms'], below(100), below(100)],
  ],
  'signal-explosion': [['inference.predictions', { ...model, last: 100 }, ['maxAbsZ'], below(3), above(6)]],
  'unlabelled-model': [
    ['registry.labels', {}, ['models', 0, 'current'], true, false],
    ['registry.attestations', { ...model, version: 'v1.4.0' }, ['label'], 'refit', 'none'],
    ['registry.attestations', { ...model, version: 'v1.5.0' }, ['label'], 'refit', 'refit'],
  ],
}
