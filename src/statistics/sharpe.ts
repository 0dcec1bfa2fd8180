/** Sharpe ratios of returns per session, and how much of one survives the number of trials behind it. */
import { inUnits, kurtosis, mean, skewness, standardDeviation } from './moments.ts'
import { normalCdf, normalQuantile } from './normal.ts'

export const sessionsPerYear = 252
const eulerMascheroni = 0.5772156649015329

/** Mean over standard deviation (n - 1), per session. */
export function sharpePerSession(returns: readonly number[]): number | undefined {
  const scaled = inUnits(returns)
  const [center, spread] = [mean(scaled), standardDeviation(scaled)]
  return center === undefined || spread === undefined || spread === 0 ? undefined : center / spread
}

/** The same for a year of 252 sessions. */
export function annualSharpe(returns: readonly number[]): number | undefined {
  const perSession = sharpePerSession(returns)
  return perSession === undefined ? undefined : perSession * Math.sqrt(sessionsPerYear)
}

/** What was tried before the one strategy was chosen. */
export interface Trials {
  readonly count: number
  /** Variance of the Sharpe ratios of all trials, per session. */
  readonly variance: number
}

/** The Sharpe ratio per session that the best of so many worthless trials is expected to show. */
export function expectedBestSharpe({ count, variance }: Trials): number {
  if (count < 1) throw new RangeError('at least one trial was made')
  if (count === 1) return 0
  const best =
    (1 - eulerMascheroni) * normalQuantile(1 - 1 / count) + eulerMascheroni * normalQuantile(1 - 1 / (count * Math.E))
  return Math.sqrt(variance) * best
}

/** Probability that the true Sharpe ratio per session lies above a benchmark, given length, skewness and kurtosis of the returns. */
export function probabilisticSharpe(returns: readonly number[], benchmark: number): number | undefined {
  const [ratio, skew, tails] = [sharpePerSession(returns), skewness(returns), kurtosis(returns)]
  if (ratio === undefined || skew === undefined || tails === undefined) return undefined
  const variance = 1 - skew * ratio + ((tails - 1) / 4) * ratio ** 2
  if (variance <= 0) return undefined
  const likely = normalCdf(((ratio - benchmark) * Math.sqrt(returns.length - 1)) / Math.sqrt(variance))
  return Number.isNaN(likely) ? undefined : likely
}

/** The deflated Sharpe ratio: a probability, with the best of all trials as the benchmark. */
export const deflatedSharpe = (returns: readonly number[], trials: Trials): number | undefined =>
  probabilisticSharpe(returns, expectedBestSharpe(trials))
