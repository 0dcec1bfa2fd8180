/**
 * Population Stability Index of a live sample against bins that were frozen in training. A share of nothing counts as epsilon, so that a
 * bin that nobody is in has a finite weight.
 */
import { psiNoDriftQuantile } from './psi-quantile.ts'

export const binCount = 10
export const epsilon = 1e-4
/** Below this many live values the index says too little about a threshold. */
export const fewestObservations = 250

export interface FrozenBins {
  /** Upper ends of all bins but the last; a value on an end belongs to the bin below it. */
  readonly edges: readonly number[]
  /** Share of the training values in each bin. */
  readonly shares: readonly number[]
}

/** Deciles of the training values. Equal values share one edge, so there may be fewer bins. A RangeError for no or non-finite values. */
export function freezeDeciles(training: readonly number[]): FrozenBins {
  if (training.length === 0 || !training.every(Number.isFinite))
    throw new RangeError('training values are finite numbers')
  const sorted = training.toSorted((a, b) => a - b)
  const deciles = Array.from({ length: binCount - 1 }, (_, index) => {
    return sorted[Math.ceil(((index + 1) / binCount) * sorted.length) - 1] ?? 0
  })
  const edges = [...new Set(deciles)]
  return { edges, shares: sharesOf(edges, training) }
}

/** `undefined` where there are no live values, or one is not a number. */
export function populationStability({ edges, shares }: FrozenBins, live: readonly number[]): number | undefined {
  if (live.length === 0 || !live.every(Number.isFinite)) return undefined
  const now = sharesOf(edges, live)
  return shares.reduce((total, share, bin) => {
    const [before, after] = [Math.max(share, epsilon), Math.max(now[bin] ?? 0, epsilon)]
    return total + (after - before) * Math.log(after / before)
  }, 0)
}

function sharesOf(edges: readonly number[], values: readonly number[]): readonly number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0)
  for (const value of values) {
    const above = edges.findIndex((edge) => value <= edge)
    const bin = above === -1 ? edges.length : above
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts.map((count) => count / values.length)
}

export type PsiVerdict = 'stable' | 'drifted' | 'undetermined'

/**
 * What an index of so many live values says about a threshold. Few values show drift only where the index lies above both the threshold
 * and what 999 of 1000 samples without any drift would show; otherwise they decide nothing.
 */
export function judgePsi(psi: number, observations: number, threshold: number): PsiVerdict {
  if (observations >= fewestObservations) return psi > threshold ? 'drifted' : 'stable'
  return psi > Math.max(threshold, psiNoDriftQuantile(observations)) ? 'drifted' : 'undetermined'
}
