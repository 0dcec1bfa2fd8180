import { tmpdir } from 'node:os'
import { stdout } from 'node:process'
import { expect, test } from 'vitest'
import { inMemory } from '../killswitch/lockstep.ts'
import { contest } from '../killswitch/stress.ts'
import { freshDesk } from '../killswitch/support.ts'

test.each([
  { where: 'in memory', parent: inMemory, halts: 20_000, leastContested: 2000 },
  { where: 'on a disk that syncs', parent: tmpdir(), halts: 2000, leastContested: 50 },
])('$halts halts $where, none undone', async ({ where, parent, halts, leastContested }) => {
  const result = await contest(freshDesk(undefined, parent), halts)
  stdout.write(`${where}: ${JSON.stringify(result)}\n`)
  expect(result.resurrected).toEqual([])
  expect(result.haltsOfTrading).toBeGreaterThan(leastContested)
  expect(result.granted).toBeGreaterThan(leastContested)
})
