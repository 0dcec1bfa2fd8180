/** Loss from the highest point so far. */

/** Largest loss from a peak, as a share of that peak, of capital that starts at 1 and takes each return in turn. `undefined` where one is no number. */
export function maxDrawdown(returns: readonly number[]): number | undefined {
  let [capital, peak, worst] = [1, 1, 0]
  for (const each of returns) {
    capital *= 1 + each
    peak = Math.max(peak, capital)
    worst = Math.max(worst, 1 - capital / peak)
  }
  return Number.isFinite(worst) && Number.isFinite(capital) ? worst : undefined
}
