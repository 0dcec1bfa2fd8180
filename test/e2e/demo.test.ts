/** Every fault can be shown by the built program, on a throwaway desk, with whatever meets it. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk('2026-11-20T09:26:00-05:00')
})
afterEach(() => {
  desk.remove()
})

it.each([
  ['missing-data --fault stale-one', 'vendor-symbol', 'TRADING'],
  ['missing-data --fault stale-one-corporate-action', 'corporate-action', 'TRADING'],
  ['missing-data --fault stale-all backup-dead', 'both-dead', 'HALTED'],
  ['wrong-pnl --fault pnl-outside-1', 'too-early', 'TRADING'],
  ['wrong-pnl --fault pnl-outside-3 --fault replay-disagrees', 'engine-disagrees', 'TRADING'],
  ['daily --fault old-hash', null, 'HELD'],
  ['reconciliation --fault acks-lost', null, 'HELD'],
])('desk demo %s', async (line, leaf, trading) => {
  const { code, value } = await desk.json(['demo', ...line.split(' ')])
  expect([code, value]).toMatchObject([0, { leaf, trading, auditOk: true }])
  // The desk itself is as it was.
  expect((await desk.json(['status'])).value['trading']).toMatchObject({ state: 'ACTIVE' })
})

it('says what the fault changes, and plays the real program', async () => {
  const { stdout } = await desk.run(['demo', 'daily', '--fault', 'old-hash'])
  expect(stdout).toContain('one of eight inference hosts serves the version before')
  expect(stdout).toMatch(/^\$ desk gates daily$[^]*^ {2}fail +D2 /m)
  expect(stdout.trimEnd()).toMatch(/^ended: HELD, audit log valid$/m)
})

it.each([
  ['missing-data --fault stale-oen', 'did you mean "stale-one"?'],
  ['missing-dat --fault stale-one', 'did you mean "missing-data"?'],
  ['--fault stale-one', 'desk demo missing-data --fault stale-one'],
  ['stale-one', '--fault'],
])('desk demo %s: 64 with a hint', async (line, hint) => {
  const { code, stderr } = await desk.json(['demo', ...line.split(' ')])
  expect([code, stderr]).toEqual([64, expect.stringContaining(hint)])
})
