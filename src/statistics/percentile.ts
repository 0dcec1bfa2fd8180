/** Percentiles by nearest rank: the smallest value that at least `percent` of all values do not exceed. */

/**
 * `missing` measurements count as worse than any value. `undefined` says that the rank falls among them, that there is nothing to
 * rank, or that a value is no number. A RangeError for a percentage outside (0, 100].
 */
export function nearestRank(values: readonly number[], percent: number, missing = 0): number | undefined {
  if (!(percent > 0 && percent <= 100)) throw new RangeError('a percentage lies above 0 and at most at 100')
  if (values.some(Number.isNaN)) return undefined
  const rank = Math.ceil((percent / 100) * (values.length + missing))
  return values.toSorted((a, b) => a - b)[rank - 1]
}
