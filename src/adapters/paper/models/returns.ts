/** Daily returns as backtests give them: chance in their course, a wanted Sharpe ratio in their sum. */
import { mean, standardDeviation } from '../../../statistics/moments.ts'
import { sessionsPerYear } from '../../../statistics/sharpe.ts'
import { normalsOf } from '../chance.ts'

/** Standard deviation of a day. */
const dailyDeviation = 0.005

/** Exactly of the wanted annual Sharpe ratio, over so many sessions; the name decides the course. */
export function returnsOf(name: string, annualSharpe: number, sessions: number): readonly number[] {
  const draws = normalsOf(name, sessions)
  const [center, spread] = [mean(draws) ?? 0, standardDeviation(draws) ?? 1]
  const wanted = annualSharpe / Math.sqrt(sessionsPerYear)
  return draws.map((z) => ((z - center) / spread + wanted) * dailyDeviation)
}
