/** Monitors and classes of incidents by the built program: what is found acts, tells somebody, and is joined rather than found twice. */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
  expect(stdout).toContain('14 of 14 monitors of system are fine')
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

it('a class that is found again joins the run that is open, and opens no other', async () => {
  await desk.fault('heartbeat-lost')
  const first = await desk.run(['monitor', 'check'])
  const run = /^(run-\w+) {2}waiting/m.exec(first.stdout)?.[1] ?? 'none'
  expect(first.stdout).toContain('DETECTED P0 broker-outage')
  const second = await desk.run(['monitor', 'check'])
  expect([second.code, second.stdout]).toEqual([1, expect.stringContaining('joins run-')])
  const joined = /joins (run-\w+), which is open/.exec(second.stdout)?.[1]
  const shown = await desk.json(['run', 'show', joined ?? run])
  expect(shown.value).toMatchObject({ runbook: 'broker-outage', run: { status: 'waiting' } })
  const { value } = await desk.json(['run', 'list', '--all'])
  const opened = (value as { runs: { graph?: string }[] }).runs.filter(
    ({ graph }) => graph === 'incident/broker-outage',
  )
  expect(opened).toHaveLength(1)
})

it('a silence is bounded, on record, told, and ended by its end or by hand', async () => {
  const add = (name: string, ...words: string[]) => desk.run(['monitor', 'silence', 'add', name, ...words])
  const why = ['--reason', 'planned backfill']
  expect((await add('job-queue', '--for', '2h', ...why)).code).toBe(0)
  expect((await add('job-queue', '--for', '2h')).code).toBe(64)
  expect((await add('job-queue', ...why)).code).toBe(64)
  expect((await add('job-queue', '--for', '25h', ...why)).code).toBe(4)
  expect((await add('job-queue', '--until', '2026-11-20T09:00:00-05:00', ...why)).code).toBe(64)
  expect((await add('job-quee', '--for', '2h', ...why)).stderr).toContain('did you mean "job-queue"?')
  expect((await desk.run(['monitor', 'silence', 'list'])).stdout).toContain('until 2026-11-20 17:00 UTC, by oncall')
  await desk.fault('job-queue-deep')
  const checked = await desk.run(['monitor', 'check', 'desk'])
  expect(checked.code).toBe(1)
  expect(checked.stdout.replace(/\s+/g, ' ')).toContain(
    'not sent, it is silenced until 2026-11-20T17:00:00.000Z by oncall: planned backfill',
  )
  const log = await desk.run(['audit', 'search', '--event', 'monitor.silenced', '--json'])
  expect(log.stdout).toContain('"reason":"planned backfill"')
  desk.at('2026-11-20T12:01:00-05:00')
  expect((await desk.run(['monitor', 'silence', 'list'])).stdout).toBe('nothing is silenced\n')
  expect((await desk.run(['monitor', 'check', 'desk'])).stdout).not.toContain('silenced')
  expect((await desk.run(['monitor', 'silence', 'expire', 'job-queue'])).code).toBe(64)
  await add('job-queue', '--for', '1h', ...why)
  expect((await desk.run(['monitor', 'silence', 'expire', 'job-queue'])).code).toBe(0)
  expect((await desk.run(['monitor', 'silence', 'list'])).stdout).toBe('nothing is silenced\n')
})

it('what wakes for a P0 is never silenced, and no silence keeps an incident from being opened and tightening', async () => {
  for (const name of ['server-alive', 'broker-disconnect', 'stale-data', 'risk-breach']) {
    const ran = await desk.run(['monitor', 'silence', 'add', name, '--for', '1h', '--reason', 'known'])
    expect([name, ran.code]).toEqual([name, 4])
  }
  const log = await desk.run(['audit', 'search', '--event', 'monitor', '--json'])
  expect(JSON.parse(log.stdout)).toMatchObject({ records: [] })
  await desk.run(['monitor', 'silence', 'add', 'broker-latency', '--for', '1h', '--reason', 'known'])
  await desk.fault('heartbeat-lost')
  const checked = await desk.run(['monitor', 'check'])
  expect(checked.stdout).toContain('DETECTED P0 broker-outage')
  expect((await desk.json(['status'])).value).toMatchObject({ trading: { state: 'HALTED' } })
})

it('for Nagios: one line first, and 0 to 3; what cannot be told is never less than a warning', async () => {
  const check = (...words: string[]) => desk.run(['monitor', 'check', ...words, '--format', 'nagios'])
  const fine = await check()
  expect([fine.code, fine.stdout]).toEqual([0, 'DESK OK - 43 monitors and classes of incidents are fine\n'])
  await desk.fault('job-queue-deep')
  const warned = await check('desk')
  expect([warned.code, warned.stdout]).toEqual([1, expect.stringMatching(/^DESK WARNING - 1 of 12 .*job-queue/)])
  await desk.fault('few-observations')
  const unknown = await check('desk')
  expect([unknown.code, unknown.stdout]).toEqual([3, expect.stringMatching(/^DESK UNKNOWN - 2 of 12 .*feature-psi/)])
  await desk.fault('host-silent')
  const critical = await check('system')
  expect([critical.code, critical.stdout]).toEqual([2, expect.stringMatching(/^DESK CRITICAL - .*server-alive/)])
  const nonsense = await check('nonsense')
  expect([nonsense.code, nonsense.stdout]).toEqual([3, 'DESK UNKNOWN - no monitors "nonsense"\n'])
  const json = await check('desk', '--json')
  expect([json.code, JSON.parse(json.stdout)]).toMatchObject([64, { error: { code: 'usage' } }])
})

it('for Nagios a look that breaks off hides nothing that another has found', async () => {
  await desk.fault('risk-breach')
  const segments = join(desk.stateDir, 'audit', 'segments')
  renameSync(segments, `${segments}.away`)
  writeFileSync(segments, '')
  const { code, stdout } = await desk.run(['monitor', 'check', '--format', 'nagios'])
  expect([code, stdout]).toEqual([2, expect.stringMatching(/^DESK CRITICAL - .*; CRITICAL: P0 risk-breach\nUNKNOWN: /)])
  expect(stdout).toMatch(/^UNKNOWN: system: the audit log/m)
  expect(stdout).not.toContain('|')
})
