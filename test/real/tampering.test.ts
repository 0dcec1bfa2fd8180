/** Every bit of every byte of a sample log, every truncation, every exchange: all found, with the place. */
import { expect, it } from 'vitest'
import { changeBytes, moveLedgerLines, moveRecords, moveSegments, truncate } from '../audit/tampering.ts'

it('finds every change of a single bit', () => {
  const { tried, missed } = changeBytes(1, [1, 2, 4, 8, 16, 32, 64, 128])
  process.stdout.write(`tampering: ${String(tried)} changed bytes, ${String(missed.length)} missed\n`)
  expect(missed).toEqual([])
  expect(tried).toBeGreaterThan(30_000)
})

it('finds every truncation and everything that was moved', () => {
  const all = [truncate(1), moveRecords(), moveSegments(), moveLedgerLines()]
  const tried = all.reduce((sum, each) => sum + each.tried, 0)
  const missed = all.flatMap((each) => each.missed)
  process.stdout.write(
    `tampering: ${String(tried)} truncated, deleted, repeated or moved, ${String(missed.length)} missed\n`,
  )
  expect(missed).toEqual([])
  expect(tried).toBeGreaterThan(3000)
})
