import { expect, test } from 'vitest'
import { contest } from '../killswitch/stress.ts'
import { freshDesk } from '../killswitch/support.ts'

test('twenty thousand halts, none undone', async () => {
  const result = await contest(freshDesk(), 20_000)
  process.stdout.write(`${JSON.stringify(result)}\n`)
  expect(result.resurrected).toEqual([])
  expect(result.granted).toBeGreaterThan(1000)
})
