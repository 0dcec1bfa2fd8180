import { expect, test } from 'vitest'
import { explore } from '../killswitch/explorer.ts'
import { cases, everybody } from '../killswitch/protocol-cases.ts'

test('the permit protocol holds in every interleaving, whoever dies', () => {
  let total = 0
  for (const { title, programs, files, claims } of [...cases, everybody]) {
    const { states, broken } = explore(programs, files, claims, title !== everybody.title)
    total += states
    expect([title, broken]).toEqual([title, undefined])
  }
  expect(total).toBeGreaterThan(500_000)
  process.stdout.write(`permit protocol: ${String(total)} states, 0 permissions resurrected\n`)
})
