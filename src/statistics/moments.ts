/**
 * Moments of a sample. `undefined` says that there is none: too few values, values that do not vary, or a value that is no number. No
 * answer is ever NaN or infinite.
 */

export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : finite(sum(values) / values.length)
}

/** With n - 1 in the denominator. */
export function standardDeviation(values: readonly number[]): number | undefined {
  const center = mean(values)
  if (center === undefined || values.length < 2) return undefined
  if (!vary(values)) return 0
  return finite(Math.sqrt(sum(values.map((value) => (value - center) ** 2)) / (values.length - 1)))
}

/** Third standardised moment of the sample as it is. */
export const skewness = (values: readonly number[]): number | undefined => standardisedMoment(values, 3)
/** Fourth standardised moment, not the excess: 3 for a normal distribution. */
export const kurtosis = (values: readonly number[]): number | undefined => standardisedMoment(values, 4)

function standardisedMoment(values: readonly number[], order: number): number | undefined {
  const center = mean(values)
  if (center === undefined || !vary(values)) return undefined
  const variance = sum(values.map((value) => (value - center) ** 2)) / values.length
  return finite(sum(values.map((value) => (value - center) ** order)) / values.length / variance ** (order / 2))
}

/** Pearson's correlation of pairs; a RangeError where the two are not of one length. */
export function correlation(a: readonly number[], b: readonly number[]): number | undefined {
  if (a.length !== b.length) throw new RangeError('pairs are of one length')
  const [centerA, centerB] = [mean(a), mean(b)]
  if (centerA === undefined || centerB === undefined || !vary(a) || !vary(b)) return undefined
  const spread = (values: readonly number[], center: number): number =>
    sum(values.map((value) => (value - center) ** 2))
  const together = sum(a.map((value, index) => (value - centerA) * ((b[index] ?? centerB) - centerB)))
  const found = finite(together / Math.sqrt(spread(a, centerA) * spread(b, centerB)))
  return found === undefined ? undefined : Math.max(-1, Math.min(1, found))
}

/** Asked of the values themselves: the mean of equal values may differ from them in its last digit. */
const vary = ([first, ...others]: readonly number[]): boolean => others.some((value) => value !== first)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined)
