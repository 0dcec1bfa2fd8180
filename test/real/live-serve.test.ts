/** A live desk over HTTP, by the built program: launched by two signatures that ssh-keygen made, and halted. */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { keygen, liveDesk } from './support/live.ts'
import { testWith } from './support/machine.ts'
import { Scratch } from './support/program.ts'
import { standingOf, tamperingIn } from './support/world.ts'

const scratch = new Scratch()
afterAll(() => {
  scratch.remove()
})

interface Answer {
  readonly status: number
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

testWith('logins')('launched over HTTP by two signatures, and halted by whoever asks', async () => {
  const { dir, stateDir, play, serve } = liveDesk(scratch)
  mkdirSync(stateDir, { mode: 0o2770 })
  const server = await serve()
  const ask = async (path: string, body: Readonly<Record<string, unknown>>): Promise<Answer> => {
    const response = await fetch(`${server.url}/api/system/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    return { status: response.status, text, body: objectOf(JSON.parse(text)) }
  }
  const signed = (by: string, { body }: Answer, namespace = 'desk-release'): string => {
    writeFileSync(join(dir, 'words'), String(body['statement']))
    keygen(dir, '-q', '-Y', 'sign', '-n', namespace, '-f', by, 'words')
    const signature = readFileSync(join(dir, 'words.sig'), 'utf8')
    rmSync(join(dir, 'words.sig'))
    return signature
  }
  const confirm = 'equities'

  // The words first; a signature over anything else, or over nothing, asks for nothing.
  const launch = { requestor: 'oncall', reason: 'launch' }
  const drafted = await ask('unlock_request', launch)
  expect(drafted).toMatchObject({ status: 202, body: { namespace: 'desk-release' } })
  const { draft } = drafted.body
  const request = { ...launch, confirm, draft }
  for (const [signature, because] of [
    [signed('stranger', drafted), 'bad-signature'],
    [signed('oncall', drafted, 'git'), 'wrong-namespace'],
    [signed('oncall', { ...drafted, body: { statement: 'launch\n' } }), 'bad-signature'],
  ])
    expect(await ask('unlock_request', { ...request, signature })).toMatchObject({
      status: 403,
      body: { error: { code: because } },
    })
  const unconfirmed = { ...request, confirm: 'paper', signature: signed('oncall', drafted) }
  expect((await ask('unlock_request', unconfirmed)).status).toBe(403)
  const asked = await ask('unlock_request', { ...request, signature: signed('oncall', drafted) })
  expect(asked.status).toBe(200)
  const request_id = /release-[0-9a-z]{26}/.exec(asked.text)?.[0] ?? 'none'

  // Nothing was proved yet: there are no words to agree to.
  const early = await ask('unlock_approve', { request_id, approver: 'risk' })
  expect(early).toMatchObject({ status: 403, body: { error: { code: 'evidence' } } })
  expect(await play('as 1001 gates pre-launch')).toContain('[0]')

  const words = await ask('unlock_approve', { request_id, approver: 'risk' })
  expect(words.status).toBe(202)
  const own = await ask('unlock_approve', { request_id, confirm, signature: signed('oncall', words) })
  expect(own.text).toContain('oncall asked for this')
  expect(own.status).toBe(403)
  expect(standingOf(stateDir)).toBe('HALTED')
  const approval = { request_id, confirm, signature: signed('risk', words) }
  const approved = await ask('unlock_approve', approval)
  expect([approved.status, standingOf(stateDir)]).toEqual([200, 'TRADING AT 25 %'])

  const halted = await ask('kill_switch', { reason: 'drill' })
  expect([halted.status, standingOf(stateDir)]).toEqual([200, 'HALTED'])
  expect(readdirSync(join(stateDir, 'permit')).filter((name) => name.startsWith('trade'))).toEqual([])
  // What was signed for the halt before is good for nothing now.
  expect(await ask('unlock_approve', approval)).toMatchObject({
    status: 403,
    body: { error: { code: 'older-than-halt' } },
  })
  expect(standingOf(stateDir)).toBe('HALTED')
  expect(await server.end()).toBe(0)
  expect(tamperingIn(stateDir)).toEqual([])
})

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
