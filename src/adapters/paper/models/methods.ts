/** Models, their data and their risk: joined from one file per subject. */
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { backtestReads } from './backtests.ts'
import { capacityReads } from './capacity.ts'
import { costEffects, costReads } from './costs.ts'
import { featureEffects, featureReads } from './features.ts'
import { importanceReads } from './importance.ts'
import { measureReads } from './measures.ts'
import { riskReads } from './risk.ts'
import { riskEffects } from './risk-reduction.ts'
import { trainingEffects, trainingReads } from './training.ts'

export const modelReads: Readonly<Record<string, ReadHandler>> = {
  ...featureReads,
  ...importanceReads,
  ...backtestReads,
  ...trainingReads,
  ...costReads,
  ...measureReads,
  ...capacityReads,
  ...riskReads,
}

export const modelEffects: Readonly<Record<string, EffectHandler>> = {
  ...featureEffects,
  ...trainingEffects,
  ...costEffects,
  ...riskEffects,
}
