import { existsSync, readFileSync, renameSync, rmSync, writeFileSync, cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evidenceInLog, limitsEvent, reconciledEvent, resumeEvent } from '../../src/killswitch/evidence.ts'
import { readHistory } from '../../src/killswitch/history.ts'
import { liftHold, placeHold } from '../../src/killswitch/hold.ts'
import { mayTrade } from '../../src/killswitch/gate.ts'
import { approveRelease, releaseStatus, requestRelease } from '../../src/killswitch/release.ts'
import { request, tighten } from '../../src/killswitch/permit.ts'
import { inspectPermits } from '../../src/killswitch/inspect.ts'
import { readTrading } from '../../src/killswitch/trading.ts'
import { decidingAs } from '../../src/killswitch/roster.ts'
import type { Scope } from '../../src/killswitch/scope.ts'
import {
  boot,
  freshDesk,
  halt,
  inForceNow,
  isLockFree,
  leaveEvidence,
  permits,
  scratch,
  type TestDesk,
} from './support.ts'

const oncall = decidingAs({ id: 'oncall', via: 'paper' }, 'paper')
const risk = decidingAs({ id: 'risk', via: 'paper' }, 'paper')
const all: Scope = { kind: 'all' }

const showEvidence = (desk: TestDesk): void => {
  leaveEvidence(desk, resumeEvent)
  leaveEvidence(desk, reconciledEvent)
}
const ask = (desk: TestDesk, scope: Scope = all, by = oncall, expiryMs?: number) =>
  requestRelease(
    desk.stateDir,
    boot,
    { scope, by, reason: 'the feed is back', ...(expiryMs === undefined ? {} : { expiryMs }) },
    desk.means,
  )
async function askedFor(desk: TestDesk, scope: Scope = all, expiryMs?: number): Promise<string> {
  const answer = await ask(desk, scope, oncall, expiryMs)
  if (answer.kind === 'refused') throw new Error(answer.message)
  return answer.request.id
}
const approve = (desk: TestDesk, id: string, by = risk) =>
  approveRelease(desk.stateDir, boot, id, by, evidenceInLog(desk.stateDir), desk.means)
const gate = (desk: TestDesk) =>
  mayTrade({ stateDir: desk.stateDir, venue: 'primary', model: 'signal', symbol: 'AAPL' })

test('two people with evidence from after the halt release to 25 %, and to no more', async () => {
  const desk = freshDesk()
  expect(gate(desk)).toEqual({ allowed: 'all', sizeMultiplier: 1, orderRate: 1 })
  halt(desk)
  expect(gate(desk)).toEqual({ allowed: 'none', sizeMultiplier: 0, orderRate: 0 })
  const id = await askedFor(desk)
  showEvidence(desk)
  expect(releaseStatus(desk.stateDir, boot, desk.means).requests.map((each) => each.id)).toEqual([id])

  expect(await approve(desk, id)).toMatchObject({ kind: 'granted' })

  expect(gate(desk)).toEqual({ allowed: 'all', sizeMultiplier: 0.25, orderRate: 1 })
  expect(readTrading(desk.stateDir, desk.clock.ms)).toMatchObject({
    trading: { state: 'ACTIVE', sizeMultiplier: 0.25, epoch: id, by: 'oncall, risk' },
    halts: [],
  })
  expect(isLockFree(desk.stateDir)).toBe(true)
})

test('nobody approves what they asked for, not even in other letters', async () => {
  const desk = freshDesk()
  halt(desk)
  const id = await askedFor(desk)
  showEvidence(desk)
  for (const same of ['oncall', 'OnCall'])
    expect(await approve(desk, id, decidingAs({ id: same, via: 'paper' }, 'paper'))).toMatchObject({
      kind: 'refused',
      code: 'own-request',
    })
  expect(gate(desk).allowed).toBe('none')
  const events = readdirSync(join(desk.stateDir, 'audit/segments')).map((name) =>
    readFileSync(join(desk.stateDir, 'audit/segments', name), 'utf8'),
  )
  expect(events.filter((text) => text.includes('"release.refused"') && text.includes('own-request'))).toHaveLength(2)
})

test.each([
  ['none at all', (): void => undefined],
  [
    'only the tree',
    (desk: TestDesk): void => {
      leaveEvidence(desk, resumeEvent)
    },
  ],
  [
    'only the reconciliation',
    (desk: TestDesk): void => {
      leaveEvidence(desk, reconciledEvent)
    },
  ],
  [
    'a reconciliation that failed later',
    (desk: TestDesk): void => {
      showEvidence(desk)
      leaveEvidence(desk, reconciledEvent, 'fail')
    },
  ],
  [
    'limits that were found looser',
    (desk: TestDesk): void => {
      showEvidence(desk)
      leaveEvidence(desk, limitsEvent, 'fail')
    },
  ],
  [
    'a tree that nobody could decide',
    (desk: TestDesk): void => {
      showEvidence(desk)
      leaveEvidence(desk, resumeEvent, 'undetermined')
    },
  ],
])('without evidence there is no release: %s', async (_, leave) => {
  const desk = freshDesk()
  halt(desk)
  const id = await askedFor(desk)
  leave(desk)
  expect(await approve(desk, id)).toMatchObject({ kind: 'refused', code: 'evidence' })
  expect(gate(desk).allowed).toBe('none')
})

test('evidence from before the halt does not count, and a second halt makes the first one’s too old', async () => {
  const desk = freshDesk()
  showEvidence(desk)
  halt(desk)
  expect(await approve(desk, await askedFor(desk))).toMatchObject({ code: 'evidence' })
  showEvidence(desk)
  halt(desk)
  expect(await approve(desk, await askedFor(desk))).toMatchObject({ code: 'evidence' })
})

test('with a clock that stands still, what came after the halt is still told from what came before', async () => {
  const desk = freshDesk()
  const frozen = { ...desk, means: { ...desk.means, now: () => new Date('2026-11-20T14:05:00Z') } }
  showEvidence(frozen)
  halt(frozen)
  const id = await askedFor(frozen)
  expect(await approve(frozen, id)).toMatchObject({ code: 'evidence' })
  showEvidence(frozen)
  expect(await approve(frozen, id)).toMatchObject({ kind: 'granted' })
})

test('a halt after the request voids it, whether or not that halt could be recorded', async () => {
  const desk = freshDesk()
  halt(desk)
  const first = await askedFor(desk)
  showEvidence(desk)
  halt(desk)
  showEvidence(desk)
  expect(await approve(desk, first)).toMatchObject({ kind: 'refused', code: 'older-than-halt' })

  const second = await askedFor(desk)
  tighten(desk.permit, ['trade', 'open', 'half', 'full'], boot)
  expect(await approve(desk, second)).toMatchObject({ kind: 'refused', code: 'void' })
  expect(gate(desk).allowed).toBe('none')
})

test('a request expires', async () => {
  const desk = freshDesk()
  halt(desk)
  const id = await askedFor(desk, all, 60_000)
  showEvidence(desk)
  desk.clock.ms += 60_000
  expect(await approve(desk, id)).toMatchObject({ kind: 'refused', code: 'expired' })
  expect(releaseStatus(desk.stateDir, boot, desk.means).requests).toEqual([])
})

test('a request is used once', async () => {
  const desk = freshDesk()
  halt(desk)
  const id = await askedFor(desk)
  showEvidence(desk)
  expect(await approve(desk, id)).toMatchObject({ kind: 'granted' })
  expect(await approve(desk, id)).toMatchObject({ kind: 'refused', code: 'void' })
  halt(desk)
  showEvidence(desk)
  expect(await approve(desk, id)).toMatchObject({ kind: 'refused', code: 'older-than-halt' })
})

test('what was tampered with is refused: the record, the file, a request of another halt copied in', async () => {
  const desk = freshDesk()
  halt(desk)
  const id = await askedFor(desk)
  showEvidence(desk)
  const file = join(desk.permit, `trade+${id}`)
  const original = readFileSync(file, 'utf8')
  writeFileSync(file, original.replace('oncall', 'nobody').replace(/"digest":"./, '"digest":"x'))
  expect(await approve(desk, id)).toMatchObject({ kind: 'refused', code: 'tampered' })
  writeFileSync(file, original)

  const segment = join(desk.stateDir, 'audit/segments', `${id}.0.ndjson`)
  const record = readFileSync(segment, 'utf8')
  writeFileSync(segment, record.replaceAll('"requester":"oncall"', '"requester":"dealer"'))
  expect(await approve(desk, id, oncall)).toMatchObject({ kind: 'refused', code: 'tampered' })
  writeFileSync(segment, record)

  for (const unknown of ['release-00000000000000000000000000', '../../etc/passwd', '', 'trade']) {
    expect(await approve(desk, unknown)).toMatchObject({ kind: 'refused', code: 'unknown-request' })
  }
  expect(gate(desk).allowed).toBe('none')
})

test('a request that nobody recorded grants nothing', async () => {
  const desk = freshDesk()
  halt(desk)
  showEvidence(desk)
  const id = 'release-01kanything000000000000000'
  for (const token of ['open', 'trade'] as const)
    request(desk.permit, token, id, JSON.stringify({ grant: id, digest: 'x' }))
  expect(await approve(desk, id)).toMatchObject({ kind: 'refused', code: 'unknown-request' })
})

test('an unwritable log stops a release before anything changes', async () => {
  const desk = freshDesk()
  halt(desk)
  const id = await askedFor(desk)
  showEvidence(desk)
  const before = permits(desk)
  const segments = join(desk.stateDir, 'audit/segments')
  const refusing: typeof desk.means = {
    ...desk.means,
    random: () => {
      throw Object.assign(new Error('no'), { code: 'EIO', syscall: 'read' })
    },
  }
  await expect(approveRelease(desk.stateDir, boot, id, risk, evidenceInLog(desk.stateDir), refusing)).rejects.toThrow()
  expect(permits(desk)).toEqual(before)
  renameSync(segments, `${segments}-away`)
  writeFileSync(segments, '')
  await expect(approve(desk, id)).rejects.toMatchObject({ code: 'history-unreadable' })
  expect(permits(desk)).toEqual(before)
  expect(isLockFree(desk.stateDir)).toBe(true)
})

test('a halt of a venue is released alone, by two people, and later halts of it stay', async () => {
  const desk = freshDesk()
  const venue: Scope = { kind: 'venue', id: 'primary' }
  halt(desk, venue)
  expect(gate(desk).allowed).toBe('none')
  expect(mayTrade({ stateDir: desk.stateDir, venue: 'backup' }).allowed).toBe('all')
  expect(await ask(desk)).toMatchObject({ kind: 'refused', code: 'not-halted' })
  const id = await askedFor(desk, venue)
  showEvidence(desk)
  expect(await approve(desk, id)).toMatchObject({ kind: 'granted' })
  expect(gate(desk)).toEqual({ allowed: 'all', sizeMultiplier: 1, orderRate: 1 })
  expect(permits(desk).filter((name) => name.startsWith('hold-'))).toEqual([])

  halt(desk, venue)
  const old = await askedFor(desk, venue)
  halt(desk, venue)
  showEvidence(desk)
  expect(await approve(desk, old)).toMatchObject({ kind: 'refused' })
  expect(gate(desk).allowed).toBe('none')
})

test('a halt of a symbol denies it in any spelling and goes with its release', async () => {
  const desk = freshDesk()
  halt(desk, { kind: 'symbol', id: 'AAPL' })
  expect(gate(desk).allowed).toBe('none')
  expect(mayTrade({ stateDir: desk.stateDir, symbol: 'aapl' }).allowed).toBe('none')
  expect(mayTrade({ stateDir: desk.stateDir, symbol: 'MSFT' }).allowed).toBe('all')
  const id = await askedFor(desk, { kind: 'symbol', id: 'AAPL' })
  showEvidence(desk)
  expect(await approve(desk, id)).toMatchObject({ kind: 'granted' })
  expect(gate(desk).allowed).toBe('all')
})

test('what was approved and never came into force can be approved again', async () => {
  const desk = freshDesk()
  halt(desk)
  const id = await askedFor(desk)
  showEvidence(desk)
  const copy = `${desk.stateDir}-before`
  cpSync(desk.permit, copy, { recursive: true })
  expect(await approve(desk, id)).toMatchObject({ kind: 'granted' })
  // As if the process had died between the record and the grant.
  rmSync(desk.permit, { recursive: true })
  cpSync(copy, desk.permit, { recursive: true })
  rmSync(copy, { recursive: true })
  expect(gate(desk).allowed).toBe('none')
  const read = readHistory(desk.stateDir, desk.clock.ms)
  expect(read.kind === 'history' && read.history.halts).toEqual([])
  expect(existsSync(join(desk.permit, `trade+${id}`))).toBe(true)
  expect(inForceNow(desk)).not.toContain('trade')
  expect(await approve(desk, id)).toMatchObject({ kind: 'granted' })
})

test('a desk that was halted before it was born trades at its venues once it is released', async () => {
  const stateDir = join(scratch(), 'paper')
  const desk: TestDesk = { ...freshDesk(), stateDir, permit: join(stateDir, 'permit') }
  halt(desk)
  const order = { scope: all, by: oncall, reason: 'first', venues: ['primary'], models: ['signal'] }
  const asked = await requestRelease(desk.stateDir, boot, order, desk.means)
  if (asked.kind === 'refused') throw new Error(asked.message)
  showEvidence(desk)
  expect(await approve(desk, asked.request.id)).toMatchObject({ kind: 'granted' })
  expect(gate(desk)).toEqual({ allowed: 'all', sizeMultiplier: 0.25, orderRate: 1 })
  expect(inspectPermits(desk.stateDir, boot, desk.means)).toEqual({ kind: 'sound' })

  const held = freshDesk()
  halt(held, { kind: 'venue', id: 'primary' })
  halt(held)
  const again = await requestRelease(held.stateDir, boot, order, held.means)
  expect(again.kind === 'requested' && again.request.terms.tokens).toEqual(['open', 'trade'])
})

test('a rule that let go of a halted venue meanwhile: what was asked for would open nothing, and asking again does', async () => {
  const desk = freshDesk()
  const scope: Scope = { kind: 'venue', id: 'primary' }
  const order = { scope, kind: 'no-new', rule: 'daily#D2', reason: 'failed' } as const
  placeHold(desk.stateDir, boot, order, desk.means)
  halt(desk, scope)
  const early = await askedFor(desk, scope)
  expect(await liftHold(desk.stateDir, boot, order, desk.means)).toMatchObject({ kind: 'still-held' })
  showEvidence(desk)
  expect(await approve(desk, early)).toMatchObject({ kind: 'refused', code: 'hold-lifted' })
  expect(gate(desk)).toMatchObject({ allowed: 'none' })

  const again = await askedFor(desk, scope)
  expect(await approve(desk, again)).toMatchObject({ kind: 'granted' })
  expect(gate(desk)).toMatchObject({ allowed: 'all' })
})

test.each([
  ['reduce-only', 'reduce-only'],
  ['no-new', 'none'],
] as const)('released while a rule holds it %s, a venue has what that leaves: %s', async (kind, allowed) => {
  const desk = freshDesk()
  const scope: Scope = { kind: 'venue', id: 'primary' }
  const order = { scope, kind, rule: 'daily#D2', reason: 'failed' } as const
  placeHold(desk.stateDir, boot, order, desk.means)
  halt(desk, scope)
  const asked = await askedFor(desk, scope)
  showEvidence(desk)
  expect(await approve(desk, asked)).toMatchObject({ kind: 'granted' })
  expect(gate(desk)).toMatchObject({ allowed })
  expect(inspectPermits(desk.stateDir, boot, desk.means)).toEqual({ kind: 'sound' })
  expect(await liftHold(desk.stateDir, boot, order, desk.means)).toEqual({ kind: 'lifted' })
  expect(gate(desk)).toMatchObject({ allowed: 'all' })
})

test('what a reboot ended is not released but taken up again, and whoever asks is told so', async () => {
  const desk = freshDesk()
  const order = { scope: all, by: oncall, reason: 'the host is back' }
  const answer = await requestRelease(desk.stateDir, 'another-boot', order, desk.means)
  expect(answer).toMatchObject({ kind: 'refused', code: 'not-halted' })
  expect(answer.kind === 'refused' && answer.message).toContain('desk runbook startup')
})
