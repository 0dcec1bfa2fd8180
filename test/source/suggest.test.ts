import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance, nearest, suggestion } from '../../src/source/suggest.ts'

describe('nearest', () => {
  it.each([
    ['modelHsh', ['modelHash', 'model'], 'modelHash'],
    ['reslut', ['result', 'inputs'], 'result'],
    ['Daily', ['daily', 'weekly'], 'daily'],
    ['no-filsl', ['no-fills', 'wrong-pnl'], 'no-fills'],
    ['x', ['y', 'abc'], 'y'],
    ['killswitch', ['reconciliation', 'startup'], undefined],
    ['', [], undefined],
  ])('%s among %j is %s', (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected)
    expect(suggestion(name, candidates)).toBe(expected === undefined ? undefined : `did you mean "${expected}"?`)
  })
})

describe('editDistance', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
  it('counts a swap of neighbours as one slip', () => {
    expect(editDistance('ab', 'ba')).toBe(1)
    expect(editDistance('kitten', 'sitting')).toBe(3)
  })
  it('is symmetric, zero for equals only, and bounded by the longer word', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b)
        expect(distance).toBe(editDistance(b, a))
        expect(distance === 0).toBe(a === b)
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
      }),
    )
  })
})
