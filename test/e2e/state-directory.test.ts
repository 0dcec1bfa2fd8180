/** Whoever says where the state lies means that place, also by a path from where they are. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

const entry = join(import.meta.dirname, '..', '..', 'bin', 'desk.cjs')

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

it('a relative DESK_STATE_DIR is the one below the working directory, for looking as for halting', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [entry, ...args], {
      cwd: dirname(desk.stateDir),
      encoding: 'utf8',
      env: { ...process.env, HOME: desk.dir, DESK_STATE_DIR: basename(desk.stateDir) },
    })
  expect(run('status').stdout).toContain('TRADING')
  expect(existsSync(desk.stateDir)).toBe(true)
  expect(run('kill').stdout).toContain(`paper was TRADING: ${desk.stateDir}\n`)
  expect(run('status', '--exit-code')).toMatchObject({ status: 4 })
})

it('a relative HOME makes no desk below the working directory, and halting does not either', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [entry, ...args], {
      cwd: desk.dir,
      encoding: 'utf8',
      env: { ...process.env, HOME: 'home', DESK_STATE_DIR: '', XDG_STATE_HOME: '', XDG_CONFIG_HOME: '' },
    })
  for (const words of [['status'], [], ['runbook'], ['throttle', '50']]) {
    const { status, stderr } = run(...words)
    expect([words, status]).toEqual([words, 78])
    expect(stderr).toContain('HOME is "home", a relative path')
    expect(stderr).toContain('next: set HOME to an absolute path')
  }
  const planned = run('kill', '--dry-run', '--profile', 'paper')
  expect(planned.stdout).toContain(`: ${userInfo().homedir}/`)
  expect(readdirSync(desk.dir)).toEqual([])
})

it('a path about which gates cannot be asked is refused, by everything but a halt', () => {
  const long = join(desk.dir, ...Array.from({ length: 10 }, () => 'd'.repeat(100)))
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [entry, ...args], {
      cwd: desk.dir,
      encoding: 'utf8',
      env: { ...process.env, HOME: desk.dir, DESK_STATE_DIR: long },
    })
  for (const words of [['status'], ['runbook'], ['throttle', '50']]) {
    const { status, stderr } = run(...words)
    expect([words, status]).toEqual([words, 78])
    expect(stderr).toContain('has more than 1024 bytes: gates deny there')
    expect(stderr).toContain('next: choose a shorter path')
  }
  expect(existsSync(long)).toBe(false)
  mkdirSync(join(long, 'permit'), { recursive: true })
  expect(run('kill').stdout).toContain(long)
})
