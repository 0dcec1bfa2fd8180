/** The other statistics against known values. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { largestShare } from '../../src/statistics/concentration.ts'
import { maxDrawdown } from '../../src/statistics/drawdown.ts'
import { kolmogorovTail, twoSampleKs } from '../../src/statistics/ks.ts'
import { correlation, kurtosis, mean, skewness, standardDeviation } from '../../src/statistics/moments.ts'
import { normalCdf, normalQuantile } from '../../src/statistics/normal.ts'
import { nearestRank } from '../../src/statistics/percentile.ts'
import { normalsFrom } from './draws.ts'

const sample = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 60 })

test('moments of 2, 4, 4, 4, 5, 5, 7, 9', () => {
  const values = [2, 4, 4, 4, 5, 5, 7, 9]
  expect(mean(values)).toBe(5)
  expect(standardDeviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 12)
  expect(skewness(values)).toBeCloseTo(0.65625, 12)
  expect(kurtosis(values)).toBeCloseTo(2.78125, 12)
})

test('where there is nothing to measure there is no moment', () => {
  expect([mean([]), standardDeviation([1]), skewness([3, 3]), kurtosis([])]).toEqual(Array(4).fill(undefined))
  expect(correlation([1, 1], [1, 2])).toBeUndefined()
  expect(() => correlation([1], [1, 2])).toThrow(RangeError)
})

test('correlation is 1 with itself, -1 with its opposite, and known between', () => {
  expect(correlation([1, 2, 3], [1, 2, 3])).toBe(1)
  expect(correlation([1, 2, 3], [-1, -2, -3])).toBe(-1)
  expect(correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])).toBeCloseTo(0.8, 12)
})

test.each([
  [0, 0.5],
  [1, 0.8413447460685429],
  [1.96, 0.9750021048517795],
  [-2.5758293035489004, 0.005],
  [-5, 2.866515718791939e-7],
  [-10, 7.61985302416047e-24],
])('the normal distribution at %f is %f', (x, share) => {
  expect(normalCdf(x) / share).toBeCloseTo(1, 9)
})

test('quantile and distribution are inverse', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 9)
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (share) => {
      expect(normalCdf(normalQuantile(share))).toBeCloseTo(share, 12)
    }),
  )
  for (const share of [0, 1, NaN]) expect(() => normalQuantile(share)).toThrow(RangeError)
})

test('percentiles are values of the sample, by nearest rank', () => {
  const values = [15, 20, 35, 40, 50]
  expect([5, 30, 40, 50, 100].map((percent) => nearestRank(values, percent))).toEqual([15, 20, 20, 35, 50])
  expect(nearestRank([], 50)).toBeUndefined()
  for (const percent of [0, 101, NaN]) expect(() => nearestRank(values, percent)).toThrow(RangeError)
})

test('a missing measurement is worse than any: one of six takes the 95th percentile away', () => {
  expect(nearestRank([9, 8, 7, 6, 5, 4], 95)).toBe(9)
  expect(nearestRank([9, 8, 7, 6, 5], 95, 1)).toBeUndefined()
  expect(nearestRank([9, 8, 7, 6, 5], 50, 1)).toBe(7)
})

test('at least the wanted share lies at or below a percentile, and less below any smaller value', () => {
  fc.assert(
    fc.property(sample, fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const found = nearestRank(values, percent) ?? NaN
      expect(values).toContain(found)
      expect(values.filter((each) => each <= found).length * 100).toBeGreaterThanOrEqual(percent * values.length)
      expect(values.filter((each) => each < found).length * 100).toBeLessThan(percent * values.length)
    }),
  )
})

test('the two-sample statistic and its probability are known ones', () => {
  expect(twoSampleKs([1, 2, 3, 4], [3, 4, 5, 6])?.statistic).toBe(0.5)
  expect(twoSampleKs([1, 1, 1], [1, 1])).toEqual({ statistic: 0, p: 1 })
  expect(twoSampleKs([1], [])).toBeUndefined()
  expect(kolmogorovTail(1.3581)).toBeCloseTo(0.05, 4)
  expect(kolmogorovTail(1.6276)).toBeCloseTo(0.01, 4)
  expect(kolmogorovTail(0.2)).toBeCloseTo(1, 9)
})

test('samples of one distribution are told apart in one case of twenty, shifted ones in all', () => {
  const found = Array.from({ length: 400 }, (_, index) => {
    const [a, b] = [normalsFrom(index * 2 + 1, 120), normalsFrom(index * 2 + 2, 150)]
    return {
      same: twoSampleKs(a, b)?.p ?? NaN,
      shifted:
        twoSampleKs(
          a,
          b.map((each) => each + 1),
        )?.p ?? NaN,
    }
  })
  const share = found.filter(({ same }) => same < 0.05).length / found.length
  expect(share).toBeGreaterThan(0.01)
  expect(share).toBeLessThan(0.09)
  expect(found.every(({ shifted }) => shifted < 0.001)).toBe(true)
})

test('the statistic is symmetric, lies in 0 to 1, and only order matters', () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const found = twoSampleKs(a, b)?.statistic ?? NaN
      expect(found).toBeGreaterThanOrEqual(0)
      expect(found).toBeLessThanOrEqual(1)
      expect(twoSampleKs(b, a)?.statistic).toBeCloseTo(found, 12)
      const doubled = (values: readonly number[]): number[] => values.map((each) => each * 2)
      expect(twoSampleKs(doubled(a), doubled(b))?.statistic).toBeCloseTo(found, 12)
    }),
  )
})

test('what is no number has no figure', () => {
  const broken = [1, NaN, 3]
  expect([mean(broken), standardDeviation([1, Infinity]), correlation(broken, [1, 2, 3])]).toEqual(
    Array(3).fill(undefined),
  )
  expect([nearestRank(broken, 50), twoSampleKs(broken, [1]), maxDrawdown([0.1, NaN])]).toEqual(Array(3).fill(undefined))
  expect(largestShare([{ name: 'a', value: NaN }])).toBeUndefined()
})

test('drawdown is the largest loss from a peak', () => {
  expect(maxDrawdown([])).toBe(0)
  expect(maxDrawdown([0.1, 0.2])).toBe(0)
  expect(maxDrawdown([1, -0.5, 0.2, -0.5, 2])).toBeCloseTo(0.7, 12)
})

test('concentration is a share of the gross amount: a loss does not hide a gain', () => {
  const amounts = [
    { name: 'a', value: 100 },
    { name: 'b', value: -300 },
    { name: 'c', value: 200 },
  ]
  expect(largestShare(amounts)).toEqual({ name: 'b', share: 0.5 })
  expect(largestShare([])).toBeUndefined()
  expect(largestShare([{ name: 'a', value: 0 }])).toBeUndefined()
})
