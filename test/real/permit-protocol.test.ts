import { expect, test } from 'vitest'
import { explore } from '../killswitch/explorer.ts'
import { cases, everybody } from '../killswitch/protocol-cases.ts'

test('the permit protocol holds in every interleaving, whoever dies', () => {
  let total = 0
  let dead = 0
  for (const { title, programs, files, claims } of [...cases, everybody]) {
    const { states, withDeaths, broken } = explore(programs, files, claims)
    total += states
    dead += withDeaths
    expect([title, broken]).toEqual([title, undefined])
  }
  expect(total).toBeGreaterThan(500_000)
  const counted = `${String(total)} states, ${String(dead)} with whoever may have died in them`
  process.stdout.write(`permit protocol: ${counted}; 0 permissions resurrected\n`)
})
