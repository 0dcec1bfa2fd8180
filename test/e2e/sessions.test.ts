/** A desk that trades in sessions, and a machine that was restarted, by the built program. */
import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { bootId } from '../../src/killswitch/gate.ts'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})
const inForce = (): readonly string[] =>
  readdirSync(join(desk.stateDir, 'permit'))
    .filter((name) => name.endsWith(`@${bootId() ?? ''}`))
    .map((name) => name.slice(0, name.indexOf('@')))

it('the gates before the open permit the session, and at close-only it is gone', async () => {
  writeFileSync(join(desk.dir, 'desk.config.yaml'), 'desk: { sessions: true }\n')
  // What is asked half an hour before the open permits nothing yet.
  const half = await desk.run(['gates', 'pre-market'])
  expect([half.code, half.stdout]).toEqual([0, expect.stringContaining('\npre-market gates\n')])
  expect(inForce()).not.toContain('session')
  desk.at('2026-11-20T09:27:00-05:00')
  // Half of the gates is not enough, nor is trying it out.
  expect((await desk.run(['gates', 'pre-market', '--only', 'T5-1,T5-2'])).code).toBe(0)
  expect((await desk.run(['gates', 'pre-market', '--dry-run'])).code).toBe(0)
  expect(inForce()).not.toContain('session')

  const { code, stderr } = await desk.run(['gates', 'pre-market'])
  expect([code, stderr]).toEqual([0, expect.stringContaining('is permitted until 2026-11-20T20:50:00.000Z')])
  expect(inForce()).toContain('session')
  // Once more changes nothing, and says nothing.
  expect((await desk.run(['gates', 'pre-market'])).stderr).not.toContain('permitted')

  desk.at('2026-11-20T15:49:00-05:00')
  expect((await desk.run(['status', '--exit-code'])).code).toBe(0)
  expect(inForce()).toContain('session')
  desk.at('2026-11-20T15:50:00-05:00')
  expect((await desk.run(['status', '--exit-code'])).code).toBe(0)
  expect(inForce()).not.toContain('session')
  expect((await desk.run(['audit', 'verify'])).code).toBe(0)
})

it('a gate that fails permits no session', async () => {
  writeFileSync(join(desk.dir, 'desk.config.yaml'), 'desk: { sessions: true }\n')
  await desk.fault('not-ready')
  desk.at('2026-11-20T09:27:00-05:00')
  expect((await desk.run(['gates', 'pre-market'])).code).toBe(1)
  expect(inForce()).not.toContain('session')
})

it('a desk without sessions is given none', async () => {
  desk.at('2026-11-20T09:27:00-05:00')
  expect((await desk.run(['gates', 'pre-market'])).stdout).toContain('T5-6')
  expect(inForce()).toContain('trade')
  expect(inForce()).not.toContain('session')
})

it('after a reboot nothing trades until the startup runbook takes the same permissions up again', async () => {
  await desk.run(['status'])
  expect((await desk.run(['throttle', '50'])).code).toBe(0)
  restart()
  expect((await desk.run(['status', '--exit-code'])).code).toBe(4)
  expect((await desk.run(['runbook', 'startup'])).code).toBe(0)
  const { value } = await desk.json(['status'])
  expect(value['trading']).toMatchObject({ state: 'ACTIVE', sizeMultiplier: 0.5 })
})

it('a halt from before the reboot, or after it, stays a halt', async () => {
  await desk.run(['status'])
  expect((await desk.run(['kill'])).code).toBe(0)
  restart()
  expect((await desk.run(['runbook', 'startup'])).code).toBe(0)
  expect((await desk.run(['status', '--exit-code'])).code).toBe(4)

  const second = new Desk(desk.now)
  desk.remove()
  desk = second
  await desk.run(['status'])
  restart()
  expect((await desk.run(['kill'])).code).toBe(0)
  expect((await desk.run(['runbook', 'startup'])).code).toBe(0)
  expect((await desk.run(['status', '--exit-code'])).code).toBe(4)
})

/** What a restarted machine finds: everything of another boot. */
function restart(): void {
  const permit = join(desk.stateDir, 'permit')
  const old = '00000000-0000-4000-8000-000000000000'
  for (const name of readdirSync(permit))
    renameSync(join(permit, name), join(permit, name.replace(bootId() ?? '', old)))
}
