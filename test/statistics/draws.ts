/** Seeded draws for tests of statistics. */
import { normalQuantile } from '../../src/statistics/normal.ts'

/** Uniform in (0, 1), the same for a seed every time. */
export function uniformsFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x45d9f3b) ^ (mixed >>> 13)
    return ((mixed >>> 0) + 0.5) / 2 ** 32
  }
}

export function normalsFrom(seed: number, count: number): readonly number[] {
  const uniform = uniformsFrom(seed)
  return Array.from({ length: count }, () => normalQuantile(uniform()))
}
