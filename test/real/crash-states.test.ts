import { expect, it } from 'vitest'
import { crashLedger, crashSegments } from '../audit/crash-states.ts'

it.each([
  ['segments', crashSegments, 700_000],
  ['the ledger', crashLedger, 300_000],
] as const)('of a million states that crashes leave, those of %s lose nothing', (of, crash, wanted) => {
  const { states, lost, suspected } = crash(wanted)
  process.stdout.write(`crash states of ${of}: ${String(states)}, acknowledged records lost: ${String(lost)}\n`)
  expect(suspected.slice(0, 3)).toEqual([])
  expect(lost).toBe(0)
})
