/** Monitors and classes of incidents by the built program: what is found acts, tells somebody, and is joined rather than found twice. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
  desk.at('2026-11-20T10:00:00-05:00')
})
afterEach(() => {
  desk.remove()
})

it('a healthy desk has nothing to tell, and leaves no incident behind', async () => {
  const { code, stdout } = await desk.run(['monitor', 'check'])
  expect(stdout).toContain('12 of 12 monitors of desk are fine')
  expect(stdout).toContain('13 of 13 monitors of system are fine')
  expect(stdout).toContain('11 of 11 monitors of trading are fine')
  expect(stdout).not.toContain('DETECTED')
  expect(code).toBe(0)
  expect((await desk.run(['incident', 'list'])).stdout).toBe('no incident\n')
})

it('a critical monitor holds the desk, tells what it did, and lets go by its own pass alone', async () => {
  await desk.fault('host-silent')
  const first = await desk.run(['monitor', 'check', 'system'])
  expect([first.code, first.stdout]).toEqual([1, expect.stringContaining('server-alive (critical)')])
  expect((await desk.run(['hold', 'list'])).stdout).toContain('desk  no-new, by monitors/system/server-alive')
  await desk.run(['monitor', 'check', 'trading'])
  expect((await desk.run(['hold', 'list'])).stdout).toContain('lifted by the pass of: desk monitor check system')
  const second = await desk.run(['monitor', 'check', 'system'])
  expect(second.stdout).toContain('not sent, it was')
  await desk.fault('host-silent', false)
  expect((await desk.run(['monitor', 'check', 'system'])).code).toBe(0)
  expect((await desk.run(['hold', 'list'])).stdout).toBe('nothing is held\n')
})

it('what a class detects is opened once: the desk is halted unattended, and the run waits for a person', async () => {
  await desk.fault('risk-breach')
  const first = await desk.run(['monitor', 'check'])
  expect(first.code).toBe(1)
  expect(first.stdout).toContain('DETECTED P0 risk-breach: No hard limit is crossed')
  const { value } = await desk.json(['status'])
  expect(value).toMatchObject({ trading: { state: 'HALTED' } })
  const listed = await desk.run(['run', 'list'])
  expect(listed.stdout).toContain('incident/risk-breach')
  // What was reduced has ended the breach; found once more it is joined.
  const again = await desk.run(['incident', 'open', 'risk-breach'])
  expect([again.code, again.stderr]).toEqual([75, expect.stringContaining('run-')])
})

it('a look without a set opens what is detected, and a dry one opens nothing', async () => {
  await desk.fault('stale-one')
  const dry = await desk.run(['monitor', 'check', '--dry-run'])
  expect([dry.code, dry.stdout]).toEqual([1, expect.stringContaining('DETECTED P0 stale-data')])
  expect((await desk.run(['run', 'list'])).stdout).not.toContain('incident/')
  expect((await desk.run(['hold', 'list'])).stdout).toBe('nothing is held\n')
})

it('an incident tells each of its steps, and that a bare person of the paper desk holds every role', async () => {
  const opened = await desk.run([
    'incident',
    'open',
    'risk-breach',
    '--answer',
    'cause=market',
    '--answer',
    'reviewed=none',
  ])
  expect(opened.code).toBe(0)
  expect(opened.stdout).toContain('passed        breaches  No hard limit is crossed')
  expect(opened.stdout).toContain('oncall holds every role: no operators are configured')
  const records = await desk.run(['audit', 'tail', '-n', '60', '--json'])
  expect(records.stdout).toContain('"by":{"id":"oncall","via":"flag","roles":"every"}')
})

it('one document per look: --json asks for the set', async () => {
  expect((await desk.run(['monitor', 'check', '--json'])).code).toBe(64)
  const { code, value } = await desk.json(['monitor', 'check', 'trading'])
  expect(code).toBe(0)
  expect(value).toMatchObject({ set: 'trading', run: { status: 'succeeded' } })
})
