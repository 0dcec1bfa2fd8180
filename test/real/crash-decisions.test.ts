/** The states of `test/crash`, each write cut at every byte. */
import { expect, test, vi } from 'vitest'
import { crashDuring } from '../crash/decided.ts'
import { decisions } from '../crash/decisions.ts'

vi.mock('node:fs', async (original) => {
  const { memory } = await import('../crash/memory.ts')
  return memory.wrap(await original())
})

test('of all states that crashes leave of a decision none undoes it, and none makes more of it', async () => {
  let total = 0
  for (const decision of decisions) {
    const { tried, wrong } = await crashDuring(decision, { cuts: 100_000, most: 4000 })
    expect([decision.title, wrong.slice(0, 3)]).toEqual([decision.title, []])
    total += tried
  }
  process.stdout.write(`decisions: ${String(total)} crash states, 0 wrong\n`)
  expect(total).toBeGreaterThan(100_000)
})
