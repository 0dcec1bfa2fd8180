/** A state directory that somebody put back, in whole or in part: nothing trades on a permission that a halt took away. */
import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'
import { addRunbooks } from '../support/procedures.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

const permit = (): string => join(desk.stateDir, 'permit')
const mayTrade = (): boolean => readdirSync(permit()).some((name) => name.startsWith('trade@'))

it.each([[['status', '--exit-code'], 4] as const, [['status'], 0] as const, [[], 0] as const])(
  'permissions from a backup go at the first look: desk %j',
  async (words, code) => {
    await desk.run(['status'])
    cpSync(permit(), join(desk.dir, 'backup'), { recursive: true })
    expect((await desk.run(['kill'])).code).toBe(0)
    rmSync(permit(), { recursive: true })
    cpSync(join(desk.dir, 'backup'), permit(), { recursive: true })
    expect(mayTrade()).toBe(true)
    const seen = await desk.run(words)
    expect(seen.code).toBe(code)
    expect(seen.stdout).toContain('HALTED')
    expect(mayTrade()).toBe(false)
    expect((await desk.run(['audit', 'tail'])).stdout).toContain('permit.removed')
  },
)

it('a halt of a symbol comes back at the first look, where only a mark denied it', async () => {
  await desk.run(['status'])
  cpSync(permit(), join(desk.dir, 'backup'), { recursive: true })
  expect((await desk.run(['kill', '--scope', 'symbol:AAPL'])).code).toBe(0)
  rmSync(permit(), { recursive: true })
  cpSync(join(desk.dir, 'backup'), permit(), { recursive: true })
  expect(readdirSync(permit())).not.toContain('hold-symbol=AAPL')
  const seen = await desk.run(['status'])
  expect(seen.stderr).toContain('halts that nobody released were put back: symbol:AAPL')
  expect(readdirSync(permit())).toContain('hold-symbol=AAPL')
  expect((await desk.run(['status'])).stderr).toBe('')
})

it('a desk whose whole log is gone does not read as trading', async () => {
  await desk.run(['status'])
  rmSync(join(desk.stateDir, 'audit'), { recursive: true })
  const { code, stdout } = await desk.run(['status', '--exit-code'])
  expect([code, existsSync(permit()) && mayTrade()]).toEqual([4, false])
  expect(stdout).toContain('permissions that nobody granted were removed')
})

it('nor does a run that was under way when the backup came back', async () => {
  await desk.run(['status'])
  cpSync(permit(), join(desk.dir, 'backup'), { recursive: true })
  const entry = join(import.meta.dirname, '..', '..', 'bin', 'desk.cjs')
  const script = `export DESK_STATE_DIR="${desk.stateDir}" DESK_OPERATOR=oncall
    "${process.execPath}" "${entry}" kill && rm -r "${permit()}" && cp -r "${desk.dir}/backup" "${permit()}"`
  writeFileSync(join(desk.dir, 'restore'), script)
  const step = (id: string, file: string, ...args: readonly string[]): string => `  - id: ${id}
    title: A step that adds risk
    do: exec.run
    with: { file: ${file}, args: ${JSON.stringify(args)} }`
  const env = addRunbooks(desk, {
    long: `${step('restore', '/bin/sh', join(desk.dir, 'restore'))}\n${step('adds', '/bin/touch', join(desk.dir, 'added'))}`,
  })
  const ran = await desk.run(['runbook', 'long', '--json'], { env })
  expect(JSON.parse(ran.stdout)).toMatchObject({
    run: { status: 'waiting' },
    steps: [
      { id: 'restore', status: 'done' },
      { id: 'adds', status: 'waiting' },
    ],
  })
  expect([ran.code, existsSync(join(desk.dir, 'added')), mayTrade()]).toEqual([4, false, false])
  expect(ran.stderr).toContain('permissions that nobody granted were removed')
  expect((await desk.run(['audit', 'tail'])).stdout).toContain('permit.removed')
})
