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

function standardisedMoment(sample: readonly number[], order: number): number | undefined {
  const values = inUnits(sample)
  const center = mean(values)
  if (center === undefined || !vary(values)) return undefined
  const variance = sum(values.map((value) => (value - center) ** 2)) / values.length
  return finite(sum(values.map((value) => (value - center) ** order)) / values.length / variance ** (order / 2))
}

/** Pearson's correlation of pairs; a RangeError where the two are not of one length. */
export function correlation(first: readonly number[], second: readonly number[]): number | undefined {
  if (first.length !== second.length) throw new RangeError('pairs are of one length')
  const [a, b] = [inUnits(first), inUnits(second)]
  const [centerA, centerB] = [mean(a), mean(b)]
  if (centerA === undefined || centerB === undefined || !vary(a) || !vary(b)) return undefined
  const spread = (values: readonly number[], center: number): number =>
    sum(values.map((value) => (value - center) ** 2))
  const together = sum(a.map((value, index) => (value - centerA) * ((b[index] ?? centerB) - centerB)))
  const found = finite(together / Math.sqrt(spread(a, centerA) * spread(b, centerB)))
  return found === undefined ? undefined : Math.max(-1, Math.min(1, found))
}

/**
 * The same values in a unit of their own size, a power of two, so that no digit changes: for what does not depend on the unit. Powers of
 * values around 1e-160 would vanish, or keep a digit or two.
 */
export function inUnits(values: readonly number[]): readonly number[] {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (largest === 0 || !Number.isFinite(largest)) return values
  const unit = 2 ** Math.floor(Math.log2(largest))
  return values.map((value) => value / unit)
}

/** Asked of the values themselves: the mean of equal values may differ from them in its last digit. */
const vary = ([first, ...others]: readonly number[]): boolean => others.some((value) => value !== first)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined)
