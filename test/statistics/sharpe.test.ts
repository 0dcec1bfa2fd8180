/** Sharpe ratios against known values: the published example of a deflated one among them. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  annualSharpe,
  deflatedSharpe,
  expectedBestSharpe,
  probabilisticSharpe,
  sharpePerSession,
} from '../../src/statistics/sharpe.ts'
import { normalsFrom } from './draws.ts'

const returns = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 3, maxLength: 100 })

test('the deviation divides by n - 1, and a year has 252 sessions', () => {
  expect(sharpePerSession([0.01, 0.03])).toBeCloseTo(0.02 / Math.sqrt(0.0002), 12)
  expect(annualSharpe([0.01, 0.03])).toBeCloseTo((0.02 / Math.sqrt(0.0002)) * Math.sqrt(252), 9)
})

test('returns that do not vary, or only one of them, have no ratio', () => {
  for (const few of [[], [0.01], [0.01, 0.01], [0.1, 0.1, 0.1], [0.01, NaN]]) expect(annualSharpe(few)).toBeUndefined()
  for (const few of [[], [0.01], [0.01, 0.01], [0.1, 0.1, 0.1], [0.01, NaN]]) {
    expect(deflatedSharpe(few, { count: 1, variance: 0 })).toBeUndefined()
  }
})

test('the size of the returns does not matter, down to the smallest numbers there are', () => {
  for (const tiny of [4e-162, 1e-100, Number.MIN_VALUE]) {
    const [small, plain] = [
      [0, tiny, 0, 0],
      [0, 1, 0, 0],
    ]
    expect(sharpePerSession(small)).toBeCloseTo(sharpePerSession(plain) ?? NaN, 12)
    expect(probabilisticSharpe(small, 0.1)).toBeCloseTo(probabilisticSharpe(plain, 0.1) ?? NaN, 12)
  }
})

test('the best of a hundred worthless trials is expected at 0.1132 per session where their variance is 0.5 a year', () => {
  expect(expectedBestSharpe({ count: 100, variance: 0.5 / 250 })).toBeCloseTo(0.1132, 4)
  expect(expectedBestSharpe({ count: 1, variance: 1 })).toBe(0)
  expect(() => expectedBestSharpe({ count: 0, variance: 1 })).toThrow(RangeError)
})

test('the published example: 2.5 a year over 1250 sessions, skew -3 and kurtosis 10, deflates to 0.9004', () => {
  const sample = shaped(1250, 2.5 / Math.sqrt(250), -3, 10)
  const trials = { count: 100, variance: 0.5 / 250 }
  expect(probabilisticSharpe(sample, expectedBestSharpe(trials))).toBeCloseTo(0.9004, 2)
  expect(deflatedSharpe(sample, trials)).toBe(probabilisticSharpe(sample, expectedBestSharpe(trials)))
})

test('more trials, or trials that vary more, leave less', () => {
  const sample = normalsFrom(7, 500).map((each) => 0.001 + each * 0.01)
  const at = (count: number, variance: number): number => deflatedSharpe(sample, { count, variance }) ?? NaN
  expect(at(10, 0.001)).toBeLessThan(at(1, 0.001))
  expect(at(1000, 0.001)).toBeLessThan(at(10, 0.001))
  expect(at(10, 0.01)).toBeLessThan(at(10, 0.001))
})

test('leverage changes no ratio, and a lower benchmark is more likely exceeded', () => {
  fc.assert(
    fc.property(returns, fc.double({ min: -0.3, max: 0.3, noNaN: true }), (each, benchmark) => {
      const ratio = sharpePerSession(each)
      if (ratio === undefined || Math.abs(ratio) > 20) return
      const doubled = each.map((one) => one * 2)
      expect(sharpePerSession(doubled)).toBeCloseTo(ratio, 6)
      const likely = probabilisticSharpe(each, benchmark)
      if (likely === undefined) return
      expect(likely).toBeGreaterThanOrEqual(0)
      expect(likely).toBeLessThanOrEqual(1)
      expect(probabilisticSharpe(each, benchmark - 0.1) ?? NaN).toBeGreaterThanOrEqual(likely)
    }),
  )
})

/** Three values whose frequencies have the wanted moments: by Gauss's quadrature of two points and the mean. */
function shaped(count: number, ratio: number, skew: number, tails: number): readonly number[] {
  const root = Math.sqrt(4 * tails - 3 * skew * skew)
  const [low, high] = [(skew - root) / 2, (skew + root) / 2]
  const [atLow, atHigh] = [1 / (low * (low - high)), 1 / (high * (high - low))]
  const times = (share: number): number => Math.round(share * count)
  const values = [
    ...Array.from({ length: times(atLow) }, () => low),
    ...Array.from({ length: times(atHigh) }, () => high),
  ]
  const zeros = Array.from({ length: count - values.length }, () => 0)
  return [...values, ...zeros].map((value) => value + ratio)
}
