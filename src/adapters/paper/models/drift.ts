/**
 * What is wrong with the live values of a feature, and what has ended it: a regime by a version that was trained on it, a vendor's format by
 * computing the feature anew from another vendor, a missing column by computing it anew.
 */
import { localDate } from '../../../calendar/zone.ts'
import { liveVersion } from '../inference-hosts.ts'
import { unmended } from '../operations/fault-time.ts'
import { trainedOn } from '../registry-state.ts'
import { routingComponent } from '../routing.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'
import { featureComponent } from './feature-state.ts'

/** The feature that each fault is about. */
export const troubled = {
  'drifted-feature': 'momentum_20d',
  'pipeline-drift': 'order_imbalance',
  'vendor-format-changed': 'volume_z',
  'constant-feature': 'short_interest',
  'leaking-feature': 'earnings_surprise',
  'contribution-halved': 'overnight_gap',
} as const

/** `regime`: the market has changed, and so has what a version that was trained since then was trained on. */
export type Drift = 'none' | 'regime' | 'format' | 'missing' | 'leak'

export function driftOf(world: World, feature: string): Drift {
  const found = detectedDrift(world, feature)
  return found === 'regime' && isLearnt(world) ? 'none' : found
}

/** Whether the live version was trained on data of the new regime. */
export function isLearnt(world: World): boolean {
  const since = world.faults.get('drifted-feature')
  if (since === undefined) return false
  return trainedOn(liveVersion(world)).to >= localDate(world.calendar.zone, since.getTime())
}

/** The regime counts also where the live version has learnt it: the market stays what it has become. */
export function detectedDrift(world: World, feature: string): Drift {
  const backfill = readComponent(world, featureComponent).backfills.find((each) => each.feature === feature)
  if (feature === troubled['drifted-feature'] && world.faults.has('drifted-feature')) return 'regime'
  const format = (['pipeline-drift', 'vendor-format-changed'] as const).find((id) => feature === troubled[id])
  if (format !== undefined && world.faults.has(format)) {
    const elsewhere = readComponent(world, routingComponent).dataVendor === 'backup' && backfill?.vendor === 'backup'
    return elsewhere && unmended(world, format, backfill.at) === undefined ? 'none' : 'format'
  }
  if (feature === troubled['constant-feature'] && unmended(world, 'constant-feature', backfill?.at) !== undefined)
    return 'missing'
  return feature === troubled['leaking-feature'] && world.faults.has('leaking-feature') ? 'leak' : 'none'
}
