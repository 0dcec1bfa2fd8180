/** A configuration that was asked for by name and is not there: nothing goes on as if none had been asked for, and a halt takes place. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
let missing: string
beforeEach(() => {
  desk = new Desk()
  missing = join(desk.dir, 'missing.yaml')
})
afterEach(() => {
  desk.remove()
})

it.each([
  [['status']],
  [[]],
  [['status', '--exit-code', '--json']],
  [['hold', 'list']],
  [['lint']],
  [['find', 'fill']],
])('desk %j refuses, and makes no desk', async (words) => {
  const byEnv = await desk.run(words, { env: { DESK_CONFIG: missing } })
  const byFlag = await desk.run([...words, '--config', desk.dir])
  expect([byEnv.code, byFlag.code]).toEqual([78, 78])
  expect(byEnv.stderr).toContain(`${missing}, named by DESK_CONFIG, cannot be read: there is no such file`)
  expect(byEnv.stderr).toContain('next: unset DESK_CONFIG')
  expect(byFlag.stderr).toContain(`${desk.dir}, named by --config, cannot be read: it is a directory`)
  if (words.includes('--json'))
    expect(JSON.parse(byEnv.stdout)).toMatchObject({ error: { code: 'no-such-config', exit: 78 } })
})

it('desk kill halts all the same, names the file and goes by the last good configuration', async () => {
  mkdirSync(join(desk.dir, 'there'))
  const good = join(desk.dir, 'there', 'desk.yaml')
  writeFileSync(good, 'desk: { name: paper }\n')
  const env = { DESK_CONFIG: good }
  expect((await desk.run(['run', 'continue', '--due'], { env })).code).toBe(0)
  const { code, stdout, stderr } = await desk.run(['kill', '--config', missing], { env })
  expect(stdout).toContain('HALTED paper\n')
  expect(stderr).toContain(
    `desk kill: paper: the configuration ${missing}, named by --config, cannot be read: there is no such file; the last one that was good is used`,
  )
  expect(code).toBe(0)
})

it('desk throttle lowers all the same', async () => {
  expect((await desk.run(['status'])).code).toBe(0)
  expect((await desk.run(['throttle', '50'], { env: { DESK_CONFIG: missing } })).code).toBe(0)
})

it('desk find without a result is no failed check', async () => {
  const text = await desk.run(['find', 'zzzqq'])
  expect([text.code, text.stdout]).toEqual([0, 'nothing holds zzzqq\n'])
})
