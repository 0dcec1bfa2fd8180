import fc from 'fast-check'
import { expect, it } from 'vitest'
import { listWords } from '../../../src/cli/lists/words.ts'
import { ioOf } from '../../../src/cli/io.ts'

const word = fc.stringMatching(/^[a-z][a-z-]{0,20}$/)
const groups = fc.array(fc.tuple(word, fc.uniqueArray(word, { minLength: 1, maxLength: 30 })), { minLength: 1 })

it('lists fit their lines, and tell or count every word', () => {
  fc.assert(
    fc.property(groups, fc.integer({ min: 1, max: 4 }), (written, most) => {
      for (const [heading, words] of written) {
        const lines = listWords([[heading, words]], 80, most)
        expect(lines.length).toBeLessThanOrEqual(most)
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
        const told = lines.map((line) => line.slice(heading.length + 4).trim()).join(' ')
        const more = Number(/ and (\d+) more$/.exec(told)?.[1] ?? 0)
        expect(told.replace(/ and \d+ more$/, '').split(', ')).toEqual(words.slice(0, words.length - more))
      }
    }),
  )
})

it('only a terminal that tells its height has one', () => {
  const rowsOf = (stdout: { readonly isTTY?: boolean; readonly rows?: number }): number | undefined =>
    ioOf({ stdin: {}, stdout: { ...stdout, write: () => true }, stderr: { write: () => true } }, {}).rows
  expect(rowsOf({ isTTY: true, rows: 50 })).toBe(50)
  expect(rowsOf({ isTTY: true, rows: 4 })).toBe(24)
  expect(rowsOf({ isTTY: true, rows: 0 })).toBeUndefined()
  expect(rowsOf({ isTTY: true })).toBeUndefined()
  expect(rowsOf({ rows: 24 })).toBeUndefined()
})
