/** PSI against figures computed by hand, its properties, and what chance alone does to it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { psiNoDriftQuantile } from '../../src/statistics/psi-quantile.ts'
import { binCount, epsilon, freezeDeciles, judgePsi, populationStability } from '../../src/statistics/psi.ts'
import { normalsFrom, uniformsFrom } from './draws.ts'

const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const sample = fc.array(value, { minLength: 1, maxLength: 300 })

test('deciles of 1 to 100 are 10, 20 ... 90, a tenth in each bin', () => {
  expect(freezeDeciles(hundred)).toEqual({
    edges: [10, 20, 30, 40, 50, 60, 70, 80, 90],
    shares: Array.from({ length: binCount }, () => 0.1),
  })
})

test('equal shares have an index of 0, and a known shift its known index', () => {
  const bins = freezeDeciles(hundred)
  expect(populationStability(bins, hundred)).toBe(0)
  // Half of the first bin moved to the last one: (0.05 - 0.1) ln(0.05 / 0.1) + (0.15 - 0.1) ln(0.15 / 0.1).
  const moved = hundred.map((each) => (each <= 5 ? 99 : each))
  expect(populationStability(bins, moved)).toBeCloseTo(0.05 * Math.log(2) + 0.05 * Math.log(1.5), 12)
})

test('a feature that has gone constant shows 8.3, with epsilon in nine bins', () => {
  const expected = 0.9 * Math.log(10) + 9 * (0.1 - epsilon) * Math.log(0.1 / epsilon)
  expect(expected).toBeCloseTo(8.28, 2)
  const constant = Array.from({ length: 50 }, () => 55)
  expect(populationStability(freezeDeciles(hundred), constant)).toBeCloseTo(expected, 12)
})

test('training values that repeat share an edge and are still compared', () => {
  const bins = freezeDeciles([...Array.from({ length: 80 }, () => 0), ...Array.from({ length: 20 }, () => 1)])
  expect(bins).toEqual({ edges: [0, 1], shares: [0.8, 0.2, 0] })
  expect(populationStability(bins, [0, 0, 0, 0, 1])).toBeCloseTo(0, 12)
})

test('what is no number has no index, and no training has no bins', () => {
  const bins = freezeDeciles(hundred)
  for (const live of [[], [1, NaN], [Infinity]]) expect(populationStability(bins, live)).toBeUndefined()
  expect(() => freezeDeciles([])).toThrow(RangeError)
  expect(() => freezeDeciles([NaN])).toThrow(RangeError)
})

test('the index is finite, not negative, 0 for the training itself, and blind to order and to scale', () => {
  fc.assert(
    fc.property(sample, sample, fc.integer({ min: -3, max: 3 }), (training, live, power) => {
      const index = populationStability(freezeDeciles(training), live)
      expect(index).toBeGreaterThanOrEqual(-1e-12)
      expect(Number.isFinite(index)).toBe(true)
      expect(populationStability(freezeDeciles(training), training)).toBeCloseTo(0, 12)
      expect(populationStability(freezeDeciles(training.toReversed()), live.toReversed())).toBe(index)
      // Powers of two scale without rounding.
      const scaled = (values: readonly number[]): number[] => values.map((each) => each * 2 ** power)
      if ([...training, ...live].every((each) => each === 0 || Math.abs(each) > 1e-200))
        expect(populationStability(freezeDeciles(scaled(training)), scaled(live))).toBeCloseTo(index ?? NaN, 9)
    }),
  )
})

/** Indices of samples without any drift. */
function withoutDrift(observations: number, samples: number): readonly number[] {
  const uniform = uniformsFrom(observations)
  const bins = { edges: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((tenth) => tenth / 10), shares: Array(10).fill(0.1) }
  return Array.from({ length: samples }, () =>
    populationStability(
      bins,
      Array.from({ length: observations }, () => uniform()),
    ),
  ).map((index) => index ?? NaN)
}

test.each([30, 50, 90, 130, 230])(
  'at %i values about one draw in a thousand lies above the quantile',
  (observations) => {
    const samples = 8000
    const above = withoutDrift(observations, samples).filter((index) => index > psiNoDriftQuantile(observations)).length
    // 8 expected where that size was simulated, fewer between two sizes; 20 would be four standard deviations too many.
    expect(above).toBeLessThan(20)
  },
)

test('with few values chance alone crosses 0.25: in a quarter of draws at 50, in hardly any at 100, in none at 150', () => {
  const share = (observations: number): number =>
    withoutDrift(observations, 4000).filter((index) => index > 0.25).length / 4000
  expect(share(50)).toBeGreaterThan(0.24)
  expect(share(50)).toBeLessThan(0.31)
  expect(share(100)).toBeGreaterThan(0.004)
  expect(share(100)).toBeLessThan(0.015)
  expect(share(150)).toBeLessThan(0.002)
})

test('the quantile falls with the number of values', () => {
  for (let n = 1; n < 3000; n++) expect(psiNoDriftQuantile(n + 1)).toBeLessThanOrEqual(psiNoDriftQuantile(n))
  expect(() => psiNoDriftQuantile(0)).toThrow(RangeError)
})

test('few values never prove that a feature is stable, and prove drift only beyond chance', () => {
  expect(judgePsi(0, 249, 0.25)).toBe('undetermined')
  expect(judgePsi(0.9, 50, 0.25)).toBe('undetermined')
  expect(judgePsi(8.3, 50, 0.25)).toBe('drifted')
  expect(judgePsi(0.2, 200, 0.25)).toBe('undetermined')
  expect(judgePsi(0.26, 200, 0.25)).toBe('drifted')
  expect(judgePsi(0.25, 250, 0.25)).toBe('stable')
  expect(judgePsi(0.2501, 250, 0.25)).toBe('drifted')
})

test('a shift by one standard deviation is far beyond 0.25', () => {
  const bins = freezeDeciles(normalsFrom(1, 5000))
  const shifted = normalsFrom(2, 500).map((each) => each + 1)
  expect(populationStability(bins, shifted)).toBeGreaterThan(0.5)
  expect(populationStability(bins, normalsFrom(3, 500))).toBeLessThan(0.06)
})
