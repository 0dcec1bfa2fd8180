import { describe, expect, it } from 'vitest'
import { changeBytes, moveLedgerLines, moveRecords, moveSegments, truncate, type Tampered } from './tampering.ts'

/** Every position is `test/real/tampering.test.ts`. */
describe('what was done to a log is found, with its place', () => {
  it.each<readonly [string, number, () => Tampered]>([
    ['a changed byte', 1500, () => changeBytes(3, [1])],
    ['a segment cut, or the ledger below its anchor', 200, () => truncate(17)],
    ['a record deleted, repeated or moved', 25, moveRecords],
    ['a segment deleted, exchanged or in the place of another', 12, moveSegments],
    ['a line of the ledger deleted, repeated or moved', 80, moveLedgerLines],
  ])('%s', (_, atLeast, tamper) => {
    const { tried, missed } = tamper()
    expect(missed).toEqual([])
    expect(tried).toBeGreaterThan(atLeast)
  })
})
