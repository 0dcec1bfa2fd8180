import { describe, expect, it } from 'vitest'
import { crashLedger, crashSegments } from './crash-states.ts'

/** Ten times as many are `test/real/crash-states.test.ts`. */
describe('whatever a crash leaves', () => {
  it.each([
    ['of a segment', crashSegments, 70_000],
    ['of the ledger', crashLedger, 30_000],
  ] as const)('%s, nothing acknowledged is lost, and nothing looks tampered with', (of, crash, wanted) => {
    const { states, lost, suspected } = crash(wanted)
    process.stdout.write(`crash states ${of}: ${String(states)}, acknowledged records lost: ${String(lost)}\n`)
    expect(suspected.slice(0, 3)).toEqual([])
    expect(lost).toBe(0)
    expect(states).toBeGreaterThanOrEqual(wanted)
  })
})
