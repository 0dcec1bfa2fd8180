/** A state directory that somebody put back, in whole or in part: nothing trades on a permission that a halt took away. */
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
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

it('a desk whose whole log is gone does not read as trading', async () => {
  await desk.run(['status'])
  rmSync(join(desk.stateDir, 'audit'), { recursive: true })
  const { code, stdout } = await desk.run(['status', '--exit-code'])
  expect([code, existsSync(permit()) && mayTrade()]).toEqual([4, false])
  expect(stdout).toContain('permissions that nobody granted were removed')
})
