/** `rm -f permit/trade@*` is the documented halt without the program; the first command that sees it puts it on record. */
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(async () => {
  desk = new Desk()
  expect((await desk.run(['status', '--exit-code'])).code).toBe(0)
  const permit = join(desk.stateDir, 'permit')
  for (const name of readdirSync(permit)) if (name.startsWith('trade@')) rmSync(join(permit, name))
})
afterEach(() => {
  desk.remove()
})
const halts = (): readonly string[] =>
  readdirSync(join(desk.stateDir, 'audit', 'segments')).filter((name) => name.startsWith('halt-'))

it.each([[['status']], [[]], [['status', '--json']], [['--json']]])('desk %j does, once', async (args) => {
  const ran = await desk.run(args)
  expect([ran.code, ran.stderr]).toEqual([0, ''])
  expect(ran.stdout).toContain('HALTED')
  expect(ran.stdout).toContain('found without a record')
  expect(halts()).toHaveLength(1)
  expect((await desk.run(args)).stderr).toBe('')
  expect(halts()).toHaveLength(1)
  expect((await desk.json(['unlock', 'status'])).value['halts']).toHaveLength(1)
  expect((await desk.run(['audit', 'verify'])).code).toBe(0)
  // What a halt takes away is gone with it.
  expect(readdirSync(join(desk.stateDir, 'permit')).filter((name) => /^(trade|open|half|full)@/.test(name))).toEqual([])
})

it.each([[['status']], [[]], [['status', '--json']]])(
  'desk %j is loud where it cannot, and shows the state',
  async (args) => {
    const segments = join(desk.stateDir, 'audit', 'segments')
    // A directory that nobody can create a file in, also not root: every new name is refused.
    const kept = `${segments}.kept`
    renameSync(segments, kept)
    writeFileSync(segments, '')
    const ran = await desk.run(args)
    expect(ran.code).toBe(0)
    expect(ran.stdout).toContain('HALTED')
    rmSync(segments)
    renameSync(kept, segments)
    mkdirSync(segments, { recursive: true })
    chmodSync(segments, 0o700)
    expect(halts()).toEqual([])
  },
)
