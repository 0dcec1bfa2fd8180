import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { xnys } from '../../src/calendar/calendars.ts'
import { evidenceInLog, reconciledEvent, resumeEvent } from '../../src/killswitch/evidence.ts'
import { mayTrade } from '../../src/killswitch/gate.ts'
import { compareWithLog } from '../../src/killswitch/discrepancy.ts'
import { adoptSilentHalt, inspectPermits } from '../../src/killswitch/inspect.ts'
import { readHistory } from '../../src/killswitch/history.ts'
import { liftHold, placeHold } from '../../src/killswitch/hold.ts'
import { readMarks } from '../../src/killswitch/mark.ts'
import { parseScope } from '../../src/killswitch/scope.ts'
import { type PromotionWorld, approvePromotion, requestPromotion } from '../../src/killswitch/promote.ts'
import { approveRelease, requestRelease } from '../../src/killswitch/release.ts'
import { rearmAfterReboot } from '../../src/killswitch/startup.ts'
import { levelInForce, parseSizeTarget, type SizeTarget, throttle } from '../../src/killswitch/throttle.ts'
import { readTrading } from '../../src/killswitch/trading.ts'
import { currentEpoch } from '../../src/killswitch/epoch.ts'
import { decidingAs } from '../../src/killswitch/roster.ts'
import { boot, freshDesk, halt, inForceNow, leaveEvidence, permits, type TestDesk } from './support.ts'

const oncall = decidingAs({ id: 'oncall', via: 'paper' }, 'paper')
const risk = decidingAs({ id: 'risk', via: 'paper' }, 'paper')
const lower = (desk: TestDesk, size: SizeTarget) =>
  throttle(desk.stateDir, boot, { size, by: 'oncall', reason: 'a test' }, desk.means)
const size = (desk: TestDesk) => levelInForce(desk.stateDir, boot).size
const calm: PromotionWorld = { nextSession: (ms) => xnys.next(ms), incidents: () => Promise.resolve([]) }
const sessionLater = (desk: TestDesk): void => {
  desk.clock.ms = xnys.next(desk.clock.ms).closeMs
}
async function promoted(desk: TestDesk, world = calm): Promise<string> {
  const asked = await requestPromotion(desk.stateDir, boot, { by: oncall, reason: 'calm' }, world, desk.means)
  if (asked.kind === 'refused') return asked.code
  const answer = await approvePromotion(desk.stateDir, boot, asked.request.id, risk, world, desk.means)
  return answer.kind === 'granted' ? 'granted' : answer.code
}
async function released(desk: TestDesk): Promise<void> {
  const asked = await requestRelease(
    desk.stateDir,
    boot,
    { scope: { kind: 'all' }, by: oncall, reason: 'fixed' },
    desk.means,
  )
  if (asked.kind === 'refused') throw new Error(asked.message)
  for (const event of [resumeEvent, reconciledEvent]) leaveEvidence(desk, event)
  const answer = await approveRelease(
    desk.stateDir,
    boot,
    asked.request.id,
    risk,
    evidenceInLog(desk.stateDir),
    desk.means,
  )
  if (answer.kind === 'refused') throw new Error(answer.message)
}

test.each<[string, SizeTarget | undefined]>([
  ['0', 0],
  ['25', 0.25],
  ['50', 0.5],
  ['half', 'half'],
  ['100', undefined],
  ['toString', undefined],
  ['', undefined],
])('throttle %s', (text, target) => {
  expect(parseSizeTarget(text)).toBe(target)
})

test.each<[readonly SizeTarget[], number]>([
  [[0.5], 0.5],
  [[0.25], 0.25],
  [[0], 0],
  [['half'], 0.5],
  [['half', 'half'], 0.25],
  [['half', 'half', 'half'], 0],
  [[0.5, 0.5], 0.5],
])('throttles %j lead to %d', (targets, expected) => {
  const desk = freshDesk()
  for (const target of targets)
    expect(lower(desk, target)).toMatchObject({ kind: 'throttled', done: true, recorded: { recorded: true } })
  expect(size(desk)).toBe(expected)
})

test.each<[SizeTarget, SizeTarget]>([
  [0.25, 0.5],
  [0, 0.5],
  [0, 0.25],
])('after throttle %d a throttle %d would raise and is refused', (first, second) => {
  const desk = freshDesk()
  lower(desk, first)
  const before = permits(desk)
  expect(lower(desk, second)).toMatchObject({ kind: 'refused' })
  expect(permits(desk)).toEqual(before)
})

test('a throttle that no log takes still happens', () => {
  const desk = freshDesk()
  renameSync(join(desk.stateDir, 'audit'), join(desk.stateDir, 'audit-away'))
  writeFileSync(join(desk.stateDir, 'audit'), '')
  expect(lower(desk, 0.25)).toMatchObject({ done: true, recorded: { recorded: false } })
  expect(size(desk)).toBe(0.25)
})

test('the rate of orders is halved twice at most, beside the size', () => {
  const desk = freshDesk()
  for (const expected of [0.5, 0.25, 0.25]) {
    throttle(desk.stateDir, boot, { orderRate: 'half', by: 'oncall', reason: 'rate limit' }, desk.means)
    expect(mayTrade({ stateDir: desk.stateDir })).toEqual({ allowed: 'all', sizeMultiplier: 1, orderRate: expected })
  }
})

test('promotion leads back by the levels there were, one full session each, and never further', async () => {
  const desk = freshDesk()
  lower(desk, 0.5)
  lower(desk, 0.25)
  expect(await promoted(desk)).toBe('too-early')
  sessionLater(desk)
  expect(await promoted(desk)).toBe('granted')
  expect(size(desk)).toBe(0.5)
  expect(await promoted(desk)).toBe('too-early')
  sessionLater(desk)
  expect(await promoted(desk)).toBe('granted')
  expect(size(desk)).toBe(1)
  sessionLater(desk)
  expect(await promoted(desk)).toBe('nothing-to-do')
})

test('after a halt: 25 %, then the level before it', async () => {
  const desk = freshDesk()
  halt(desk)
  await released(desk)
  expect(size(desk)).toBe(0.25)
  sessionLater(desk)
  expect(await promoted(desk)).toBe('granted')
  expect(size(desk)).toBe(1)
})

test('close-only is lifted to where it was', async () => {
  const desk = freshDesk()
  lower(desk, 0.5)
  lower(desk, 0)
  expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('reduce-only')
  sessionLater(desk)
  expect(await promoted(desk)).toBe('granted')
  expect(mayTrade({ stateDir: desk.stateDir })).toMatchObject({ allowed: 'all', sizeMultiplier: 0.5 })
})

test('the session has to lie wholly after the change, and a refusal says from when', async () => {
  const desk = freshDesk(Date.parse('2026-11-20T15:00:00Z')) // half an hour into Friday's session
  lower(desk, 0.5)
  const ask = () => requestPromotion(desk.stateDir, boot, { by: oncall, reason: 'calm' }, calm, desk.means)
  desk.clock.ms = Date.parse('2026-11-23T14:00:00Z') // Monday, before the open
  expect(await ask()).toMatchObject({ kind: 'refused', code: 'too-early', from: '2026-11-23T21:00:00.000Z' })
  desk.clock.ms = Date.parse('2026-11-23T21:00:00Z')
  expect(await ask()).toMatchObject({ kind: 'requested' })
})

test('an incident in the session costs that session; an open one, or one nobody can tell of, forbids', async () => {
  const desk = freshDesk(Date.parse('2026-11-20T22:00:00Z'))
  lower(desk, 0.5)
  const incident = { id: 'INC-1', openedMs: Date.parse('2026-11-23T15:00:00Z'), isOpen: false }
  const world = { ...calm, incidents: () => Promise.resolve([incident]) }
  desk.clock.ms = Date.parse('2026-11-24T15:00:00Z')
  expect(await promoted(desk, world)).toBe('too-early')
  expect(await promoted(desk, { ...calm, incidents: () => Promise.resolve([{ ...incident, isOpen: true }]) })).toBe(
    'incident',
  )
  expect(await promoted(desk, { ...calm, incidents: () => Promise.resolve({ failure: 'no tickets' }) })).toBe(
    'incident',
  )
  desk.clock.ms = Date.parse('2026-11-24T21:00:00Z')
  expect(await promoted(desk, world)).toBe('granted')
})

test('beyond the calendar nothing is promoted', async () => {
  const desk = freshDesk()
  lower(desk, 0.5)
  desk.clock.ms = Date.parse('2030-12-31T22:00:00Z')
  lower(desk, 0.25)
  expect(await promoted(desk)).toBe('too-early')
})

test('a promotion needs two, is bound to the grant in force, and a throttle voids it', async () => {
  const desk = freshDesk()
  lower(desk, 0.5)
  sessionLater(desk)
  const ask = async (): Promise<string> => {
    const asked = await requestPromotion(desk.stateDir, boot, { by: oncall, reason: 'calm' }, calm, desk.means)
    if (asked.kind === 'refused') throw new Error(asked.message)
    return asked.request.id
  }
  const approve = (id: string, by = risk) => approvePromotion(desk.stateDir, boot, id, by, calm, desk.means)
  expect(await approve(await ask(), oncall)).toMatchObject({ code: 'own-request' })
  const id = await ask()
  lower(desk, 0.5)
  expect(await approve(id)).toMatchObject({ kind: 'refused' })
  expect(size(desk)).toBe(0.5)
  sessionLater(desk)
  const second = await ask()
  halt(desk)
  expect(await approve(second)).toMatchObject({ code: 'other-halt' })
  await released(desk)
  expect(await approve(second)).toMatchObject({ kind: 'refused' })
})

test('the epoch changes with a release and not with a throttle or a promotion', async () => {
  const desk = freshDesk()
  const first = currentEpoch(desk.stateDir, boot)
  expect(first).toMatch(/^release-/)
  lower(desk, 0.5)
  sessionLater(desk)
  await promoted(desk)
  expect(currentEpoch(desk.stateDir, boot)).toBe(first)
  halt(desk)
  expect(currentEpoch(desk.stateDir, boot)).toBe('none')
  await released(desk)
  expect(currentEpoch(desk.stateDir, boot)).not.toBe(first)
})

test('a permit directory restored from a backup is removed again and alarmed', () => {
  const desk = freshDesk()
  const backup = `${desk.stateDir}-backup`
  cpSync(desk.permit, backup, { recursive: true })
  halt(desk)
  cpSync(backup, desk.permit, { recursive: true })
  rmSync(backup, { recursive: true })
  expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('all')
  expect(inspectPermits(desk.stateDir, boot, desk.means)).toMatchObject({ kind: 'foreign', gone: true, recorded: true })
  expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('none')
  expect(inspectPermits(desk.stateDir, boot, desk.means)).toEqual({ kind: 'sound' })
})

test.each(['', 'not json', '{"grant":"release-00000000000000000000000000"}'])(
  'a permission written by hand (%j) is removed',
  (content) => {
    const desk = freshDesk()
    lower(desk, 0.25)
    writeFileSync(join(desk.permit, `half@${boot}`), content)
    expect(inspectPermits(desk.stateDir, boot, desk.means)).toMatchObject({ kind: 'foreign', tokens: ['half'] })
    expect(size(desk)).toBe(0.25)
    expect(inForceNow(desk)).toContain('trade')
  },
)

test.each([
  [
    'a pipe',
    (path: string) => {
      spawnSync('mkfifo', [path])
    },
  ],
  [
    'a directory',
    (path: string) => {
      mkdirSync(path)
    },
  ],
  [
    'a device',
    (path: string) => {
      symlinkSync('/dev/zero', path)
    },
  ],
])('%s under the name of a permission was granted by nobody, and is removed', (_, make) => {
  const desk = freshDesk()
  lower(desk, 0)
  make(join(desk.permit, `open@${boot}`))
  expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('all')
  expect(inspectPermits(desk.stateDir, boot, desk.means)).toMatchObject({
    kind: 'foreign',
    tokens: ['open'],
    gone: true,
  })
  expect(size(desk)).toBe(0)
})

test('a log that cannot be read removes nothing and is said', () => {
  const desk = freshDesk()
  const segments = join(desk.stateDir, 'audit/segments')
  rmSync(segments, { recursive: true })
  writeFileSync(segments, '')
  expect(inspectPermits(desk.stateDir, boot, desk.means)).toMatchObject({ kind: 'cannot-tell' })
  expect(readTrading(desk.stateDir, desk.clock.ms)).toMatchObject({
    trading: { state: 'ACTIVE' },
    unknown: expect.stringContaining('cannot be read') as string,
  })
})

test('a size that vanished without a record becomes a throttle on record, and promotion knows the way back', async () => {
  const desk = freshDesk()
  for (const token of ['half', 'full']) rmSync(join(desk.permit, `${token}@${boot}`))
  expect(adoptSilentHalt(desk.stateDir, boot, desk.means)).toMatchObject([{ recorded: true }])
  sessionLater(desk)
  expect(await promoted(desk)).toBe('granted')
  expect(size(desk)).toBe(1)
})

test('after a reboot the level of before is taken up, unless a halt stands or the permissions are others', async () => {
  const next = '00000000-0000-4000-8000-000000000000'
  const desk = freshDesk()
  lower(desk, 0.5)
  expect(adoptSilentHalt(desk.stateDir, next, desk.means)).toEqual([])
  expect(await rearmAfterReboot(desk.stateDir, next, 'oncall', desk.means)).toMatchObject({ kind: 'rearmed' })
  expect(levelInForce(desk.stateDir, next).size).toBe(0.5)
  expect(inspectPermits(desk.stateDir, next, desk.means)).toEqual({ kind: 'sound' })

  const halted = freshDesk()
  const kept = readFileSync(join(halted.permit, `trade@${boot}`))
  halt(halted)
  expect(await rearmAfterReboot(halted.stateDir, next, 'oncall', halted.means)).toMatchObject({ code: 'halted' })
  writeFileSync(join(halted.permit, `trade@${boot}`), kept) // as if a power loss had undone the unlink
  expect(await rearmAfterReboot(halted.stateDir, next, 'oncall', halted.means)).toMatchObject({ code: 'halted' })

  const copied = freshDesk()
  writeFileSync(join(copied.permit, `trade@${boot}`), '{"grant":"release-00000000000000000000000000"}')
  expect(await rearmAfterReboot(copied.stateDir, next, 'oncall', copied.means)).toMatchObject({ code: 'tampered' })
})

test('history is the same whether it is folded from the beginning or from the last base', async () => {
  const desk = freshDesk()
  for (let i = 0; i < 30; i++) {
    halt(desk, i % 3 === 0 ? { kind: 'venue', id: 'primary' } : { kind: 'all' })
    if (i % 5 === 4) await released(desk)
    if (i % 7 === 6) lower(desk, 'half')
  }
  const read = readHistory(desk.stateDir, desk.clock.ms)
  const segments = join(desk.stateDir, 'audit/segments')
  for (const name of readdirSync(segments)) {
    const file = join(segments, name)
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"base":', '"gone":'))
  }
  expect(readHistory(desk.stateDir, desk.clock.ms)).toEqual(read)
  expect(compareWithLog(desk.stateDir, boot, desk.clock.ms)).toMatchObject({ foreign: [], missing: [] })
})

test('a first permit leads to half and then to full size, each by two people after a session of its own', async () => {
  const desk = freshDesk()
  for (const name of readdirSync(desk.stateDir)) rmSync(join(desk.stateDir, name), { recursive: true })
  const order = { scope: { kind: 'all' }, by: oncall, reason: 'launch' } as const
  const asked = await requestRelease(desk.stateDir, boot, order, desk.means)
  if (asked.kind === 'refused') throw new Error(asked.message)
  const launched = { kind: 'holds', what: 'P1', at: '2026-11-20T13:00:00Z', hash: 'a'.repeat(64) } as const
  const evidence = () => Promise.resolve([{ ...launched, ref: { segment: 'run-x.0.ndjson', seq: 1 } }])
  const answer = await approveRelease(desk.stateDir, boot, asked.request.id, risk, evidence, desk.means)
  expect([answer.kind, size(desk)]).toEqual(['granted', 0.25])
  for (const level of [0.5, 1]) {
    expect(await promoted(desk)).toBe('too-early')
    sessionLater(desk)
    expect([await promoted(desk), size(desk)]).toEqual(['granted', level])
  }
  expect(await promoted(desk)).toBe('nothing-to-do')
})

test('where the permissions cannot be looked for, HALTED is not told as what the desk is', () => {
  const desk = freshDesk()
  rmSync(desk.permit, { recursive: true })
  symlinkSync('permit', desk.permit)
  const read = readTrading(desk.stateDir, desk.clock.ms)
  expect(read.trading).toMatchObject({ state: 'HALTED', by: '' })
  expect(read.trading.reason).toContain('may be trading')
  expect(read.isHidden).toBe(true)
  expect(read.unknown).toContain('ELOOP')
})

test.each(['symbol:AAPL', 'venue:primary', 'model:signal'])(
  'permissions from a backup do not undo a halt of %s: its mark is placed again and alarmed',
  async (name) => {
    const scope = parseScope(name)
    if (scope === undefined) throw new Error(name)
    const desk = freshDesk()
    const may = () => mayTrade({ stateDir: desk.stateDir, venue: 'primary', model: 'signal', symbol: 'AAPL' }).allowed
    const backup = `${desk.stateDir}-backup`
    cpSync(desk.permit, backup, { recursive: true })
    const { id } = halt(desk, scope)
    rmSync(desk.permit, { recursive: true })
    renameSync(backup, desk.permit)
    expect(may()).toBe('all')
    expect(inspectPermits(desk.stateDir, boot, desk.means)).toMatchObject({
      kind: 'foreign',
      unmarked: [name],
      gone: true,
      recorded: true,
    })
    expect(may()).toBe('none')
    expect(readMarks(desk.permit).marks).toMatchObject([{ scope, kind: 'no-new', cause: { kind: 'halt', id } }])
    expect(inspectPermits(desk.stateDir, boot, desk.means)).toEqual({ kind: 'sound' })
    // A rule that held the same gives nothing back as long as the halt stands.
    placeHold(desk.stateDir, boot, { scope, kind: 'no-new', rule: 'daily#D2', reason: 'failed' }, desk.means)
    expect(
      await liftHold(desk.stateDir, boot, { scope, rule: 'daily#D2', reason: 'passed' }, desk.means),
    ).toMatchObject({
      kind: 'still-held',
    })
    expect(may()).toBe('none')
  },
)

test('a mark that cannot be placed again is said, and nothing passes for gone', () => {
  const desk = freshDesk()
  halt(desk, { kind: 'symbol', id: 'AAPL' })
  rmSync(join(desk.permit, 'hold-symbol=AAPL'), { recursive: true })
  symlinkSync('/proc/nowhere', join(desk.permit, 'hold-symbol=AAPL'))
  expect(inspectPermits(desk.stateDir, boot, desk.means)).toMatchObject({ kind: 'foreign', gone: false })
})
