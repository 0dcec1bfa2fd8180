/** `desk serve` within the test's own process: real sockets, a desk of its own, and a log that is kept. */
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { system } from '../../src/cli/deps.ts'
import { limits, type Limits } from '../../src/cli/serve/limits.ts'
import { deskMetrics } from '../../src/cli/serve/metrics.ts'
import { deskServer, type DeskServer } from '../../src/cli/serve/server.ts'
import { readTokens } from '../../src/cli/serve/tokens.ts'
import { whichDesk } from '../../src/cli/which-desk.ts'
import type { Context } from '../../src/cli/command.ts'
import { freshDesk, scratch, type TestDesk } from '../killswitch/support.ts'

export const tokens = {
  oncall: 'token-of-oncall-0123456789',
  also: 'second-token-of-oncall-012',
  risk: 'token-of-risk-0123456789',
  reader: 'token-of-reader-0123456789',
}
export const bearing = (name: keyof typeof tokens): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${tokens[name]}`,
})
/** What a proxy on this host would pass on. */
export const elsewhere = { 'x-forwarded-for': '192.0.2.7' }

export interface ServedDesk {
  readonly desk: TestDesk
  readonly url: string
  readonly port: number
  readonly server: DeskServer
  readonly log: readonly string[]
}
interface Options {
  readonly limits?: Partial<Limits>
  readonly profile?: 'paper' | 'live'
  readonly config?: string
}

/** Stops when the test ends. The desk's clock runs with that of the machine, a millisecond on at each reading. */
export async function servedDesk({
  limits: own = {},
  profile = 'paper',
  config = '',
}: Options = {}): Promise<ServedDesk> {
  const desk = freshDesk(Date.now())
  const dir = scratch()
  const path = join(dir, 'desk.config.yaml')
  for (const [name, token] of Object.entries(tokens)) writeFileSync(join(dir, name), `${token}\n`)
  writeFileSync(
    path,
    `serve:
  tokens:
    - { person: oncall, roles: [release], file: oncall }
    - { person: oncall, roles: [release], file: also }
    - { person: risk, roles: [halt, release], file: risk }
    - { person: reader, roles: [read], file: reader }
${config}`,
  )
  const registry = join(dir, 'live')
  writeFileSync(registry, profile === 'live' ? `equities ${desk.stateDir}\n` : '')
  const deps = {
    env: { HOME: dir, ...(profile === 'live' ? {} : { DESK_STATE_DIR: desk.stateDir }) },
    cwd: dir,
    ...desk.means,
    host: hostname(),
    pid: process.pid,
    system: { ...system, liveRegistry: registry, trustedUid: process.getuid?.() ?? 0 },
    sleep: () => Promise.resolve(),
    interrupted: new AbortController().signal,
    interrupt: () => undefined,
  }
  const log: string[] = []
  const keep = (about: object, message: string): void => void log.push(`${message} ${JSON.stringify(about)}`)
  const io = {
    out: () => undefined,
    err: (text: string) => void log.push(text),
    canPrompt: false,
    columns: 80,
    colour: false,
  }
  const context: Context = { io, deps, globals: { json: true, plain: true, profile, config: path } }
  const which = whichDesk(context)
  const server = deskServer({
    context,
    desk: which,
    tokens: readTokens(which.config.serve.tokens),
    hosts: ['desk.example.com'],
    limits: { ...limits, graceMs: 200, ...own },
    log: { info: keep, warn: keep, error: keep },
    metrics: deskMetrics(which, '0'),
    nowMs: () => performance.now(),
  })
  const { port } = await server.listen('127.0.0.1', 0)
  onTestFinished(() => server.stop())
  return { desk, url: `http://127.0.0.1:${String(port)}`, port, server, log }
}

/** Sends as JSON, answers what came back. */
export async function ask(
  { url }: Pick<ServedDesk, 'url'>,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly value: Record<string, unknown>; readonly headers: Headers }> {
  const init =
    body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }
  const answer = await fetch(url + path, { ...init, headers })
  const value = (await answer.json()) as Record<string, unknown>
  return { status: answer.status, value, headers: answer.headers }
}
