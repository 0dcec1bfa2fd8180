import { expect, test } from 'vitest'
import { freshDesk } from './support.ts'
import { contest } from './stress.ts'

test('a thousand halts against processes that release, promote and throttle: none is undone', async () => {
  const result = await contest(freshDesk(), 1000)
  expect(result.resurrected).toEqual([])
  // Otherwise nothing was contested.
  expect(result.haltsOfTrading).toBeGreaterThan(50)
  expect(result.granted).toBeGreaterThan(50)
  expect(result.voided).toBeGreaterThan(0)
})
