import { describe, expect, it } from 'vitest'
import { clockFor } from '../../../src/cli/walking/clock.ts'

const { closedSession } = clockFor('XNYS', { now: () => new Date(0), sleep: () => Promise.resolve() })
const at = (moment: string, calendar?: string): string => closedSession(Date.parse(moment), calendar)

describe('the session that had closed', () => {
  it.each([
    ['a minute before the close of a Friday', '2026-11-20T15:59:00-05:00', '2026-11-19'],
    ['at the close', '2026-11-20T16:00:00-05:00', '2026-11-20'],
    ['on the weekend', '2026-11-22T12:00:00-05:00', '2026-11-20'],
    ['at an early close', '2026-11-27T13:00:00-05:00', '2026-11-27'],
    ['before the open after a holiday', '2026-11-27T09:00:00-05:00', '2026-11-25'],
  ])('%s', (_when, moment, date) => {
    expect(at(moment)).toBe(date)
  })
  it('goes by the calendar of the gate set where it has one', () => {
    expect(at('2026-11-21T12:00:00-05:00', '24x7')).toBe('2026-11-20')
    expect(at('2026-11-22T12:00:00-05:00', '24x7')).toBe('2026-11-21')
  })
  it('is no date where the calendar cannot tell, so that nothing equals it', () => {
    expect(at('2031-01-06T12:00:00-05:00')).toBe('')
    expect(at('2020-12-31T12:00:00-05:00')).toBe('')
  })
})
