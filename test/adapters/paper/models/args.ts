/** Arguments with which every method of models answers on a fresh desk; effects in an order in which they all can take place. */
import type { Args } from '../desk.ts'

const model = { model: 'signal' }

export const modelReadArgs: Readonly<Record<string, Args>> = {
  'registry.listVersions': model,
  'registry.events': { ...model, event: 'drift', days: 90 },
  'inference.slots': model,
  'inference.requests': { ...model, feature: 'momentum_20d' },
  'inference.latency': model,
  'inference.errors': { ...model, minutes: 30 },
  'inference.compareShadow': { ...model, version: 'v1.5.0' },
}

export const modelEffectArgs: Readonly<Record<string, Args>> = {
  'inference.loadIdle': { ...model, version: 'v1.5.0' },
  'inference.switchTo': { ...model, version: 'v1.5.0' },
  'inference.restart': { host: 'inference-1' },
  'registry.attest': { ...model, version: 'v1.5.0', gatesPassed: 14, committeeApproved: false },
  'registry.label': { ...model, version: 'v1.5.0', label: 'retrain', reason: 'the edge decays' },
  'registry.addEvent': { ...model, event: 'drift', text: 'PSI 0.31 on momentum_20d' },
}
