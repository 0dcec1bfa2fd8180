/** What a question shows of its evidence. */
import { expect, test } from 'vitest'
import { evidenceLines } from '../../../src/cli/render/screen.ts'

const symbols = ['SPY', 'QQQ', 'AAPL', 'MSFT', 'NVDA', 'AMZN'].map((symbol) => ({
  symbol,
  stale: symbol === 'NVDA',
  halted: false,
}))
const evidence = { source: 'paper/data', asOf: '2026-11-20T16:00:00Z', observed: { symbols } }

test('of a list that is cut, the row that differs from most is among those that are left', () => {
  const lines = evidenceLines(evidence, 80, 4)
  expect(lines.map((line) => line.trim().split(/ +/)[0])).toEqual(['paper/data,', 'symbol', 'NVDA', 'SPY', '…'])
})

test('where every row is alike, their order stays', () => {
  const fresh = symbols.map((row) => ({ ...row, stale: false }))
  const [, , ...rows] = evidenceLines({ ...evidence, observed: { symbols: fresh } }, 80, 10)
  expect(rows.map((line) => line.trim().split(/ +/)[0])).toEqual(['SPY', 'QQQ', 'AAPL', 'MSFT', 'NVDA', 'AMZN'])
})
