/** `rm -f permit/trade@*` is the documented halt without the program; the first command that sees it puts it on record. */
import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

const entry = join(import.meta.dirname, '..', '..', 'bin', 'desk.cjs')
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

it.each([[['status']], [[]], [['status', '--json']]])('desk %j is loud where it cannot, and goes on', async (args) => {
  // No file may grow: what a full disk is like. Pipes still take words.
  const { status, stdout, stderr } = spawnSync(
    '/bin/sh',
    ['-c', 'ulimit -f 0; exec "$0" "$@"', process.execPath, entry, ...args],
    {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: desk.dir,
        DESK_STATE_DIR: desk.stateDir,
        DESK_NOW: desk.now,
        DESK_OPERATOR: 'oncall',
      },
    },
  )
  expect([status, stdout]).toEqual([0, expect.stringContaining('HALTED')])
  expect(stderr).toContain('HALTED OR LOWERED WITHOUT A RECORD, and it cannot be recorded now')
  expect(halts()).toEqual([])
  expect((await desk.run(args)).stdout).toContain('found without a record')
  expect(halts()).toHaveLength(1)
})
