import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rowLines } from '../../../src/cli/lists/rows.ts'

const last = { run: 'run-1', status: 'succeeded', at: '2026-11-20T09:05:00Z' } as const

it('puts the id first, lets the text give way and keeps the result whole', () => {
  expect(
    rowLines(
      [
        { mark: '!', id: 'flatten', text: 'Close every position, whatever it costs' },
        { mark: ' ', id: 'killswitch', text: 'Stop all trading', last },
      ],
      49,
    ),
  ).toEqual(['! flatten     Close every position, whatever it …', '  killswitch  Stop all tra…  succeeded 2026-11-20'])
})

it('is never wider than the screen, and its columns stand below each other', () => {
  const row = fc.record({
    mark: fc.constantFrom(' ', '!'),
    id: fc.stringMatching(/^[a-z][a-z-]{0,20}$/),
    text: fc.stringMatching(/^[A-Z][a-z]{0,90}$/),
    last: fc.constantFrom(undefined, last),
  })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
      const lines = rowLines(rows, 80)
      expect(lines).toHaveLength(rows.length)
      const widest = Math.max(...rows.map(({ id }) => id.length))
      for (const [i, line] of lines.entries()) {
        expect(line.length).toBeLessThanOrEqual(80)
        expect(line.slice(widest + 4, widest + 5)).toBe(rows[i]?.text.slice(0, 1))
      }
    }),
  )
})
