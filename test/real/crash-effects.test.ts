/** The states of `test/crash` of the paper desk, each write cut at many places. */
import { expect, test, vi } from 'vitest'
import { crashDuringEffects } from '../crash/effects.ts'

vi.mock('node:fs', async (original) => {
  const { memory } = await import('../crash/memory.ts')
  return memory.wrap(await original())
})

test('of all states that crashes leave of the paper desk none loses an effect, and none has one twice', async () => {
  const { tried, wrong } = await crashDuringEffects({ cuts: 4000, most: 200_000 })
  expect(wrong.slice(0, 3)).toEqual([])
  expect(tried).toBeGreaterThan(100_000)
})
