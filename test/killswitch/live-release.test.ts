/** Releasing a live desk: who is who, what they sign, and every way in which it is refused, each on record. */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { missingHistoryOf } from '../../src/audit/health.ts'
import { parseAllowedSigners } from '../../src/killswitch/allowed-signers.ts'
import { evidenceInLog, reconciledEvent, resumeEvent } from '../../src/killswitch/evidence.ts'
import { mayTrade } from '../../src/killswitch/gate.ts'
import { approvePromotion, promotionStatement, requestPromotion } from '../../src/killswitch/promote.ts'
import { approveRelease, requestRelease } from '../../src/killswitch/release.ts'
import { releaseStatement } from '../../src/killswitch/release-examination.ts'
import {
  type Decider,
  decidingByLogin,
  decidingBySignature,
  operatorByLogin,
  type Roster,
} from '../../src/killswitch/roster.ts'
import type { Person } from '../../src/model/journal.ts'
import { freshKey, type TestKey } from './ssh-keys.ts'
import { boot, freshDesk, halt, inForceNow, leaveEvidence, type TestDesk } from './support.ts'

const keys = { oncall: freshKey(), risk: freshKey(), spare: freshKey(), stranger: freshKey(), old: freshKey() }
const signers = [
  `oncall ${keys.oncall.line}`,
  `risk@desk ${keys.risk.line}`,
  `oncall-laptop ${keys.spare.line}`,
  `chief valid-before="20261101Z" ${keys.old.line}`,
].join('\n')
const operators = [
  { id: 'oncall', logins: ['oncall', 'oncall-admin', 'pit'], signers: ['oncall', 'oncall-laptop'] },
  { id: 'risk', logins: ['uid-1002', 'pit'], signers: ['risk@desk'] },
  { id: 'chief', logins: [], signers: [] },
]
const rosterWith = (more: Partial<Roster> = {}): Roster => ({
  operators,
  signaturesRequired: false,
  allowedSigners: parseAllowedSigners(signers),
  ...more,
})
const roster = rosterWith()
const desk = 'equities'

const login = (id: string): Person => ({ id, via: 'login' })
const byLogin = (id: string | undefined, from = roster): Decider =>
  decidingByLogin(from, id === undefined ? undefined : login(id), desk)
const bySignature = (id: string, sign: (words: string) => string, from = roster): Decider =>
  decidingBySignature(from, id, desk, (words) => Promise.resolve(sign(words)))
const byKey = (id: string, key: TestKey, from = roster): Decider => bySignature(id, (words) => key.sign(words), from)

const ask = (at: TestDesk, by: Decider, expiryMs?: number) =>
  requestRelease(
    at.stateDir,
    boot,
    { scope: { kind: 'all' }, by, reason: 'fixed', ...(expiryMs === undefined ? {} : { expiryMs }) },
    at.means,
  )
async function askedBy(at: TestDesk, by: Decider, expiryMs?: number): Promise<string> {
  const answer = await ask(at, by, expiryMs)
  if (answer.kind === 'refused') throw new Error(`${answer.code}: ${answer.message}`)
  return answer.request.id
}
const approve = (at: TestDesk, id: string, by: Decider) =>
  approveRelease(at.stateDir, boot, id, by, evidenceInLog(at.stateDir), at.means)
const words = (at: TestDesk, id: string, by = byLogin('chief')) =>
  releaseStatement(at.stateDir, boot, id, by, evidenceInLog(at.stateDir), at.means)

/** Halted, with everything shown that a release needs. */
function haltedDesk(): TestDesk {
  const at = freshDesk()
  halt(at)
  for (const event of [resumeEvent, reconciledEvent]) leaveEvidence(at, event)
  return at
}
const isTrading = (at: TestDesk): boolean => mayTrade({ stateDir: at.stateDir }).allowed !== 'none'

/** The codes of refusals on record. */
function refusals(at: TestDesk): readonly string[] {
  const dir = join(at.stateDir, 'audit/segments')
  return readdirSync(dir)
    .sort()
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n').filter(Boolean))
    .flatMap((line) => /"event":"(?:release|promote)\.refused".*?"code":"([a-z-]+)"/.exec(line)?.[1] ?? [])
}

test('two accounts of two people release, and so do two signatures, or one of each', async () => {
  for (const [first, second, via] of [
    [byLogin('oncall'), byLogin('uid-1002'), 'login'],
    [byKey('oncall', keys.oncall), byKey('risk', keys.risk), 'key'],
    [byLogin('oncall-admin'), byKey('risk', keys.risk), 'key'],
    [byKey('oncall', keys.spare), byLogin('chief'), 'login'],
  ] as const) {
    const at = haltedDesk()
    const id = await askedBy(at, first)
    expect(await approve(at, id, second)).toMatchObject({ kind: 'granted', approver: { via } })
    expect(mayTrade({ stateDir: at.stateDir })).toMatchObject({ allowed: 'all', sizeMultiplier: 0.25 })
  }
})

test('what was signed and the signature are on record, for anybody to check later', async () => {
  const at = haltedDesk()
  const id = await askedBy(at, byKey('oncall', keys.oncall))
  let signature = ''
  const answer = await approve(
    at,
    id,
    bySignature('risk', (text) => (signature = keys.risk.sign(text))),
  )
  if (answer.kind === 'refused') throw new Error(answer.message)
  const record = readFileSync(join(at.stateDir, 'audit/segments', `${answer.approval}.0.ndjson`), 'utf8')
  expect(record).toContain(JSON.stringify(signature))
  expect(readFileSync(join(at.stateDir, 'audit/segments', `${id}.0.ndjson`), 'utf8')).toContain('BEGIN SSH SIGNATURE')
})

test('the words to sign name the desk, the host, the halt, the terms, the request, its end and the evidence', async () => {
  const at = freshDesk()
  const { id: halted } = halt(at)
  for (const event of [resumeEvent, reconciledEvent]) leaveEvidence(at, event)
  const id = await askedBy(at, byLogin('oncall'))
  const text = await words(at, id)
  if (typeof text !== 'string') throw new Error(text.message)
  expect(JSON.parse(text)).toMatchObject({
    act: 'approve',
    request: id,
    desk,
    host: 'host-1',
    terms: {
      scope: 'all',
      epoch: halted,
      tokens: ['open', 'trade'],
      to: { size: 0.25 },
      requester: 'oncall',
      reason: 'fixed',
    },
    evidence: [{ what: resumeEvent }, { what: reconciledEvent }],
  })
  expect(text.match(/"sha256": "[0-9a-f]{64}"/g)).toHaveLength(2)
  expect(text).toMatch(/"expires": "2026-11-20T14:30:[\d.]+Z"/)
  expect(await words(at, id)).toBe(text)
})

test.each<[string, string, Decider]>([
  ['one’s own request', 'own-request', byLogin('oncall')],
  ['the same person by another account', 'own-request', byLogin('oncall-admin')],
  ['the same person by a key', 'own-request', byKey('oncall', keys.oncall)],
  ['the same person by another key', 'own-request', byKey('oncall', keys.spare)],
  ['the same person, who claims to be another', 'own-request', byKey('risk', keys.spare)],
  ['nobody whom the kernel knows', 'unknown-person', byLogin(undefined)],
  ['an account that belongs to no operator', 'unknown-operator', byLogin('guest')],
  ['an account that several operators share', 'signature-required', byLogin('pit')],
  [
    'an account, where signatures are mandatory',
    'signature-required',
    byLogin(
      'risk',
      rosterWith({
        signaturesRequired: true,
        operators: [...operators.slice(0, 1), { id: 'risk', logins: [], signers: [] }],
      }),
    ),
  ],
  ['a key that nobody allowed', 'unknown-signer', byKey('risk', keys.stranger)],
  ['a key that expired', 'expired-signer', byKey('chief', keys.old)],
  [
    'a key whose line was taken out',
    'unknown-signer',
    byKey('risk', keys.risk, rosterWith({ allowedSigners: parseAllowedSigners(`oncall ${keys.oncall.line}`) })),
  ],
  [
    'a key without any file of allowed signers',
    'unknown-signer',
    decidingBySignature({ operators, signaturesRequired: false }, 'risk', desk, (text) =>
      Promise.resolve(keys.risk.sign(text)),
    ),
  ],
  [
    'a key of somebody who is no operator',
    'unknown-signer',
    byKey('risk', keys.risk, rosterWith({ operators: operators.slice(0, 1) })),
  ],
  [
    'a key that two operators share',
    'unknown-signer',
    byKey(
      'risk',
      keys.risk,
      rosterWith({ operators: [...operators, { id: 'twin', logins: [], signers: ['risk@desk'] }] }),
    ),
  ],
  ['a signature for another purpose', 'wrong-namespace', bySignature('risk', (text) => keys.risk.sign(text, 'file'))],
  [
    'a signature over other words',
    'bad-signature',
    bySignature('risk', (text) => keys.risk.sign(text.replace('fixed', 'broken'))),
  ],
  ['what is no signature', 'bad-signature', bySignature('risk', () => 'yes')],
  ['another desk', 'other-desk', { ...byLogin('uid-1002'), desk: 'futures' }],
])('%s: refused as %s, and on record', async (_, code, by) => {
  const at = haltedDesk()
  const id = await askedBy(at, byLogin('oncall'))
  expect(await approve(at, id, by)).toMatchObject({ kind: 'refused', code })
  expect(refusals(at)).toEqual([code])
  expect(isTrading(at)).toBe(false)
  // What was refused has used up nothing.
  expect(await approve(at, id, byKey('risk', keys.risk))).toMatchObject({ kind: 'granted' })
})

test.each<[string, string, Decider]>([
  ['nobody whom the kernel knows', 'unknown-person', byLogin(undefined)],
  ['an account of no operator', 'unknown-operator', byLogin('guest')],
  ['a shared account', 'signature-required', byLogin('pit')],
  ['a key that nobody allowed', 'unknown-signer', byKey('unknown', keys.stranger)],
  ['a key of somebody else than the words name', 'unknown-signer', byKey('risk', keys.oncall)],
  ['a signature for another purpose', 'wrong-namespace', bySignature('risk', (text) => keys.risk.sign(text, 'git'))],
])('a request by %s: refused as %s, and on record', async (_, code, by) => {
  const at = haltedDesk()
  expect(await ask(at, by)).toMatchObject({ kind: 'refused', code })
  expect(refusals(at)).toEqual([code])
  expect(readdirSync(at.permit).filter((name) => name.includes('+'))).toEqual([])
})

test('a signature is good for one request, one act and one host', async () => {
  const at = haltedDesk()
  const first = await askedBy(at, byKey('oncall', keys.oncall))
  let used = ''
  expect(
    await approve(
      at,
      first,
      bySignature('risk', (text) => (used = keys.risk.sign(text))),
    ),
  ).toMatchObject({
    kind: 'granted',
  })
  const replay = bySignature('risk', () => used)
  expect(await approve(at, first, replay)).toMatchObject({ code: 'void' })

  halt(at)
  for (const event of [resumeEvent, reconciledEvent]) leaveEvidence(at, event)
  expect(await approve(at, first, replay)).toMatchObject({ code: 'older-than-halt' })
  const second = await askedBy(at, byKey('oncall', keys.oncall))
  expect(await approve(at, second, replay)).toMatchObject({ code: 'bad-signature' })
  // The requester's own signature is none of an approval, whoever hands it in.
  const record = readFileSync(join(at.stateDir, 'audit/segments', `${second}.0.ndjson`), 'utf8')
  const asked = String(JSON.parse(/"signature":("[^"]*")/.exec(record)?.[1] ?? '""'))
  expect(
    await approve(
      at,
      second,
      bySignature('risk', () => asked),
    ),
  ).toMatchObject({ code: 'bad-signature' })
  const elsewhere = { ...at, means: { ...at.means, host: 'host-2' } }
  expect(await approve(elsewhere, second, byKey('risk', keys.risk))).toMatchObject({ code: 'other-desk' })
  expect(refusals(at)).toEqual(['void', 'older-than-halt', 'bad-signature', 'bad-signature', 'other-desk'])
  expect(isTrading(at)).toBe(false)
})

test('evidence that changed after the signature makes it worthless', async () => {
  const at = haltedDesk()
  const id = await askedBy(at, byLogin('oncall'))
  const text = await words(at, id)
  if (typeof text !== 'string') throw new Error(text.message)
  const signature = keys.risk.sign(text)
  leaveEvidence(at, reconciledEvent)
  expect(
    await approve(
      at,
      id,
      bySignature('risk', () => signature),
    ),
  ).toMatchObject({ code: 'bad-signature' })
  expect(await approve(at, id, byKey('risk', keys.risk))).toMatchObject({ kind: 'granted' })
})

test('an expired request, one of another halt and one without evidence are refused whoever signs', async () => {
  const at = haltedDesk()
  const id = await askedBy(at, byLogin('oncall'), 60_000)
  at.clock.ms += 60_000
  expect(await approve(at, id, byKey('risk', keys.risk))).toMatchObject({ code: 'expired' })
  const again = await askedBy(at, byLogin('oncall'))
  halt(at)
  expect(await approve(at, again, byKey('risk', keys.risk))).toMatchObject({ code: 'older-than-halt' })
  const bare = await askedBy(at, byLogin('oncall'))
  expect(await approve(at, bare, byKey('risk', keys.risk))).toMatchObject({ code: 'evidence' })
  expect(refusals(at)).toEqual(['expired', 'older-than-halt', 'evidence'])
})

test('who asked is looked at again: a record that was rewritten, a key that was taken back, an operator who left', async () => {
  const at = haltedDesk()
  const id = await askedBy(at, byKey('oncall', keys.oncall))
  const withoutKey = rosterWith({ allowedSigners: parseAllowedSigners(`risk@desk ${keys.risk.line}`) })
  expect(await approve(at, id, byKey('risk', keys.risk, withoutKey))).toMatchObject({ code: 'unknown-signer' })
  const withoutOperator = rosterWith({ operators: operators.slice(1) })
  expect(await approve(at, id, byKey('risk', keys.risk, withoutOperator))).toMatchObject({ code: 'unknown-signer' })

  const unsigned = await askedBy(at, byLogin('oncall'))
  expect(await approve(at, unsigned, byKey('risk', keys.risk, withoutOperator))).toMatchObject({
    code: 'unknown-operator',
  })
  const mandatory = rosterWith({ signaturesRequired: true })
  expect(await approve(at, unsigned, byKey('risk', keys.risk, mandatory))).toMatchObject({ code: 'signature-required' })

  const segment = join(at.stateDir, 'audit/segments', `${id}.0.ndjson`)
  const record = readFileSync(segment, 'utf8')
  writeFileSync(segment, record.replaceAll('"requester":"oncall"', '"requester":"chief"'))
  expect(await approve(at, id, byKey('risk', keys.risk))).toMatchObject({ code: 'tampered' })
  expect(isTrading(at)).toBe(false)
})

const session = { openMs: Date.parse('2026-11-20T14:30:00Z'), closeMs: Date.parse('2026-11-20T21:00:00Z') }
const calm = { nextSession: () => session, incidents: () => Promise.resolve([]) }

test('up again likewise: two people, each signing what is asked', async () => {
  const at = haltedDesk()
  const released = await askedBy(at, byLogin('oncall'))
  expect(await approve(at, released, byKey('risk', keys.risk))).toMatchObject({ kind: 'granted' })
  at.clock.ms = session.closeMs
  const promote = (by: Decider) => requestPromotion(at.stateDir, boot, { by, reason: 'calm' }, calm, at.means)
  const agree = (id: string, by: Decider) => approvePromotion(at.stateDir, boot, id, by, calm, at.means)
  expect(await promote(byLogin('pit'))).toMatchObject({ code: 'signature-required' })
  const asked = await promote(byKey('risk', keys.risk))
  if (asked.kind === 'refused') throw new Error(asked.message)
  const { id } = asked.request
  expect(await agree(id, byKey('risk', keys.risk))).toMatchObject({ code: 'own-request' })
  expect(await agree(id, byLogin('pit'))).toMatchObject({ code: 'signature-required' })
  expect(await agree(id, byKey('oncall', keys.stranger))).toMatchObject({ code: 'unknown-signer' })
  expect(
    await agree(
      id,
      bySignature('oncall', (text) => keys.oncall.sign(text, 'file')),
    ),
  ).toMatchObject({
    code: 'wrong-namespace',
  })
  expect(refusals(at)).toEqual([
    'signature-required',
    'own-request',
    'signature-required',
    'unknown-signer',
    'wrong-namespace',
  ])
  const text = await promotionStatement(at.stateDir, boot, id, byLogin('oncall'), calm, at.means)
  if (typeof text !== 'string') throw new Error(text.message)
  expect(JSON.parse(text)).toMatchObject({ act: 'approve', request: id, terms: { kind: 'promote', to: { size: 1 } } })
  expect(
    await agree(
      id,
      bySignature('oncall', () => keys.oncall.sign(text)),
    ),
  ).toMatchObject({ kind: 'granted' })
  expect(mayTrade({ stateDir: at.stateDir })).toMatchObject({ sizeMultiplier: 1 })
})

test('nothing is loosened beside a log that was emptied or cut', async () => {
  const at = haltedDesk()
  const id = await askedBy(at, byLogin('oncall'))
  writeNote(at, 3)
  expect(missingHistoryOf(at.stateDir)).toEqual([])
  for (const name of readdirSync(join(at.stateDir, 'audit/ledger'))) rmSync(join(at.stateDir, 'audit/ledger', name))
  expect(await approve(at, id, byKey('risk', keys.risk))).toMatchObject({ code: 'history-missing' })
  expect(await ask(at, byLogin('oncall'))).toMatchObject({ code: 'history-missing' })
  expect(isTrading(at)).toBe(false)
})

/** As a checkpoint leaves it; only its name counts here. */
function writeNote(at: TestDesk, lines: number): void {
  const dir = join(at.stateDir, 'audit/checkpoints')
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, `${String(lines).padStart(12, '0')}-note-x.note`), '')
}

test('a login is an operator’s by name or number, in any spelling, and nobody’s where it is several', () => {
  expect(operatorByLogin(roster, login('ONCALL-admin'))).toMatchObject({ id: 'oncall' })
  expect(operatorByLogin(roster, login('uid-1002'))).toMatchObject({ id: 'risk' })
  expect(operatorByLogin(roster, login('chief'))).toMatchObject({ id: 'chief' })
  expect(operatorByLogin(roster, login('risk'))).toMatchObject({ code: 'unknown-operator' })
})

test('a desk that never had a permit asks for its launch, and needs what a launch needs', async () => {
  const at = unbornDesk()
  const order = {
    scope: { kind: 'all' },
    by: byLogin('oncall'),
    reason: 'launch',
    venues: ['primary'],
    models: ['signal'],
  } as const
  const asked = await requestRelease(at.stateDir, boot, order, at.means)
  if (asked.kind === 'refused') throw new Error(asked.message)
  expect(asked.request.terms).toMatchObject({ epoch: 'launch', to: { size: 0.25 } })
  const needs: boolean[] = []
  const approveWith = (by: Decider, isReady: boolean) =>
    approveRelease(
      at.stateDir,
      boot,
      asked.request.id,
      by,
      (need) => {
        needs.push(need.launch)
        const ref = { segment: 'run-x.0.ndjson', seq: 1 }
        return Promise.resolve([
          isReady
            ? { kind: 'holds', what: 'P1', at: '2026-11-20T13:00:00Z', ref, hash: 'a'.repeat(64) }
            : { kind: 'missing', what: 'P1', reason: 'not run' },
        ])
      },
      at.means,
    )
  expect(await approveWith(byKey('risk', keys.risk), false)).toMatchObject({ code: 'evidence' })
  expect(await approveWith(byLogin('oncall'), true)).toMatchObject({ code: 'own-request' })
  expect(await approveWith(byKey('risk', keys.risk), true)).toMatchObject({ kind: 'granted' })
  expect(needs).toEqual([true, true])
  expect(mayTrade({ stateDir: at.stateDir, venue: 'primary', model: 'signal' })).toMatchObject({ sizeMultiplier: 0.25 })
  expect(inForceNow(at)).not.toContain('half')
  // From here on it has a history, and a halt asks for what a halt asks for.
  expect(await requestRelease(at.stateDir, boot, order, at.means)).toMatchObject({ code: 'not-halted' })
  halt(at)
  const again = await askedBy(at, byLogin('oncall'))
  expect(await approve(at, again, byKey('risk', keys.risk))).toMatchObject({ code: 'evidence' })
})

function unbornDesk(): TestDesk {
  const at = freshDesk()
  for (const name of readdirSync(at.stateDir)) rmSync(join(at.stateDir, name), { recursive: true })
  return at
}
