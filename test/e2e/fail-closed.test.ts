/** What cannot be told is never told as good: the program's words, exit codes and effects where it cannot read, or nobody acted. */
import { renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

const permit = (name: string): string => join(desk.stateDir, 'permit', name)
/** Nobody can read it, whoever they are: a link to itself. Answers how to mend it. */
function makeUnreadable(path: string): () => void {
  const aside = join(desk.dir, 'aside')
  renameSync(path, aside)
  symlinkSync(path, path)
  return () => {
    unlinkSync(path)
    renameSync(aside, path)
  }
}

describe('a hold of which nobody can read who placed it', () => {
  const mark = 'hold-model=signal'
  const onlyD2 = ['gates', 'daily', '--only', 'D2']

  test('is not lifted, and its gate does not pass for having lifted nothing', async () => {
    await desk.fault('old-hash')
    expect((await desk.run(onlyD2)).code).toBe(1)
    await desk.fault('old-hash', false)
    const mend = makeUnreadable(permit(mark))
    const blind = await desk.run(onlyD2)
    expect(blind.code).toBe(1)
    expect(blind.stdout).toContain('who holds cannot be told')
    expect((await desk.run(['status'])).stdout).toContain('model:signal')
    mend()
    expect((await desk.run(onlyD2)).code).toBe(0)
    expect((await desk.run(['status'])).stdout).not.toContain('model:signal')
  })

  test('cannot be told, says the status', async () => {
    await desk.fault('old-hash')
    await desk.run(onlyD2)
    makeUnreadable(permit(mark))
    const told = await desk.run(['status', '--exit-code'])
    expect(told.code).toBe(2)
    expect(told.stdout).toContain('who holds cannot be told')
    expect((await desk.run(['promote'])).code).not.toBe(0)
  })
})
