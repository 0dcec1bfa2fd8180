/** What a question shows of its evidence, and of what it is about, on a screen of 80x24. */
import { expect, test } from 'vitest'
import { briefScreen, evidenceLines, longQuestion, type Look, plainScreen } from '../../../src/cli/render/screen.ts'
import { styleOf } from '../../../src/cli/render/style.ts'

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

const look: Look = {
  desk: 'paper',
  standing: { state: 'ACTIVE', sizeMultiplier: 1 },
  width: 80,
  style: styleOf({ colour: false }),
}
const sentence = (n: number): string => Array.from({ length: n }, (_, i) => `word${String(i)}`).join(' ')
/** Beneath a screen: two rows of keys, the cursor, a complaint. */
const rowsLeft = 24 - 4

test('a long statement leaves room for what stands below it and for the keys', () => {
  const below = ['For the record, as oncall: oncall.']
  const lines = plainScreen('Say it', 'runbook/long first', { facts: [sentence(600)], below }, look).split('\n')
  expect(lines.length).toBeLessThanOrEqual(rowsLeft)
  expect(lines.at(-3)).toMatch(/^ {2}… \d+ more: \? shows all$/)
  expect(lines.at(-2)).toBe('  For the record, as oncall: oncall.')
  expect(briefScreen(sentence(600), 'runbook/long first', look).split('\n').length).toBeLessThanOrEqual(6)
})

test('a question is cut beneath what ? tells only where that tells it whole', () => {
  const words = (text: string): readonly string[] => text.match(/word\d+/g) ?? []
  for (let n = 1; n < 120; n++) {
    const asked = sentence(n)
    const isCut = briefScreen(asked, 'tree/long q1', look).includes('? shows all')
    expect(words(longQuestion(asked, look).join('\n'))).toEqual(isCut ? words(asked) : [])
  }
})

test('a short one is shown whole', () => {
  const facts = [sentence(40), sentence(20)]
  const text = plainScreen('Say it', 'runbook/long first', { facts, below: [] }, look)
  expect(text).not.toContain('…')
  expect(text.match(/word\d+/g)).toHaveLength(60)
})
