/** Releasing over HTTP: two people, by tokens on paper and by signatures on a live desk, with the refusals of the command. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { reconciledEvent, resumeEvent } from '../../../src/killswitch/evidence.ts'
import { mayTrade } from '../../../src/killswitch/gate.ts'
import { acquire } from '../../../src/lock/lock.ts'
import { freshKey } from '../../killswitch/ssh-keys.ts'
import { halt, leaveEvidence, scratch } from '../../killswitch/support.ts'
import { ask, bearing, elsewhere, servedDesk, type ServedDesk } from '../../support/served.ts'

const kill = '/api/system/kill_switch'
const request = '/api/system/unlock_request'
const approve = '/api/system/unlock_approve'
const trades = ({ desk }: ServedDesk): boolean => mayTrade({ stateDir: desk.stateDir }).allowed !== 'none'
const idOf = (value: unknown): string => /release-[0-9a-z]{26}/.exec(JSON.stringify(value))?.[0] ?? 'none'

/** Halted, with everything shown that a release needs. */
async function halted(options: Parameters<typeof servedDesk>[0] = {}): Promise<ServedDesk> {
  const served = await servedDesk(options)
  halt(served.desk)
  for (const event of [resumeEvent, reconciledEvent]) leaveEvidence(served.desk, event)
  return served
}

describe('on paper', () => {
  const confirm = 'paper'
  it('one asks and another approves, each known by a token', async () => {
    const served = await halted()
    const asked = await ask(
      served,
      request,
      { confirm, reason: 'the feed is back', requestor: 'risk' },
      bearing('oncall'),
    )
    expect(asked).toMatchObject({
      status: 200,
      value: { request: { via: 'paper', terms: { requester: 'oncall', reason: 'the feed is back' } } },
    })
    const approved = await ask(
      served,
      approve,
      { request_id: idOf(asked.value), confirm, approver: 'oncall' },
      bearing('risk'),
    )
    expect(approved).toMatchObject({ status: 200, value: { granted: true, approver: { id: 'risk' } } })
    expect(mayTrade({ stateDir: served.desk.stateDir })).toMatchObject({ allowed: 'all', sizeMultiplier: 0.25 })
    expect((await ask(served, '/api/system/status')).value).toMatchObject({
      kill_switch: false,
      trading_enabled: true,
      trading: { sizeMultiplier: 0.25 },
    })
  })
  it('two tokens of one person are one person', async () => {
    const served = await halted()
    const id = idOf((await ask(served, request, { confirm }, bearing('oncall'))).value)
    for (const name of ['oncall', 'also'] as const)
      expect(await ask(served, approve, { request_id: id, confirm }, bearing(name))).toMatchObject({
        status: 403,
        value: { error: { code: 'own-request' } },
      })
    expect(trades(served)).toBe(false)
  })
  it.each([
    ['without a token', {}, { confirm }, 401, 'no-token'],
    ['with a token that only reads', bearing('reader'), { confirm }, 403, 'wrong-role'],
    [
      'from elsewhere with a token that only reads',
      { ...bearing('reader'), ...elsewhere },
      { confirm },
      403,
      'wrong-role',
    ],
    ['from elsewhere without a token', elsewhere, { confirm }, 401, 'no-token'],
    ["without the desk's name", bearing('oncall'), {}, 428, 'not-confirmed'],
    ["with another desk's name", bearing('oncall'), { confirm: 'live' }, 403, 'not-confirmed'],
    ['for a scope that makes no sense', bearing('oncall'), { confirm, scope: 'x' }, 400, 'bad-scope'],
    ['for what is not halted', bearing('oncall'), { confirm, scope: 'venue:backup' }, 403, 'not-halted'],
    ['with a key that nobody knows', bearing('oncall'), { confirm, force: true }, 400, 'bad-body'],
    ['with no JSON', bearing('oncall'), 'confirm=paper', 400, 'not-json'],
    ['with a list', bearing('oncall'), '[]', 400, 'not-json'],
    ['with more than 16 KiB', bearing('oncall'), { confirm, reason: 'x'.repeat(17_000) }, 413, 'too-long'],
    [
      'from a page of somebody else',
      { ...bearing('oncall'), origin: 'http://evil.example' },
      { confirm },
      403,
      'wrong-origin',
    ],
  ])('nobody asks %s', async (_, headers, body, status, code) => {
    const served = await halted()
    expect(await ask(served, request, body, headers)).toMatchObject({ status, value: { schema: 1, error: { code } } })
    expect(readdirSync(served.desk.permit).filter((name) => name.includes('+'))).toEqual([])
  })
  it('nobody approves what is not there, or was overtaken by a halt', async () => {
    const served = await halted()
    const by = bearing('risk')
    for (const id of ['', 'release-1', '../../x', 'release-01m7x778sev6e8hkrmnmnsdfbr'])
      expect(await ask(served, approve, { request_id: id, confirm }, by)).toMatchObject({
        status: 400,
        value: { error: { code: 'unknown-request' } },
      })
    const id = idOf((await ask(served, request, { confirm }, bearing('oncall'))).value)
    await ask(served, kill, {})
    expect((await ask(served, approve, { request_id: id, confirm }, by)).status).toBe(403)
    expect(trades(served)).toBe(false)
  })
  it('of many approvals at once one is granted, and a halt among them is never undone', async () => {
    for (let round = 0; round < 10; round++) {
      const served = await halted()
      const id = idOf((await ask(served, request, { confirm }, bearing('oncall'))).value)
      const approvals = Array.from({ length: 5 }, () =>
        ask(served, approve, { request_id: id, confirm }, bearing('risk')),
      )
      const halting = round % 2 === 0 ? ask(served, kill, {}) : undefined
      const statuses = (await Promise.all(approvals)).map(({ status }) => status)
      expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(1)
      if (halting === undefined) expect(statuses.filter((status) => status === 200)).toHaveLength(1)
      else expect((await halting).value).toMatchObject({ desks: [{ halted: true }] })
      expect(trades(served)).toBe(halting === undefined)
    }
  })
  it('a halt goes through while a request waits for somebody else who is changing permissions', async () => {
    const served = await halted()
    const lock = acquire(`${served.desk.stateDir}/locks/permit`, 0, { who: 'risk' }, served.desk.means)
    const asked = ask(served, request, { confirm }, bearing('oncall'))
    expect((await ask(served, kill, {})).status).toBe(200)
    if (lock.kind === 'lock') lock.release()
    expect((await asked).status).toBe(200)
  })
})

describe('on a live desk', () => {
  const keys = { oncall: freshKey(), risk: freshKey(), stranger: freshKey() }
  const confirm = 'equities'
  function withSigners(): Promise<ServedDesk> {
    const signers = join(scratch(), 'signers')
    writeFileSync(signers, `oncall ${keys.oncall.line}\nrisk ${keys.risk.line}\n`)
    return halted({
      profile: 'live',
      config: `operators: [{ id: oncall, roles: [oncall] }, { id: risk, roles: [risk] }]\nrelease: { allowedSigners: ${signers} }\n`,
    })
  }
  /** The words to sign, and the draft that goes back with them. */
  async function words(served: ServedDesk, path: string, body: object): Promise<{ statement: string; draft: unknown }> {
    const { status, value } = await ask(served, path, body)
    expect([status, value['namespace']]).toEqual([202, 'desk-release'])
    return { statement: String(value['statement']), draft: value['draft'] }
  }
  async function asked(served: ServedDesk, key = keys.oncall): Promise<Awaited<ReturnType<typeof ask>>> {
    const { statement, draft } = await words(served, request, { requestor: 'oncall', reason: 'fixed' })
    return ask(served, request, { reason: 'fixed', confirm, draft, signature: key.sign(statement) })
  }

  it('two people sign words that were given out, and both signatures are on record', async () => {
    const served = await withSigners()
    const first = await asked(served)
    expect(first).toMatchObject({
      status: 200,
      value: { request: { via: 'key', terms: { requester: 'oncall', desk: 'equities' } } },
    })
    const request_id = idOf(first.value)
    const { statement } = await words(served, approve, { request_id })
    const approved = await ask(served, approve, { request_id, confirm, signature: keys.risk.sign(statement) })
    expect(approved).toMatchObject({ status: 200, value: { granted: true, approver: { id: 'risk', via: 'key' } } })
    expect(trades(served)).toBe(true)
    const segments = join(served.desk.stateDir, 'audit/segments')
    const log = readdirSync(segments)
      .map((name) => readFileSync(join(segments, name), 'utf8'))
      .join('')
    expect(log.match(/BEGIN SSH SIGNATURE/g)).toHaveLength(2)
  })
  it('a token says nothing about who decides', async () => {
    const served = await withSigners()
    expect((await ask(served, request, { confirm }, bearing('oncall'))).status).toBe(202)
    const request_id = idOf((await asked(served)).value)
    expect((await ask(served, approve, { request_id, confirm }, bearing('risk'))).status).toBe(202)
    const { statement } = await words(served, approve, { request_id })
    const own = await ask(
      served,
      approve,
      { request_id, confirm, signature: keys.oncall.sign(statement) },
      bearing('risk'),
    )
    expect(own).toMatchObject({ status: 403, value: { error: { code: 'own-request' } } })
    expect(trades(served)).toBe(false)
  })
  it('a signature of a stranger, over other words or for another purpose is refused', async () => {
    const served = await withSigners()
    expect((await asked(served, keys.stranger)).status).toBe(403)
    expect((await asked(served, keys.risk)).status).toBe(403)
    const request_id = idOf((await asked(served)).value)
    const { statement } = await words(served, approve, { request_id })
    for (const [signature, code] of [
      [keys.stranger.sign(statement), 'unknown-signer'],
      [keys.risk.sign(`${statement} `), 'bad-signature'],
      [keys.risk.sign(statement, 'file'), 'wrong-namespace'],
      ['nonsense', 'bad-signature'],
    ] as const)
      expect(await ask(served, approve, { request_id, confirm, signature })).toMatchObject({
        status: 403,
        value: { error: { code } },
      })
    expect(trades(served)).toBe(false)
  })
  it('a draft is void when it is old, altered, used, or when something was decided since', async () => {
    const served = await withSigners()
    const { statement, draft } = await words(served, request, { requestor: 'oncall' })
    const signature = keys.oncall.sign(statement)
    const send = (more: object) => ask(served, request, { confirm, draft, signature, ...more })
    expect(await send({ draft: undefined })).toMatchObject({ status: 400, value: { error: { code: 'no-draft' } } })
    expect((await send({ reason: 'another' })).value).toMatchObject({ error: { code: 'bad-signature' } })
    halt(served.desk)
    expect((await send({})).value).toMatchObject({ error: { code: 'void' } })
    const again = await words(served, request, { requestor: 'oncall' })
    const signed = { draft: again.draft, signature: keys.oncall.sign(again.statement) }
    served.desk.clock.ms += 11 * 60_000
    expect((await send(signed)).value).toMatchObject({ error: { code: 'expired' } })
    served.desk.clock.ms -= 11 * 60_000
    for (const id of ['release-1', 'promote-01m7x778sev6e8hkrmnmnsdfbr', '../x'])
      expect((await send({ draft: { ...(draft as object), id } })).value).toMatchObject({
        error: { code: 'unknown-request' },
      })
    const fresh = await words(served, request, { requestor: 'oncall' })
    const last = { draft: fresh.draft, signature: keys.oncall.sign(fresh.statement) }
    expect((await send(last)).status).toBe(200)
    expect((await send(last)).value).toMatchObject({ error: { code: 'void' } })
  })
})
