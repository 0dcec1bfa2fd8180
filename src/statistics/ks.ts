/** The Kolmogorov-Smirnov test of two samples. */

export interface KolmogorovSmirnov {
  /** Largest distance of the two empirical distributions, 0 to 1. */
  readonly statistic: number
  /** Probability of so large a distance where both come from one distribution; asymptotic. */
  readonly p: number
}

/** `undefined` where one of the samples is empty or has a value that is no number. */
export function twoSampleKs(a: readonly number[], b: readonly number[]): KolmogorovSmirnov | undefined {
  if (a.length === 0 || b.length === 0 || [...a, ...b].some(Number.isNaN)) return undefined
  const [first, second] = [a.toSorted((x, y) => x - y), b.toSorted((x, y) => x - y)]
  let [i, j, statistic] = [0, 0, 0]
  while (i < first.length && j < second.length) {
    const at = Math.min(first[i] ?? Infinity, second[j] ?? Infinity)
    // Ties are passed together: between them there is no step to compare.
    while ((first[i] ?? Infinity) <= at) i++
    while ((second[j] ?? Infinity) <= at) j++
    statistic = Math.max(statistic, Math.abs(i / first.length - j / second.length))
  }
  const effective = Math.sqrt((a.length * b.length) / (a.length + b.length))
  return { statistic, p: kolmogorovTail((effective + 0.12 + 0.11 / effective) * statistic) }
}

/** Probability that the Kolmogorov distribution exceeds `x`. */
export function kolmogorovTail(x: number): number {
  // Below this the alternating series needs many terms, and one to nine digits it says 1.
  if (x < 0.2) return 1
  let total = 0
  for (let n = 1; n <= 100; n++) {
    const term = Math.exp(-2 * n * n * x * x)
    total += n % 2 === 1 ? term : -term
    if (term < 1e-16) break
  }
  return Math.max(0, Math.min(1, 2 * total))
}
