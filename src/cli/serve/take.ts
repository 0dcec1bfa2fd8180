/** Each request as it comes in: the kill switch by itself, everything else through the HTTP library, and every one into the log. */
import { getRequestListener } from '@hono/node-server'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { buildApp, knownPaths } from './app.ts'
import { brokenAs, isKillLine, sendRaw } from './broken.ts'
import type { Connections } from './connections.ts'
import { errorDocument, headers } from './failing.ts'
import { type KillAnswer, killSwitch } from './kill.ts'
import { isKillTarget, killPath, pathOf } from './kill-order.ts'
import { isLoopback } from './peer.ts'
import type { Served } from './served.ts'

export interface Taking {
  readonly take: (request: IncomingMessage, response: ServerResponse) => void
  /** A request that cannot be read is told so; one whose first line says "halt" halts, if it comes from this host. */
  readonly takeBroken: (error: Error, socket: Socket) => void
  /** Resolves once nothing is left to be done for any halt. */
  readonly settled: () => Promise<void>
}

export function takeRequests(served: Served, connections: Connections): Taking {
  const kill = killSwitch(served)
  const listener = getRequestListener(buildApp(served).fetch, { overrideGlobalObjects: false })
  /** With what to do where the rest of the request turns out to be broken. */
  const busy = new Map<Socket, () => void>()
  const halting = (socket: Socket, answer: Promise<KillAnswer>, send: (answer: KillAnswer) => void): void => {
    const leave = connections.keep(socket)
    void answer
      .then((answered) => {
        send(answered)
        logKill(served, answered)
      })
      .finally(leave)
  }
  return {
    settled: kill.settled,
    take: (request, response) => {
      const { socket } = request
      const broken = new AbortController()
      const isKill = isKillTarget(request.method, request.url)
      busy.set(socket, () => {
        if (isKill) broken.abort()
        else socket.destroy()
      })
      response.on('error', () => undefined)
      response.on('close', () => busy.delete(socket))
      logRequest(served, request, response)
      if (isKill)
        halting(socket, kill.answer(request, response, broken.signal), (answer) => {
          sendKill(response, answer)
        })
      else void listener(request, response)
    },
    takeBroken: (error, socket) => {
      const giveUp = busy.get(socket)
      if (giveUp !== undefined) giveUp()
      else if (isKillLine(error) && isLoopback(socket.remoteAddress ?? ''))
        halting(socket, kill.haltEverything(), ({ status, document }) => {
          sendRaw(socket, status, document)
        })
      else if (socket.writable && !('code' in error && error.code === 'ECONNRESET')) {
        const [status, said] = brokenAs(error)
        sendRaw(socket, status, errorDocument(said))
      } else socket.destroy()
    },
  }
}

function sendKill(response: ServerResponse, { status, document, exit }: KillAnswer): void {
  response.writeHead(status, {
    ...headers,
    'desk-exit-code': String(exit),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  })
  response.end(`${JSON.stringify(document)}\n`)
}

function logKill({ log }: Served, { document, exit, by }: KillAnswer): void {
  if ('error' in document) {
    log.warn({ exit, by }, document.error.message)
    return
  }
  const desks = document.desks.map(({ desk: name, halted, epoch, scope }) => ({ name, halted, epoch, scope }))
  log.warn({ exit, by, desks }, desks.every(({ halted }) => halted) ? 'halted' : 'NOT HALTED')
}

const knownMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Once it is over. Of what a client may make up nothing but known words are kept. */
function logRequest({ log, metrics, nowMs }: Served, request: IncomingMessage, response: ServerResponse): void {
  const startMs = nowMs()
  const peer = request.socket.remoteAddress
  const path = pathOf(request.url ?? '')
  const method = knownMethods.find((each) => each === request.method) ?? 'other'
  const route = [...knownPaths, killPath].find((each) => each === path) ?? 'other'
  response.on('close', () => {
    const about = { method, route, code: String(response.statusCode) }
    metrics.countRequest(about)
    const ms = Math.round(nowMs() - startMs)
    log.info({ ...about, ms, peer }, response.writableFinished ? 'answered' : 'not heard to the end')
  })
}
