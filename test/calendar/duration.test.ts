import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseAnchor, parseDuration } from '../../src/calendar/duration.ts'

describe('parseDuration', () => {
  it.each([
    ['250ms', 'ms', 250],
    ['30s', 'ms', 30_000],
    ['5m', 'ms', 300_000],
    ['2h', 'ms', 7_200_000],
    ['90d', 'ms', 7_776_000_000],
    ['1 trading day', 'sessions', 1],
    ['3 trading days', 'sessions', 3],
    ['1 trading week', 'sessions', 5],
    ['2 trading weeks', 'sessions', 10],
    // Ten years are the most.
    ['3660d', 'ms', 3660 * 86_400_000],
    ['2520 trading days', 'sessions', 2520],
    ['504 trading weeks', 'sessions', 2520],
  ])('%s', (text, unit, n) => {
    expect(parseDuration(text)).toEqual({ unit, n })
  })

  it.each([
    '',
    '5',
    '0s',
    '-5m',
    '5 m',
    ' 5m',
    '5m ',
    '05m',
    '1.5h',
    '1h30m',
    '5M',
    '5min',
    '0 trading days',
    'trading day',
    '3 days',
    '1 trading month',
    '3661d',
    '2521 trading days',
    '505 trading weeks',
    '999999999999s',
    '9999 trading days',
    '5m\n',
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })
})

describe('formatDuration', () => {
  it.each([
    ['90s', '90s'],
    ['60s', '1m'],
    ['120m', '2h'],
    ['24h', '1d'],
    ['1 trading week', '5 trading days'],
    ['1 trading days', '1 trading day'],
  ])('writes %s as %s', (text, written) => {
    const duration = parseDuration(text)
    expect(duration && formatDuration(duration)).toBe(written)
  })

  it('is read back to the same length', () => {
    const ms = fc.record({ unit: fc.constant('ms' as const), n: fc.integer({ min: 1, max: 3660 * 86_400_000 }) })
    const sessions = fc.record({ unit: fc.constant('sessions' as const), n: fc.integer({ min: 1, max: 2520 }) })
    fc.assert(
      fc.property(fc.oneof(ms, sessions), (duration) => {
        expect(parseDuration(formatDuration(duration))).toEqual(duration)
      }),
    )
  })
})

describe('parseAnchor', () => {
  it.each([
    ['open', 'open', 0],
    ['close', 'close', 0],
    ['next open - 30m', 'next open', -1_800_000],
    ['close + 5m', 'close', 300_000],
  ])('%s', (text, at, offsetMs) => {
    expect(parseAnchor(text)).toEqual({ at, offsetMs })
  })
  it.each(['', 'next close', 'open -30m', 'open - 30', 'open - 1 trading day', 'noon', 'open - 0m', 'open - 30m - 5m'])(
    '%j is none',
    (text) => {
      expect(parseAnchor(text)).toBeUndefined()
    },
  )
})
