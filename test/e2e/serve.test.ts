/** `desk serve` as a supervisor runs it: how it starts, how it is refused, how it ends. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mayTrade } from '../../src/killswitch/gate.ts'
import { Desk } from '../support/desk.ts'
import { serve, type Serving } from '../support/serving.ts'

const kill = '/api/system/kill_switch'
let desk: Desk
const running: Serving[] = []
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  for (const { process } of running.splice(0)) process.kill('SIGKILL')
  desk.remove()
})
async function start(...args: readonly string[]): Promise<Serving> {
  const server = await serve(desk, args)
  running.push(server)
  return server
}
const trades = (): boolean => mayTrade({ stateDir: desk.stateDir }).allowed !== 'none'
const haltIn = (): string => {
  const segments = join(desk.stateDir, 'audit/segments')
  const name = readdirSync(segments).find((each) => each.startsWith('halt-'))
  return name === undefined ? '' : readFileSync(join(segments, name), 'utf8')
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'ends with 0 on %s, after every halt was brought to its end',
  async (signal) => {
    const server = await start()
    expect(trades()).toBe(true)
    const answer = fetch(server.url + kill, { method: 'POST', body: '{"reason":"drill"}' })
    while (trades()) await turn()
    server.process.kill(signal)
    const [code] = (await once(server.process, 'exit')) as [number | null]
    expect(code).toBe(0)
    expect(await (await answer).json()).toMatchObject({ desks: [{ halted: true, recorded: true, verified: true }] })
    expect(haltIn()).toContain('"event":"halt.verified"')
    expect((await desk.run(['audit', 'verify'])).code).toBe(0)
  },
)

it('halts at once though nobody waits for the answer', async () => {
  const server = await start()
  const gone = new AbortController()
  const answer = fetch(server.url + kill, { method: 'POST', signal: gone.signal })
  while (trades()) await turn()
  gone.abort()
  await expect(answer).rejects.toThrow()
  server.process.kill('SIGTERM')
  await once(server.process, 'exit')
  expect(haltIn()).toContain('"event":"halt.verified"')
})

it('a halt by HTTP is the halt of desk kill: the same record, the same fields, released in the same way', async () => {
  const server = await start()
  const { desks } = (await (await fetch(server.url + kill, { method: 'POST' })).json()) as { desks: readonly object[] }
  const typed = await desk.json(['kill'])
  const [other] = typed.value['desks'] as readonly object[]
  expect(Object.keys(desks[0] ?? {})).toEqual(Object.keys(other ?? {}))
  expect(other).toMatchObject({ already: true })
  expect((await desk.run(['unlock', 'request', '--confirm', 'paper'])).code).toBe(0)
})

describe('is refused', () => {
  it('on a port that is taken: 75, and who may have it', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const address = blocker.address()
    const port = String(typeof address === 'object' ? address?.port : '')
    const ran = await desk.json(['serve', '--port', port])
    blocker.close()
    expect(ran.code).toBe(75)
    expect(ran.value).toMatchObject({
      error: { code: 'port-in-use', message: expect.stringContaining(port) as string },
    })
  })
  it('a second one on the same port, while the first goes on', async () => {
    const server = await start()
    expect((await desk.run(['serve', '--port', new URL(server.url).port])).code).toBe(75)
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
  })
  it.each([['0.0.0.0'], ['::'], ['192.0.2.1'], ['desk.example.com']])('without tokens on %s: 78', async (host) => {
    const ran = await desk.json(['serve', '--host', host, '--port', '0'])
    expect([ran.code, ran.value]).toMatchObject([78, { error: { code: 'no-tokens' } }])
  })
  it.each([['x'], ['-1'], ['65536'], ['1e3'], ['']])('on the port %j: 64', async (port) => {
    expect((await desk.run(['serve', `--port=${port}`])).code).toBe(64)
  })
  it.each([
    ['both a hash and a file', `sha256: ${'0'.repeat(64)}, file: x`],
    ['neither', ''],
    ['a hash that is none', 'sha256: abc'],
    ['a file that is not there', 'file: nowhere'],
    ['a role that nobody knows', `sha256: ${'0'.repeat(64)}, roles: [root]`],
  ])('a token with %s: 78', async (_, more) => {
    const roles = more.includes('roles') ? '' : 'roles: [halt], '
    writeFileSync(join(desk.dir, 'desk.config.yaml'), `serve: { tokens: [{ person: risk, ${roles}${more} }] }\n`)
    expect((await desk.run(['serve', '--port', '0'])).code).toBe(78)
  })
})

it('with tokens on every address; neither the token nor its hash is shown or logged', async () => {
  const token = 'token-of-risk-0123456789'
  const sha256 = createHash('sha256').update(token).digest('hex')
  writeFileSync(
    join(desk.dir, 'desk.config.yaml'),
    `serve: { tokens: [{ person: risk, roles: [halt], sha256: ${sha256} }] }\n`,
  )
  const server = await start('--host', '0.0.0.0')
  const url = server.url.replace('0.0.0.0', '127.0.0.1')
  const from = { authorization: `Bearer ${token}`, 'x-forwarded-for': '192.0.2.7' }
  expect((await fetch(url + kill, { method: 'POST', headers: { ...from, authorization: 'Bearer x' } })).status).toBe(
    401,
  )
  expect(trades()).toBe(true)
  expect((await fetch(url + kill, { method: 'POST', headers: from })).status).toBe(200)
  expect(trades()).toBe(false)
  expect(haltIn()).toContain('"actor":"risk"')
  server.process.kill('SIGTERM')
  await once(server.process, 'exit')
  const shown = await Promise.all(
    [
      ['config', 'show'],
      ['config', 'show', '--json'],
      ['audit', 'tail'],
    ].map((args) => desk.run(args)),
  )
  const all = [server.log(), ...shown.map(({ stdout, stderr }) => stdout + stderr), haltIn()].join('\n')
  expect(all).toContain('risk')
  for (const secret of [token, sha256]) expect(all).not.toContain(secret)
})

it('/ready says why it could not do what it is there for', async () => {
  const server = await start()
  const ready = async (): Promise<readonly [number, unknown]> => {
    const answer = await fetch(`${server.url}/ready`)
    return [answer.status, await answer.json()]
  }
  expect(await ready()).toEqual([200, { schema: 1, ready: true, problems: [] }])
  const segments = join(desk.stateDir, 'audit/segments')
  for (const name of readdirSync(segments)) writeFileSync(join(segments, name), '')
  expect(await ready()).toMatchObject([503, { ready: false, problems: [expect.stringContaining('audit') as string] }])
  expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/^desk_audit_log_ok\{.*\} 0$/m)
})
