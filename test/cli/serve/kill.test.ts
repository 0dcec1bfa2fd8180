/** The kill switch over real sockets: whatever is sent, however slowly, nothing keeps it from halting, and nothing else halts. */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { mayTrade } from '../../../src/killswitch/gate.ts'
import { haltDisk } from '../../../src/killswitch/engage.ts'
import { readTrading } from '../../../src/killswitch/trading.ts'
import { ask, bearing, elsewhere, servedDesk, type ServedDesk, tokens } from '../../support/served.ts'

const kill = '/api/system/kill_switch'
const allowed = ({ desk }: ServedDesk, about: { readonly venue?: string } = {}): string =>
  mayTrade({ stateDir: desk.stateDir, ...about }).allowed
const haltRecords = ({ desk }: ServedDesk): number =>
  readdirSync(join(desk.stateDir, 'audit/segments')).filter((name) => name.startsWith('halt-')).length

/** Everything that comes back until the other side closes, or until `enough` says so. */
function exchange(
  port: number,
  send: (socket: Socket) => void,
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    const end = (): void => {
      socket.destroy()
      resolve(text)
    }
    socket.setEncoding('utf8').on('data', (more: string) => {
      text += more
      if (enough(text)) end()
    })
    socket.on('error', end)
    socket.on('close', end)
    socket.on('connect', () => {
      send(socket)
    })
  })
}
const raw = (port: number, ...lines: readonly string[]): Promise<string> =>
  exchange(
    port,
    (socket) => socket.write(lines.join('\r\n')),
    (text) => text.includes('"schema":1') && text.includes('}\n'),
  )

describe('halts', () => {
  it('without a token from this host, and answers with the document of desk kill', async () => {
    const served = await servedDesk()
    expect(allowed(served)).toBe('all')
    const { status, value, headers } = await ask(served, kill, { reason: 'wrong fills', operator: 'risk' })
    expect([status, headers.get('desk-exit-code')]).toEqual([200, '0'])
    expect(value).toMatchObject({
      schema: 1,
      desks: [
        {
          halted: true,
          already: false,
          scope: 'all',
          by: 'unknown',
          reason: 'wrong fills',
          before: 'TRADING',
          verified: true,
          recorded: true,
          problems: [],
        },
      ],
    })
    expect(allowed(served)).toBe('none')
    expect(readTrading(served.desk.stateDir, Date.now()).trading).toMatchObject({
      state: 'HALTED',
      by: 'unknown',
      reason: 'wrong fills',
    })
  })
  it('under the name of the person whose token it was', async () => {
    const served = await servedDesk()
    const { value } = await ask(served, kill, {}, { ...bearing('risk'), ...elsewhere })
    expect(value).toMatchObject({ desks: [{ halted: true, by: 'risk' }] })
    const known = await ask(served, kill, {}, bearing('oncall'))
    expect(known.value).toMatchObject({ desks: [{ already: true, by: 'oncall' }] })
  })
  it('a part, said in the query or in the body', async () => {
    const served = await servedDesk()
    expect((await ask(served, `${kill}?scope=venue:primary`, '')).status).toBe(200)
    expect([allowed(served, { venue: 'primary' }), allowed(served, { venue: 'backup' })]).toEqual(['none', 'all'])
    expect((await ask(served, kill, { scope: 'venue:backup' })).status).toBe(200)
    expect([allowed(served, { venue: 'backup' }), allowed(served)]).toEqual(['none', 'all'])
  })
  it.each([
    ['is no JSON', 'POST / HTTP', 'the body is no JSON: everything was halted'],
    ['names an unknown scope', '{"scope": "vneue:x"}', 'unknown scope "vneue:x": everything was halted'],
    ['is no UTF-8', Buffer.from([0xff, 0xfe, 0x7b]).toString('latin1'), 'the body is no JSON: everything was halted'],
  ])('everything where the body %s, and says so', async (_, body, problem) => {
    const served = await servedDesk()
    const { status, value, headers } = await ask(served, kill, body)
    expect([status, headers.get('desk-exit-code')]).toEqual([202, '64'])
    expect(value).toMatchObject({ desks: [{ halted: true, scope: 'all', problems: [problem] }] })
    expect(allowed(served)).toBe('none')
  })
  it.each<[string, readonly string[]]>([
    ['no Host header', [`POST ${kill} HTTP/1.1`, 'Content-Length: 0', '', '']],
    ['a Host of somebody else', [`POST ${kill} HTTP/1.1`, 'Host: evil.example', 'Origin: http://evil.example', '', '']],
    ['HTTP/1.0', [`POST ${kill} HTTP/1.0`, '', '']],
    ['a whole address', [`POST http://localhost${kill}/?x=1 HTTP/1.1`, 'Host: localhost', '', '']],
    [
      'an expectation that nobody knows',
      [`POST ${kill} HTTP/1.1`, 'Host: localhost', 'Expect: the-unexpected', '', ''],
    ],
    ['an upgrade', [`POST ${kill} HTTP/1.1`, 'Host: localhost', 'Connection: upgrade', 'Upgrade: websocket', '', '']],
    ['a header that is none', [`POST ${kill} HTTP/1.1`, 'no header', '', '']],
    ['too many headers', [`POST ${kill} HTTP/1.1`, `X: ${'x'.repeat(20_000)}`, '', '']],
    ['two lengths', [`POST ${kill} HTTP/1.1`, 'Content-Length: 1', 'Content-Length: 2', '', '{']],
    ['broken chunks', [`POST ${kill} HTTP/1.1`, 'Host: localhost', 'Transfer-Encoding: chunked', '', 'zz', '']],
    ['a wrong token', [`POST ${kill} HTTP/1.1`, 'Host: localhost', 'Authorization: Bearer nonsense', '', '']],
  ])('everything, with %s', async (_, lines) => {
    const served = await servedDesk()
    expect(await raw(served.port, ...lines)).toContain('"halted":true')
    expect(allowed(served)).toBe('none')
  })
  it('everything where the body stops coming, is cut off, or has no end', async () => {
    const head = (more: string): string =>
      `POST ${kill}?scope=venue:primary HTTP/1.1\r\nHost: localhost\r\n${more}\r\n\r\n`
    const stopped = await servedDesk({ limits: { killBodyMs: 50 } })
    const text = await exchange(stopped.port, (socket) => socket.write(`${head('Content-Length: 100')}{"sco`))
    expect(text).toMatch(/^HTTP\/1.1 202 [\s\S]*the body did not come whole: everything was halted/)
    expect(allowed(stopped)).toBe('none')

    const cut = await servedDesk({ limits: { killBodyMs: 3_600_000 } })
    await exchange(cut.port, (socket) => socket.end(`${head('Content-Length: 100')}{"sco`))
    await cut.server.stop()
    expect([allowed(cut), haltRecords(cut)]).toEqual(['none', 1])

    const endless = await servedDesk({ limits: { killBodyBytes: 1000, killBodyMs: 3_600_000 } })
    const said = await exchange(endless.port, (socket) =>
      socket.write(`${head('Transfer-Encoding: chunked')}7d0\r\n${' '.repeat(2000)}\r\n`),
    )
    expect(said).toContain('"scope":"all"')
    expect(allowed(endless)).toBe('none')
  })
  it('the part that the query names before the body has come', async () => {
    const served = await servedDesk({ limits: { killBodyMs: 3_600_000 } })
    const head = `POST ${kill}?scope=venue:primary HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n`
    let early = ''
    const send = (socket: Socket): void => {
      socket.write(head)
      socket.once('data', () => {
        early = allowed(served, { venue: 'primary' })
        socket.write('{}')
      })
    }
    const text = await exchange(served.port, send, (said) => said.includes('"schema":1'))
    expect(text).toContain('"scope":"venue:primary"')
    expect([early, allowed(served)]).toEqual(['none', 'all'])
  })
  it('when everything else is refused for its rate', async () => {
    const served = await servedDesk({ limits: { burst: 1, perSecond: 0.001 } })
    const statuses = [await ask(served, '/health'), await ask(served, '/health')].map(({ status }) => status)
    expect(statuses).toEqual([200, 429])
    expect((await ask(served, kill, {})).status).toBe(200)
    expect((await ask(served, kill, {})).status).toBe(200)
    const refused = await ask(served, '/health')
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0, refused.value]).toMatchObject([
      429,
      true,
      { error: { code: 'rate-limited' } },
    ])
  })
  it('when all connections are taken', async () => {
    const served = await servedDesk({ limits: { connections: 3, headersMs: 3_600_000, requestMs: 3_600_000 } })
    const idle = Array.from({ length: 10 }, () => connect(served.port, '127.0.0.1'))
    const closed = idle
      .slice(0, 7)
      .map((socket) => new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined)))
    await Promise.all(closed)
    expect(await raw(served.port, `POST ${kill} HTTP/1.1`, 'Host: localhost', '', '')).toContain('"halted":true')
    for (const socket of idle) socket.destroy()
  })
  it('with a log that cannot be written, and says that it is not on record', async () => {
    const served = await servedDesk()
    rmSync(join(served.desk.stateDir, 'audit'), { recursive: true })
    writeFileSync(join(served.desk.stateDir, 'audit'), '')
    const { status, value, headers } = await ask(served, kill, {})
    expect([status, headers.get('desk-exit-code')]).toEqual([202, '73'])
    expect(value).toMatchObject({ desks: [{ halted: true, recorded: false }] })
    expect(allowed(served)).toBe('none')
  })
  it('says loudly where it could not: the only 500', async () => {
    const served = await servedDesk()
    // A disk that nothing can be removed from, as one that is mounted read-only (`test/real/full-disk`).
    const unlink = vi.spyOn(haltDisk, 'unlink').mockImplementation(() => {
      throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' })
    })
    onTestFinished(() => {
      unlink.mockRestore()
    })
    const { status, value, headers } = await ask(served, kill, {})
    expect([status, headers.get('desk-exit-code')]).toEqual([500, '1'])
    expect(value).toMatchObject({ desks: [{ halted: false }] })
  })
  it('a hundred at once: each halted, each answered, a few on record for all', async () => {
    const served = await servedDesk()
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(served, kill, {})))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(haltRecords(served)).toBeGreaterThan(1)
    expect(haltRecords(served)).toBeLessThan(20)
    expect(await (await fetch(`${served.url}/metrics`)).text()).toMatch(/^desk_kills_total\{[^}]*\} 100$/m)
  })
  it('is brought to its end when the server is told to stop', async () => {
    const served = await servedDesk()
    const answer = ask(served, kill, { reason: 'late' })
    while (allowed(served) === 'all') await new Promise((resolve) => setImmediate(resolve))
    await served.server.stop()
    expect((await answer).value).toMatchObject({ desks: [{ recorded: true, verified: true }] })
    await expect(fetch(served.url)).rejects.toThrow()
  })
})

describe('does not halt', () => {
  it.each([
    ['without a token', {}, 401],
    ['with a token that is unknown', { authorization: `Bearer ${tokens.risk}x` }, 401],
    ['with a token of another role', bearing('oncall'), 403],
    ['with a token that only reads', bearing('reader'), 403],
  ])('from elsewhere %s', async (_, headers, status) => {
    const served = await servedDesk()
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])
      expect((await ask(served, kill, {}, { ...headers, [name]: '192.0.2.7' })).status).toBe(status)
    expect(allowed(served)).toBe('all')
  })
  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])('on %s', async (method) => {
    const served = await servedDesk()
    const answer = await fetch(served.url + kill, { method })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
    expect(allowed(served)).toBe('all')
  })
  it('and lives on, whatever else is sent', { timeout: 120_000 }, async () => {
    const served = await servedDesk({ limits: { burst: 1e6, headersMs: 200, requestMs: 300, keepAliveMs: 50 } })
    const line = fc.oneof(
      fc.constantFrom(
        'Host: localhost',
        'Content-Length: 5',
        'Content-Length: -1',
        'Transfer-Encoding: chunked',
        'Connection: close',
        'Expect: 100-continue',
        `Authorization: Bearer ${'x'.repeat(5000)}`,
        'Upgrade: h2c',
        '\u0000: \u0001',
      ),
      fc.string({ unit: 'binary', maxLength: 40 }),
    )
    const path = fc.oneof(
      fc.constantFrom(
        '/health',
        '/ready',
        '/metrics',
        '/api/system/status',
        '/api/system/unlock_request',
        '/api/system/unlock_approve',
        '/..%2f..%2f',
        '//',
        '*',
        '/%',
        '/api/system/kill_switch/x',
      ),
      fc.webPath(),
    )
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'PRI', 'get', '')
    const request = fc
      .tuple(
        method,
        path,
        fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2', ''),
        fc.array(line, { maxLength: 5 }),
        fc.oneof(fc.json(), fc.string({ unit: 'binary', maxLength: 200 })),
      )
      .map(
        ([verb, target, version, lines, body]) =>
          `${verb} ${target} ${version}\r\n${lines.join('\r\n')}\r\n\r\n${body}`,
      )
    await fc.assert(
      fc.asyncProperty(fc.oneof(request, fc.string({ unit: 'binary', maxLength: 300 })), async (text) => {
        await exchange(served.port, (socket) => socket.end(text))
        expect(allowed(served)).toBe('all')
      }),
      { numRuns: 300 },
    )
    expect((await ask(served, '/health')).value).toEqual({ schema: 1, ok: true })
    expect(served.log.filter((each) => each.startsWith('a bug'))).toEqual([])
  })
})

describe('flattening', () => {
  it('takes a token, from this host too; the halt does not', async () => {
    const served = await servedDesk()
    const { status, value } = await ask(served, kill, { flatten: true })
    expect(status).toBe(202)
    expect(value).toMatchObject({
      desks: [{ halted: true, problems: ['nothing was flattened: that needs a token of role halt'] }],
    })
    const flattened = await ask(served, kill, { flatten: true }, bearing('risk'))
    expect(flattened.value).toMatchObject({ desks: [{ problems: [] }] })
    const segments = join(served.desk.stateDir, 'audit/segments')
    const texts = readdirSync(segments).map((name) => readFileSync(join(segments, name), 'utf8'))
    expect(texts.filter((text) => text.includes('"event":"halt.flatten"'))).toHaveLength(1)
  })
})

it('no token, header or body is ever in the log', async () => {
  const served = await servedDesk()
  for (const name of ['risk', 'reader'] as const) {
    await ask(served, `${kill}?reason=a-query-secret`, { reason: 'a-body-secret' }, { ...bearing(name), ...elsewhere })
    await ask(served, '/api/system/unlock_request?token=a-query-secret', { confirm: 'a-body-secret' }, bearing(name))
    await ask(served, '/a-path-secret', undefined, bearing(name))
  }
  const text = served.log.join('\n')
  expect(text).toContain('/api/system/unlock_request')
  for (const secret of [...Object.values(tokens), 'a-query-secret', 'a-path-secret', 'a-body-secret', 'authorization'])
    expect(text).not.toContain(secret)
})
