/** Requests to a real server on this machine. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { guarded } from '../../../src/adapters/guarded.ts'
import { httpAdapter } from '../../../src/adapters/http/adapter.ts'
import type { Adapter } from '../../../src/ports/adapter.ts'
import { callOf } from '../support.ts'

interface Seen {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly token: unknown
  readonly body: string
}
interface Server {
  readonly origin: string
  readonly host: string
  readonly seen: Seen[]
  readonly adapter: Adapter
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method, url, headers } = request
      seen.push({ method, url, token: headers['x-token'], body: Buffer.concat(chunks).toString() })
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const host = `127.0.0.1:${String(address.port)}`
  return { origin: `http://${host}`, host, seen, adapter: adapterFor([host]) }
}

/** Of a server that has gone. */
async function closedOrigin(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${String(address.port)}`
}

const adapterFor = (hosts: readonly string[]): Adapter =>
  guarded(httpAdapter({ now: () => new Date('2026-11-19T17:00:00Z'), hosts }), {
    secrets: ['hush-hush'],
    now: () => new Date('2026-11-19T17:00:00Z'),
  })
const request = (args: Readonly<Record<string, unknown>>) => callOf('http.request', { method: 'POST', ...args })
const get = (url: string, more: Readonly<Record<string, unknown>> = {}) => {
  const { key: _key, ...call } = callOf('http.get', { url, ...more })
  return call
}

describe('a request as a step', () => {
  test('sends method, headers and body, and answers status and body without secrets', async () => {
    const { origin, seen, adapter } = await serve((_request, response) => {
      response.writeHead(201, { 'content-type': 'text/plain' }).end('made with hush-hush')
    })
    const headers = [{ name: 'x-token', value: 'abc' }]
    expect(await adapter.act(request({ url: `${origin}/orders?x=1`, headers, body: '{"a":1}' }))).toEqual({
      kind: 'done',
      value: { status: 201, contentType: 'text/plain', body: 'made with [redacted]' },
      asOf: '2026-11-19T17:00:00.000Z',
      source: expect.stringMatching(/^http\/127\.0\.0\.1:/) as string,
    })
    expect(seen).toEqual([{ method: 'POST', url: '/orders?x=1', token: 'abc', body: '{"a":1}' }])
  })

  test.each([
    [404, undefined, 'failed'],
    [408, undefined, 'unknown'],
    [500, undefined, 'unknown'],
    [302, undefined, 'unknown'],
    [200, 201, 'unknown'],
    [404, 404, 'done'],
    [204, undefined, 'done'],
  ])('status %i where %j is expected is %s', async (status, expectStatus, kind) => {
    const { origin, adapter } = await serve((_request, response) => {
      response.writeHead(status, { location: '/elsewhere' }).end()
    })
    const expected = expectStatus === undefined ? {} : { expectStatus }
    expect(await adapter.act(request({ url: origin, ...expected }))).toMatchObject({ kind })
  })

  test('that breaks off may have done something; one that finds nobody has done nothing', async () => {
    const { origin, adapter, seen } = await serve((_request, response) => {
      response.destroy()
    })
    expect(await adapter.act(request({ url: origin }))).toMatchObject({ kind: 'unknown' })
    expect(seen).toHaveLength(1)
    expect(await adapter.read(get(origin))).toMatchObject({ kind: 'failure', unreachable: true })
    const nobody = await closedOrigin()
    expect(await adapter.act(request({ url: nobody }))).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/nothing was sent/) as string,
    })
  })

  test('whose answer never comes is unknown', async () => {
    let arrive: () => void = () => undefined
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    const { origin, host } = await serve(() => {
      arrive()
    })
    const late = guarded(httpAdapter({ now: () => new Date(), hosts: [host] }), {
      secrets: [],
      now: () => new Date(),
      startTimer: (_ms, fire) => {
        void arrived.then(fire)
        return () => undefined
      },
    })
    expect(await late.act(request({ url: origin }))).toMatchObject({ kind: 'unknown' })
    expect(await late.lookup(request({ url: origin }))).toMatchObject({ kind: 'cannot-tell' })
  })

  test.each(['ftp://x/', 'nothing', 'http://somebody:secret@127.0.0.1/'])('%s is not sent', async (url) => {
    expect(await adapterFor([]).act(request({ url }))).toMatchObject({ kind: 'failed' })
  })
})

describe('a read', () => {
  test('goes only to hosts of the configuration', async () => {
    const { origin, seen } = await serve((_request, response) => {
      response.end('ok')
    })
    expect(await adapterFor(['127.0.0.1']).read(get(origin))).toMatchObject({
      kind: 'failure',
      reason: expect.stringMatching(/http\.hosts/) as string,
    })
    expect(seen).toEqual([])
  })

  test('follows a redirect within its host, and none to another one', async () => {
    const other = await serve((_request, response) => {
      response.end('other')
    })
    const { origin, adapter } = await serve(({ url }, response) => {
      if (url === '/here') response.writeHead(302, { location: '/there' }).end()
      else if (url === '/away') response.writeHead(302, { location: other.origin }).end()
      else if (url === '/round') response.writeHead(302, { location: '/round' }).end()
      else response.end('there')
    })
    expect(await adapter.read(get(`${origin}/here`))).toMatchObject({ kind: 'value', value: { body: 'there' } })
    expect(await adapter.read(get(`${origin}/away`))).toMatchObject({ kind: 'failure', reason: 'status 302' })
    expect(await adapter.read(get(`${origin}/round`))).toMatchObject({ kind: 'failure', reason: 'status 302' })
    expect(other.seen).toEqual([])
  })

  test('that is too long is only a part, and no reading', async () => {
    const { origin, adapter } = await serve((_request, response) => {
      response.end('x'.repeat(70_000))
    })
    expect(await adapter.read(get(origin))).toMatchObject({ kind: 'failure' })
    expect(await adapter.act(request({ url: origin }))).toMatchObject({ kind: 'done' })
  })
})
