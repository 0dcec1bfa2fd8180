/**
 * What chance alone does to a Population Stability Index of ten equal bins with epsilon 1e-4: the 99.9 % quantile where nothing has
 * drifted. Simulated once, four million samples for each size up to 400; a test draws some of them anew.
 */

/** Number of live values -> quantile. */
const simulated = [
  [1, 8.284],
  [3, 8.284],
  [5, 7.046],
  [10, 5.106],
  [15, 4.109],
  [20, 3.266],
  [30, 2.371],
  [40, 1.678],
  [50, 1.121],
  [60, 0.971],
  [75, 0.8345],
  [100, 0.3352],
  [125, 0.2552],
  [150, 0.205],
  [175, 0.1723],
  [200, 0.1489],
  [250, 0.1174],
  [300, 0.097],
  [400, 0.0718],
  [500, 0.0569],
  [1000, 0.0283],
] as const
/** From here on the quantile falls as 1/n. */
const smoothFrom = 150

/** Never below the true one: between two sizes that were simulated the smaller one speaks. A RangeError for no values. */
export function psiNoDriftQuantile(observations: number): number {
  const known = simulated.findLast(([size]) => size <= observations)
  if (known === undefined) throw new RangeError('at least one value was observed')
  const [size, quantile] = known
  return size < smoothFrom ? quantile : (quantile * size) / observations
}
