/** Whatever a crash leaves of the paper desk's state can be read, holds every effect that was answered, and none of them twice. */
import { expect, test, vi } from 'vitest'
import {
  changeComponent,
  findPerformed,
  performOnce,
  readComponent,
  type Component,
} from '../../src/adapters/paper/store.ts'
import { scratch } from '../killswitch/support.ts'
import { judgeAll } from './disk.ts'
import { recorder } from './recording.ts'

vi.mock('node:fs', async (original) => {
  const { recorder: own } = await import('./recording.ts')
  return own.wrap(await original())
})

interface Counter {
  /** Each effect adds its key. */
  readonly done: string[]
  notes: number
}
const counter: Component<Counter> = {
  name: 'counter',
  parse: (value) => (isCounter(value) ? value : undefined),
  seed: () => ({ done: [], notes: 0 }),
}
const isCounter = (value: unknown): value is Counter =>
  typeof value === 'object' && value !== null && 'done' in value && Array.isArray(value.done) && 'notes' in value
const now = (): Date => new Date('2026-11-20T14:05:00Z')
const keys = ['a', 'b', 'c', 'd']
const perform = (stateDir: string, key: string): unknown =>
  performOnce({ stateDir, now }, counter, { key, method: 'venue.createOrder' }, (state) => {
    state.done.push(key)
    return key
  }).value

test('paper state: nothing answered is lost, nothing is done twice, nothing is unreadable', async () => {
  const stateDir = scratch()
  recorder.start(stateDir)
  for (const key of keys) {
    perform(stateDir, key)
    recorder.note(key)
    changeComponent({ stateDir, now }, counter, (state) => {
      state.notes++
    })
    recorder.note(`note ${key}`)
  }
  const { tried, wrong } = await judgeAll('paper state', recorder.stop(), 64, ({ notes }, dir) => {
    const place = { stateDir: dir, now }
    const found: string[] = []
    const before = readComponent(place, counter)
    const answered = keys.filter((key) => notes.includes(key))
    for (const key of answered) if (findPerformed(place, counter, key) === undefined) found.push(`${key} is lost`)
    if (before.notes < notes.filter((note) => note.startsWith('note ')).length) found.push('a change is lost')
    // What a process that starts again does: everything once more.
    for (const key of keys) perform(dir, key)
    const after = readComponent(place, counter).done
    if (after.length !== keys.length || new Set(after).size !== keys.length) found.push(`done: ${after.join(' ')}`)
    return found
  })
  expect(wrong).toEqual([])
  expect(tried).toBeGreaterThan(100)
})

test('a file that is written in its place is found out', async () => {
  const { writeFileSync } = await import('node:fs')
  const stateDir = scratch()
  writeFileSync(`${stateDir}/state`, 'before')
  recorder.start(stateDir)
  writeFileSync(`${stateDir}/state`, 'after')
  recorder.note('done')
  const { wrong } = await judgeAll('in its place', recorder.stop(), 400, ({ notes, tree }) =>
    String(tree.get('state')) === (notes.includes('done') ? 'after' : 'before') ? [] : ['torn'],
  )
  expect(wrong).not.toEqual([])
})
