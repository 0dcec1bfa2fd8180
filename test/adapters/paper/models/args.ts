/** Arguments with which every method of models answers on a fresh desk; effects in an order in which they all can take place. */
import type { Args } from '../desk.ts'

const model = { model: 'signal' }
const version = { ...model, version: 'v1.5.0' }
const feature = { feature: 'momentum_20d' }

export const modelReadArgs: Readonly<Record<string, Args>> = {
  'registry.listVersions': model,
  'registry.events': { ...model, event: 'drift', days: 90 },
  'inference.slots': model,
  'inference.requests': { ...model, feature: 'momentum_20d' },
  'inference.latency': model,
  'inference.errors': { ...model, minutes: 30 },
  'inference.compareShadow': { ...model, version: 'v1.5.0' },
  'inference.shadowSignals': { ...model, version: 'v1.5.0' },
  'features.psi': { ...model, top: 10 },
  'features.validate': feature,
  'features.schema': feature,
  'research.crossValidate': model,
  'research.backtestVectorized': version,
  'research.backtestOms': version,
  'research.importance': model,
  'research.contribution': { ...model, ...feature },
  'research.distribution': { ...model, ...feature },
  'research.auditLookAhead': feature,
  'research.driftCause': feature,
  'research.agreement': { ...version, prior: 'v1.4.0' },
  'metrics.query': { name: 'model_sharpe' },
  'metrics.queryRange': { name: 'prediction_ks', sessions: 3 },
  'metrics.quantiles': { name: 'broker_heartbeat_ms', last: 18 },
  'metrics.slippage': { sessions: 5 },
  'metrics.costModel': { sessions: 20 },
  'risk.nextTrades': { hours: 4 },
}

export const modelEffectArgs: Readonly<Record<string, Args>> = {
  'inference.loadIdle': { ...model, version: 'v1.5.0' },
  'inference.switchTo': { ...model, version: 'v1.5.0' },
  'inference.restart': { host: 'inference-1' },
  'registry.attest': { ...model, version: 'v1.5.0', gatesPassed: 14, committeeApproved: false },
  'registry.label': { ...model, version: 'v1.5.0', label: 'retrain', reason: 'the edge decays' },
  'registry.addEvent': { ...model, event: 'drift', text: 'PSI 0.31 on momentum_20d' },
  'research.train': { ...model, windowDays: 365 },
  'research.recalibrateCost': {},
  'features.backfill': { ...feature, windowDays: 365 },
  'features.tag': { tag: 'features_v2.4.0' },
  'features.updateSchema': { ...feature, filedAt: '2026-11-19T12:00:00-05:00' },
  'risk.reduce': { symbol: 'AAPL', target: '0.5' },
  'risk.autoFlatten': {},
  'risk.resetAlert': {},
}
