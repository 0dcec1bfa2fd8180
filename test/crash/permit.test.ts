/**
 * Whatever a crash leaves of a decision: what was tightened and answered stays tightened, a power loss leaves nothing in force, taking up
 * the permissions of before gives no more than was permitted, and what was answered is on record.
 */
import { expect, test, vi } from 'vitest'
import { crashDuring } from './decided.ts'
import { decisions } from './decisions.ts'

vi.mock('node:fs', async (original) => {
  const { memory } = await import('./memory.ts')
  return memory.wrap(await original())
})

test.each(decisions)('$title: no crash undoes it, and none makes more of it', async (decision) => {
  const { tried, wrong, rearmed } = await crashDuring(decision, { cuts: 2, most: 1000 })
  expect(wrong).toEqual([])
  expect(tried).toBeGreaterThan(15)
  // Otherwise nothing was taken up that could have been too much.
  if (decision.from > 0 && decision.to > 0) expect(rearmed).toBeGreaterThan(0)
})
