/** The permission of a session: given by the gates before the open, gone at close-only, never taken up after a reboot. */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compareWithLog, isAsDecided } from '../../src/killswitch/discrepancy.ts'
import { mayTrade } from '../../src/killswitch/gate.ts'
import { adoptSilentHalt, inspectPermits } from '../../src/killswitch/inspect.ts'
import { closeSession, openSession } from '../../src/killswitch/session.ts'
import { rearmAfterReboot } from '../../src/killswitch/startup.ts'
import { readTrading } from '../../src/killswitch/trading.ts'
import { boot, freshDesk, halt, inForceNow, type TestDesk } from './support.ts'

const until = '2026-11-20T20:50:00.000Z'
const open = (desk: TestDesk) =>
  openSession(desk.stateDir, boot, { by: 'oncall', reason: 'the gates have passed', until }, desk.means)
const ask = (desk: TestDesk) => mayTrade({ stateDir: desk.stateDir, session: true }).allowed
const isSound = (desk: TestDesk): boolean => {
  const compared = compareWithLog(desk.stateDir, boot, desk.clock.ms)
  return compared.kind === 'compared' && isAsDecided(compared)
}

test('without its permission only reductions pass; with it everything, until it is closed', async () => {
  const desk = freshDesk()
  expect(ask(desk)).toBe('reduce-only')
  expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('all')
  expect(await open(desk)).toEqual({ kind: 'opened' })
  expect([ask(desk), isSound(desk)]).toEqual(['all', true])
  expect(await open(desk)).toMatchObject({ code: 'nothing-to-do' })
  const closed = closeSession(desk.stateDir, boot, { by: 'oncall', reason: 'close-only' }, desk.means)
  expect(closed).toMatchObject({ done: true, recorded: { recorded: true } })
  expect([ask(desk), isSound(desk)]).toEqual(['reduce-only', true])
  // The state of the desk is what people decided; a session changes nothing of it.
  expect(readTrading(desk.stateDir, desk.clock.ms).trading).toMatchObject({
    state: 'ACTIVE',
    reason: 'a fresh paper desk',
  })
})

test('what nobody closed is closed by the first look after it, without an alarm', async () => {
  const desk = freshDesk()
  await open(desk)
  desk.clock.ms = Date.parse(until) - 60_000
  expect(isSound(desk)).toBe(true)
  desk.clock.ms = Date.parse(until)
  expect(isSound(desk)).toBe(false)
  expect(inspectPermits(desk.stateDir, boot, desk.means)).toEqual({ kind: 'sound' })
  expect([ask(desk), isSound(desk), inForceNow(desk).includes('trade')]).toEqual(['reduce-only', true, true])
  expect(await open(desk)).toMatchObject({ code: 'expired' })
})

test('a permission of a session that nobody gave is removed like any other', async () => {
  const desk = freshDesk()
  await open(desk)
  const file = join(desk.permit, `session@${boot}`)
  const content = readFileSync(file, 'utf8')
  closeSession(desk.stateDir, boot, { by: 'oncall', reason: 'close-only' }, desk.means)
  writeFileSync(file, content)
  expect(inspectPermits(desk.stateDir, boot, desk.means)).toMatchObject({ kind: 'foreign', tokens: ['session'] })
  expect([ask(desk), mayTrade({ stateDir: desk.stateDir }).allowed]).toEqual(['reduce-only', 'all'])
})

test('no session opens on a halted desk, nor on a log that was emptied', async () => {
  const halted = freshDesk()
  halt(halted)
  expect(await open(halted)).toMatchObject({ code: 'halted' })
  const emptied = freshDesk()
  emptyLedger(emptied)
  expect(await open(emptied)).toMatchObject({ code: 'history-missing' })
  expect(inForceNow(emptied)).not.toContain('session')
})

test('removed by hand it is gone, and no halt is made of it', async () => {
  const desk = freshDesk()
  await open(desk)
  rmSync(join(desk.permit, `session@${boot}`))
  expect(adoptSilentHalt(desk.stateDir, boot, desk.means)).toEqual([])
  expect([ask(desk), mayTrade({ stateDir: desk.stateDir }).allowed]).toEqual(['reduce-only', 'all'])
})

test('after a reboot the session is given anew, everything else is taken up', async () => {
  const desk = freshDesk()
  await open(desk)
  const next = '00000000-0000-4000-8000-000000000000'
  expect(await rearmAfterReboot(desk.stateDir, next, 'oncall', desk.means)).toMatchObject({ kind: 'rearmed' })
  const names = readdirSync(desk.permit)
  expect(names).toContain(`trade@${next}`)
  expect(names).not.toContain(`session@${next}`)
})

test('a ledger that was emptied beside a checkpoint halts the desk, and nothing is taken up after a reboot', async () => {
  const desk = freshDesk()
  emptyLedger(desk)
  expect(inspectPermits(desk.stateDir, boot, desk.means)).toMatchObject({ kind: 'foreign', gone: true })
  expect(inForceNow(desk)).toEqual([])
  expect(readTrading(desk.stateDir, desk.clock.ms).trading.state).toBe('HALTED')

  const rebooted = freshDesk()
  const old = '00000000-0000-4000-8000-000000000000'
  for (const name of readdirSync(rebooted.permit))
    renameSync(join(rebooted.permit, name), join(rebooted.permit, name.replace(boot, old)))
  emptyLedger(rebooted)
  expect(await rearmAfterReboot(rebooted.stateDir, boot, 'oncall', rebooted.means)).toMatchObject({
    code: 'history-missing',
  })
})

/** As if somebody had cleared away a log that was signed before. */
function emptyLedger(desk: TestDesk): void {
  const checkpoints = join(desk.stateDir, 'audit/checkpoints')
  mkdirSync(checkpoints, { recursive: true })
  writeFileSync(join(checkpoints, '000000000002-note-x.note'), '')
  const ledger = join(desk.stateDir, 'audit/ledger')
  for (const name of readdirSync(ledger)) writeFileSync(join(ledger, name), '')
}
