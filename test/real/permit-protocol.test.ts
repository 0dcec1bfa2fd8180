import { expect, test } from 'vitest'
import { explore } from '../killswitch/explorer.ts'
import { cases } from '../killswitch/protocol-cases.ts'

test('the permit protocol holds in every interleaving, whoever dies', () => {
  let total = 0
  for (const { title, programs, files, claims } of cases) {
    const { states, broken } = explore(programs, files, claims, true)
    total += states
    expect([title, broken]).toEqual([title, undefined])
  }
  expect(total).toBeGreaterThan(500_000)
  process.stdout.write(`${String(total)} states\n`)
})
