/** The sockets: where it listens, what goes to the kill switch and what to the rest, and how it ends. */
import { getRequestListener } from '@hono/node-server'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { buildApp, headers, knownPaths } from './app.ts'
import { limitConnections } from './connections.ts'
import { errorDocument, failures } from './failing.ts'
import { type KillAnswer, killSwitch } from './kill.ts'
import { isKillTarget, killPath, pathOf } from './kill-order.ts'
import { isLoopback } from './peer.ts'
import type { Served } from './served.ts'
import type { Said } from '../failure-report.ts'
import { realSleep } from '../deps.ts'
import { exitCodes } from '../../model/failure.ts'

export interface DeskServer {
  readonly listen: (host: string, port: number) => Promise<{ readonly port: number }>
  /** Takes nothing new, brings to their end every halt and, within the grace, every other request. */
  readonly stop: () => Promise<void>
}

export function deskServer(served: Served): DeskServer {
  const { limits, log, metrics, nowMs } = served
  const kill = killSwitch(served)
  const connections = limitConnections(limits.connections)
  const listener = getRequestListener(buildApp(served).fetch, { overrideGlobalObjects: false })
  /** With what to do where the rest of the request turns out to be broken. */
  const busy = new Map<Socket, () => void>()
  const servers: Server[] = []

  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const startMs = nowMs()
    const { socket, method = '' } = request
    const isKill = isKillTarget(method, request.url)
    const broken = new AbortController()
    busy.set(socket, () => {
      if (isKill) broken.abort()
      else socket.destroy()
    })
    response.on('error', () => undefined)
    response.on('close', () => {
      busy.delete(socket)
      const path = pathOf(request.url ?? '')
      const route = [...knownPaths, killPath].find((each) => each === path) ?? 'other'
      const code = String(response.statusCode)
      metrics.countRequest({ method: knownMethods.includes(method) ? method : 'other', route, code })
      const peer = socket.remoteAddress
      log.info(
        { method, route, code, ms: Math.round(nowMs() - startMs), peer },
        response.writableFinished ? 'answered' : 'not heard to the end',
      )
    })
    if (!isKill) void listener(request, response)
    else {
      const leave = connections.keep(socket)
      void kill
        .answer(request, response, broken.signal)
        .then((answer) => {
          logKill(answer)
          sendKill(response, answer)
        })
        .finally(leave)
    }
  }
  const logKill = ({ document, exit, by }: KillAnswer): void => {
    const desks =
      'desks' in document
        ? document.desks.map(({ desk: name, halted, epoch, scope }) => ({ name, halted, epoch, scope }))
        : []
    log.warn({ exit, by, desks }, 'error' in document ? document.error.message : 'halted')
  }

  /** A request that cannot be read is told so; one whose first line says "halt" halts, if it comes from this host. */
  const takeBroken = (error: Error, socket: Socket): void => {
    const giveUp = busy.get(socket)
    const isHeard = socket.writable && !('code' in error && error.code === 'ECONNRESET')
    if (giveUp !== undefined) giveUp()
    else if (isKillLine(error) && isLoopback(socket.remoteAddress ?? '')) {
      const leave = connections.keep(socket)
      void kill
        .haltEverything()
        .then((answer) => {
          logKill(answer)
          sendRaw(socket, answer.status, answer.document)
        })
        .finally(leave)
    } else if (isHeard) {
      const [status, said] = brokenAs(error)
      sendRaw(socket, status, errorDocument(said))
    } else socket.destroy()
  }

  const listen: DeskServer['listen'] = (host, port) => {
    const server = createServer(
      {
        maxHeaderSize: limits.headerBytes,
        headersTimeout: limits.headersMs,
        requestTimeout: limits.requestMs,
        keepAliveTimeout: limits.keepAliveMs,
        connectionsCheckingInterval: Math.min(1000, limits.headersMs),
        // A halt needs no Host header; everything else looks at it.
        requireHostHeader: false,
      },
      take,
    )
    server.timeout = limits.inactiveMs
    server.on('checkExpectation', take)
    server.on('clientError', takeBroken)
    connections.watch(server)
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port, ipv6Only: host === '::1' }, () => {
        server.off('error', reject)
        server.on('error', (error) => {
          log.error({ reason: error.message }, 'the socket failed')
        })
        servers.push(server)
        const address = server.address()
        resolve({ port: typeof address === 'object' && address !== null ? address.port : port })
      })
    })
  }
  const stop = async (): Promise<void> => {
    const closed = servers.map(
      (server) =>
        new Promise<void>(
          (resolve) =>
            void server.close(() => {
              resolve()
            }),
        ),
    )
    for (const server of servers) server.closeIdleConnections()
    const all = Promise.all(closed)
    const over = new AbortController()
    await Promise.race([all, realSleep(limits.graceMs, over.signal)])
    over.abort()
    await kill.settled()
    // One turn, so that whoever halted last is answered.
    await realSleep(0)
    for (const server of servers) server.closeAllConnections()
    await all
  }
  return { listen, stop }
}

const knownMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

function sendKill(response: ServerResponse, { status, document, exit }: KillAnswer): void {
  response.writeHead(status, {
    ...headers,
    'desk-exit-code': String(exit),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  })
  response.end(`${JSON.stringify(document)}\n`)
}

const phrases: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  404: 'Not Found',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
}

function sendRaw(socket: Socket, status: number, document: object): void {
  const body = `${JSON.stringify(document)}\n`
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${String(status)} ${phrases[status] ?? 'Error'}\r\n${head}\r\n${body}`)
}

const longestLine = 4096

function isKillLine(error: Error): boolean {
  const raw: unknown = Reflect.get(error, 'rawPacket')
  const line =
    raw instanceof Uint8Array
      ? (Buffer.from(raw.subarray(0, longestLine))
          .toString('latin1')
          .split(/[\r\n]/)[0] ?? '')
      : ''
  const [method, target] = line.split(' ')
  return isKillTarget(method, target)
}

function brokenAs(error: Error): readonly [number, Said] {
  const code: unknown = Reflect.get(error, 'code')
  if (code === 'HPE_HEADER_OVERFLOW') return [431, { ...failures.tooLong, message: 'the headers are too long' }]
  const isLate = code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const message = isLate ? 'the request did not come in time' : 'this is no HTTP request'
  return [isLate ? 408 : 400, { code: isLate ? 'too-slow' : 'not-http', exit: exitCodes.usage, message }]
}
