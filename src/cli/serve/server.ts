/** The sockets: where it listens, how long it waits for anybody, and how it ends. */
import { createServer, type Server } from 'node:http'
import { limitConnections } from './connections.ts'
import type { Limits } from './limits.ts'
import type { Served } from './served.ts'
import { takeRequests } from './take.ts'
import { realSleep } from '../deps.ts'

export interface DeskServer {
  readonly listen: (host: string, port: number) => Promise<{ readonly port: number }>
  /** Takes nothing new, brings to their end every halt and, within the grace, every other request. */
  readonly stop: () => Promise<void>
}

export function deskServer(served: Served): DeskServer {
  const { limits, log } = served
  const connections = limitConnections(limits.connections)
  const { take, takeBroken, settled } = takeRequests(served, connections)
  const servers: Server[] = []
  const listen: DeskServer['listen'] = (host, port) => {
    const server = createServer(patience(limits), take)
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
    const closed = Promise.all(servers.map(closing))
    for (const server of servers) server.closeIdleConnections()
    const over = new AbortController()
    await Promise.race([closed, realSleep(limits.graceMs, over.signal)])
    over.abort()
    await settled()
    // One turn, so that whoever halted last is answered.
    await realSleep(0)
    for (const server of servers) server.closeAllConnections()
    await closed
    await settled()
  }
  return { listen, stop }
}

const patience = (limits: Limits): Parameters<typeof createServer>[0] => ({
  maxHeaderSize: limits.headerBytes,
  headersTimeout: limits.headersMs,
  requestTimeout: limits.requestMs,
  keepAliveTimeout: limits.keepAliveMs,
  connectionsCheckingInterval: Math.min(1000, limits.headersMs),
  // A halt needs no Host header; everything else looks at it.
  requireHostHeader: false,
})

/** Resolves when its last connection has ended. */
const closing = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
  })
