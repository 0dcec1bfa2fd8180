/** Whatever a crash leaves of the paper desk's state can be read, holds every effect that was answered, and none of them twice. */
import { writeFileSync, readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { crashDuringEffects } from './effects.ts'
import { judgeAll } from './judge.ts'
import { memory } from './memory.ts'

vi.mock('node:fs', async (original) => {
  const { memory: own } = await import('./memory.ts')
  return own.wrap(await original())
})

test('paper state: nothing answered is lost, nothing is done twice, nothing is unreadable', async () => {
  const { tried, opened, wrong } = await crashDuringEffects({ cuts: 20, most: 1000 })
  expect(wrong).toEqual([])
  expect(tried).toBeGreaterThan(500)
  expect(opened).toBeGreaterThan(20)
})

test('a file that is written in its place is found out', async () => {
  const file = `${memory.root}/state`
  writeFileSync(file, 'before')
  memory.start(memory.root)
  writeFileSync(file, 'after')
  memory.note('done')
  const { wrong } = await judgeAll('in its place', memory.stop(), { cuts: 3, most: 400 }, ({ notes }, say) => {
    const is = readFileSync(file, 'utf8')
    if (is !== (notes.includes('done') ? 'after' : 'before')) say('lost', is)
  })
  expect(wrong).not.toEqual([])
})
