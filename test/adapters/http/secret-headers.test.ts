/** Secret headers and requests that may be repeated, against a real server on this machine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { httpAdapter, type HttpOptions } from '../../../src/adapters/http/adapter.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { callOf } from '../support.ts'

const token = 'token-of-the-desk'

async function serve(): Promise<{ origin: string; host: string; seen: IncomingHttpHeaders[] }> {
  const seen: IncomingHttpHeaders[] = []
  const server = createServer(({ headers, method }, response) => {
    seen.push(headers)
    response.writeHead(method === 'DELETE' ? 500 : 200, { 'content-type': 'text/plain' })
    response.end(`you sent ${headers.authorization ?? 'nothing'}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const host = `127.0.0.1:${String(address.port)}`
  return { origin: `http://${host}`, host, seen }
}

const adapterFor = (options: Omit<HttpOptions, 'now'>) =>
  httpAdapter({ now: () => new Date('2026-11-19T17:00:00Z'), ...options })
const ensure = (url: string, method: string) => callOf('http.ensure', { url, method, body: '{}' })
const get = (url: string) => callOf('http.get', { url })

test('a header comes from the environment, and its secret is in no answer', async () => {
  const { origin, host, seen } = await serve()
  const headers = [{ host, name: 'Authorization', env: 'DESK_TOKEN', prefix: 'Bearer ' }]
  const adapter = adapterFor({ hosts: [host], secrets: { headers, env: { DESK_TOKEN: ` ${token}\n` } } })
  const reading = await adapter.read(get(`${origin}/state`))
  expect(seen[0]?.authorization).toBe(`Bearer ${token}`)
  expect(reading).toMatchObject({ kind: 'value', value: { body: 'you sent Bearer [redacted]' } })
  expect(JSON.stringify(reading)).not.toContain(token)
})

test('or from a file, and what a step gives under that name does not replace it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'desk-header-'))
  onTestFinished(() => {
    rmSync(dir, { recursive: true })
  })
  const file = join(dir, 'token')
  writeFileSync(file, `${token}\n`)
  const { origin, host, seen } = await serve()
  const adapter = adapterFor({ hosts: [host], secrets: { headers: [{ host, name: 'authorization', file }], env: {} } })
  const call = callOf('http.get', { url: origin, headers: [{ name: 'Authorization', value: 'mine' }] })
  await adapter.read(call)
  expect(seen[0]?.authorization).toBe(token)
})

test('goes to no other host', async () => {
  const [mine, other] = [await serve(), await serve()]
  const headers = [{ host: mine.host, name: 'Authorization', env: 'DESK_TOKEN' }]
  const adapter = adapterFor({ hosts: [other.host], secrets: { headers, env: { DESK_TOKEN: token } } })
  await adapter.read(get(other.origin))
  expect(other.seen[0]?.authorization).toBeUndefined()
})

test.each([
  ['it is not there', {}],
  ['it is empty', { DESK_TOKEN: ' ' }],
  ['it would begin another header', { DESK_TOKEN: 'a\r\nX: b' }],
])('nothing is sent where %s', async (_, env) => {
  const { origin, host, seen } = await serve()
  const headers = [{ host, name: 'Authorization', env: 'DESK_TOKEN' }]
  const adapter = adapterFor({
    ...{ hosts: [host], repeatable: [{ host, methods: ['PUT'] }], secrets: { headers, env } },
  })
  expect(await adapter.read(get(origin))).toMatchObject({
    kind: 'failure',
    reason: 'the secret of the header Authorization is not there: the environment variable DESK_TOKEN',
  })
  expect(await adapter.act(ensure(origin, 'PUT'))).toMatchObject({ kind: 'failed' })
  expect(seen).toEqual([])
})

test('never over plain http to another machine', async () => {
  const headers = [{ host: 'api.example', name: 'Authorization', env: 'DESK_TOKEN' }]
  const adapter = adapterFor({ hosts: ['api.example'], secrets: { headers, env: { DESK_TOKEN: token } } })
  expect(await adapter.read(get('http://api.example/'))).toMatchObject({
    kind: 'failure',
    reason: 'api.example would get a secret header over plain http',
  })
})

test('a request that may be repeated carries the same key each time', async () => {
  const { origin, host, seen } = await serve()
  const adapter = adapterFor({ hosts: [], repeatable: [{ host, methods: ['POST'], keyHeader: 'Idempotency-Key' }] })
  const call = ensure(origin, 'POST')
  expect(await adapter.act(call)).toMatchObject({ kind: 'done' })
  expect(await adapter.act(call)).toMatchObject({ kind: 'done' })
  expect(seen.map((headers) => headers['idempotency-key'])).toEqual([call.key, call.key])
})

test('what the configuration does not name is not sent, and a server that failed may have done it', async () => {
  const { origin, host, seen } = await serve()
  const adapter = adapterFor({ hosts: [host], repeatable: [{ host, methods: ['DELETE'] }] })
  expect(await adapter.act(ensure(origin, 'PUT'))).toMatchObject({
    kind: 'failed',
    reason: `nothing was sent: PUT to ${host} is not among http.repeatable of the configuration`,
  })
  expect(seen).toEqual([])
  expect(await adapter.act(ensure(origin, 'DELETE'))).toMatchObject({ kind: 'unknown', reason: 'status 500' })
})

test.each([
  ['POST without a key', { repeatable: [{ host: 'a.example', methods: ['POST'] }] }],
  ['a header of nowhere', { headers: [{ host: 'a.example', name: 'X-Key' }] }],
  ['a header of two places', { headers: [{ host: 'a.example', name: 'X-Key', env: 'A', file: 'b' }] }],
  ['a secret in the text', { headers: [{ host: 'a.example', name: 'X-Key', value: token }] }],
  ['a name that is none', { headers: [{ host: 'a.example', name: 'X Key', env: 'A' }] }],
])('the configuration refuses %s', (_, http) => {
  expect(configSchema().safeParse({ http }).success).toBe(false)
})
