/** `desk serve`: kill switch, state and release over HTTP. On this host alone, unless there are tokens. */
import type { Command, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { isLoopback } from '../serve/peer.ts'
import { limits } from '../serve/limits.ts'
import { readState } from '../settled-state.ts'
import { serveLog, type ServeLog } from '../serve/log.ts'
import { deskMetrics } from '../serve/metrics.ts'
import { type DeskServer, deskServer } from '../serve/server.ts'
import { readTokens } from '../serve/tokens.ts'
import { refuseUntrusted } from '../trusted.ts'
import { homeOr } from '../kill/halt-now.ts'
import { rehearseHalt } from '../kill/venues.ts'
import { desksToHalt } from '../../killswitch/desks.ts'
import { type WhichDesk, whichDesk } from '../which-desk.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'

declare const DESK_VERSION: string

export interface ServeOptions {
  readonly host?: string
  readonly port: string
}
const here = ['127.0.0.1', '::1'] as const

/** Ends with 0 when it is told to end. Throws DeskError `no-tokens`, `bad-port`, `port-in-use`, `cannot-listen`. */
export const run: Command<ServeOptions> = async (options, context) => {
  const { io, deps, globals } = context
  const desk = whichDesk(context)
  const port = portOf(options.port)
  const log = serveLog(desk.name)
  // A fresh paper desk comes into being with the first look at it.
  await readState(context)
  const server = prepare(desk, options.host, context, log)
  const listening = await listen(server, options.host === undefined ? here : [options.host], port)
  if (globals.json)
    printJson(io, 'serve', { schema: 1, profile: desk.profile, desk: desk.name, listening: [...listening] })
  else io.out(`${desk.name}: listening\n${listening.map((url) => `  ${url}\n`).join('')}`)
  void rehearse(context, log)
  await ended(deps.interrupted)
  await server.stop()
  return exitCodes.ok
}

function prepare(desk: WhichDesk, host: string | undefined, context: Context, log: ServeLog): DeskServer {
  const { deps, globals } = context
  const { serve } = desk.config
  if (desk.profile === 'live') {
    const files = [...desk.loaded.files.map(({ path }) => path), ...serve.tokens.flatMap(({ file }) => file ?? [])]
    for (const path of files) refuseUntrusted(path, deps.system.trustedUid)
  }
  if (host !== undefined && !isLoopback(host) && host !== 'localhost' && serve.tokens.length === 0)
    throw new DeskError(
      'no-tokens',
      exitCodes.invalidConfiguration,
      `without tokens desk is served on this host only, not on ${host}`,
      'serve.tokens in the configuration: desk help serve',
    )
  const tokens = readTokens(serve.tokens)
  return deskServer({
    context: { deps, io: silently(log), globals: { ...globals, json: true } },
    desk: { profile: desk.profile, name: desk.name },
    tokens,
    hosts: [...serve.hosts, deps.host.toLowerCase()],
    limits,
    log,
    metrics: deskMetrics(desk, DESK_VERSION),
    nowMs: () => performance.now(),
  })
}

/** What could not be read now could not be cancelled or counted after a halt either. */
async function rehearse({ deps, globals }: Context, log: ServeLog): Promise<void> {
  const places = { env: deps.env, home: homeOr('/'), registry: deps.system.liveRegistry }
  for (const desk of desksToHalt(places, globals.profile).desks) {
    try {
      for (const problem of await rehearseHalt(desk, globals.config, deps, rehearsalTimeoutMs))
        log.warn({ desk: desk.name, problem }, 'a halt would meet this')
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      log.warn({ desk: desk.name, problem }, 'a halt would meet this')
    }
  }
}
const rehearsalTimeoutMs = 5000

/** What commands would tell people goes to the log. */
const silently = (log: ServeLog): Context['io'] => ({
  out: () => undefined,
  err: (text) => {
    log.warn({}, text.trimEnd())
  },
  canPrompt: false,
  columns: 80,
  colour: false,
})

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port < 65536) return port
  throw new DeskError('bad-port', exitCodes.usage, `${JSON.stringify(text)} is no port`, '--port 8080')
}

/** All of them on one port. A host without IPv6 has one address less. */
async function listen(server: DeskServer, hosts: readonly string[], wanted: number): Promise<readonly string[]> {
  const urls: string[] = []
  let port = wanted
  for (const host of hosts) {
    try {
      port = (await server.listen(host, port)).port
      urls.push(`http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`)
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
      if (urls.length > 0 && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) continue
      await server.stop()
      throw whyNot(host, port, code, error)
    }
  }
  return urls
}

function whyNot(host: string, port: number, code: unknown, error: unknown): DeskError {
  if (code === 'EADDRINUSE')
    return new DeskError(
      'port-in-use',
      exitCodes.locked,
      `${host} port ${String(port)} is taken: another desk serve, or another program, listens there`,
      '--port N takes another one',
    )
  const message = error instanceof Error ? error.message : String(error)
  return new DeskError('cannot-listen', exitCodes.invalidConfiguration, `cannot listen: ${message}`, '--host, --port')
}

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => {
      resolve()
    })
  })
