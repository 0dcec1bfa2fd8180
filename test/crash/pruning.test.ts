/** Whatever a crash leaves of pruning: the log verifies, nothing that is kept is lost, and the next time comes to the same end. */
import { expect, test, vi } from 'vitest'
import { crashDuringPruning } from './pruned.ts'

vi.mock('node:fs', async (original) => {
  const { memory } = await import('./memory.ts')
  return memory.wrap(await original())
})

test('no crash while ledger files are pruned loses anything or looks like tampering', async () => {
  const { tried, wrong, pruned, unfinished } = await crashDuringPruning({ cuts: 6, most: 300 })
  expect(wrong.slice(0, 3)).toEqual([])
  expect(tried).toBeGreaterThan(100)
  // Otherwise the interesting moments were not among them.
  expect(pruned).toBeGreaterThan(10)
  expect(unfinished).toBeGreaterThan(5)
  expect(pruned).toBeLessThan(tried)
}, 300_000)
