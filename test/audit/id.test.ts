import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idKinds, isId, kindOf, newId, timeOf } from '../../src/audit/id.ts'
import { parseSegmentName, segmentName } from '../../src/audit/layout.ts'

const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 })
const moment = fc.integer({ min: 0, max: 2 ** 48 - 1 })

describe('an id', () => {
  it('tells kind and time, and sorts by time', () => {
    fc.assert(
      fc.property(fc.constantFrom(...idKinds), moment, moment, bytes, bytes, (kind, a, b, random, other) => {
        const [one, two] = [
          newId(
            kind,
            () => new Date(a),
            () => random,
          ),
          newId(
            kind,
            () => new Date(b),
            () => other,
          ),
        ]
        expect(isId(one) && kindOf(one) === kind && timeOf(one) === a).toBe(true)
        if (a !== b) expect(one < two).toBe(a < b)
        expect(parseSegmentName(segmentName(one, 12))).toEqual({ run: one, k: 12 })
      }),
    )
  })

  it('is written as the ULID specification writes it', () => {
    const id = newId(
      'run',
      () => new Date(1469918176385),
      () => new Uint8Array(10).fill(255),
    )
    expect(id).toBe('run-01aryz6s41zzzzzzzzzzzzzzzz')
  })

  it('is nothing else', () => {
    const good = newId(
      'halt',
      () => new Date(0),
      () => new Uint8Array(10),
    )
    for (const bad of [
      '',
      'halt-',
      good.toUpperCase(),
      `${good}0`,
      good.replace('halt', 'hat'),
      `${good}\n`,
      good.replace(/0$/, 'u'),
      `../${good}`,
    ]) {
      expect([isId(bad), kindOf(bad), timeOf(bad)]).toEqual([false, undefined, undefined])
      expect(parseSegmentName(`${bad}.0.ndjson`)).toBeUndefined()
    }
    for (const bad of [`${good}.ndjson`, `${good}.01.ndjson`, `${good}.-1.ndjson`, `${good}.0.json`])
      expect(parseSegmentName(bad)).toBeUndefined()
  })
})
