/** A halt whose words reach nobody is a whole halt all the same. */
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

const entry = join(import.meta.dirname, '..', '..', 'bin', 'desk.cjs')
const full = '/dev/full'

it.skipIf(!existsSync(full)).each([[[]], [['--json']]])('a disk that is full: desk kill %j', async (flags) => {
  expect((await desk.run(['status'])).code).toBe(0)
  const descriptor = openSync(full, 'w')
  const { status } = spawnSync(process.execPath, [entry, 'kill', ...flags], {
    env: { ...process.env, DESK_STATE_DIR: desk.stateDir, DESK_NOW: desk.now, DESK_OPERATOR: 'oncall', HOME: desk.dir },
    stdio: ['ignore', descriptor, descriptor],
  })
  closeSync(descriptor)
  expect(status).toBe(0)
  const { stdout } = await desk.run(['audit', 'tail'])
  for (const event of ['halt.engaged', 'halt.verified']) expect(stdout).toContain(event)
})

it('a reader that has gone: the halt is whole and on record', async () => {
  expect((await desk.run(['status'])).code).toBe(0)
  const { status } = spawnSync(
    'sh',
    ['-c', `("$0" "$1" kill 2>&1; echo $? > "$2") | exec 0<&-`, process.execPath, entry, join(desk.dir, 'code')],
    {
      env: {
        ...process.env,
        DESK_STATE_DIR: desk.stateDir,
        DESK_NOW: desk.now,
        DESK_OPERATOR: 'oncall',
        HOME: desk.dir,
      },
    },
  )
  expect(status).toBe(0)
  expect(readFileSync(join(desk.dir, 'code'), 'utf8').trim()).toBe('0')
  const { stdout } = await desk.run(['audit', 'tail'])
  for (const event of ['halt.engaged', 'halt.verified']) expect(stdout).toContain(event)
})
