/**
 * At most so many connections: one too many costs the oldest its own, so that a halt always finds its way in. Connections on which
 * somebody is halting are never closed.
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

export interface Connections {
  readonly watch: (server: Server) => void
  /** Until `leave` the connection is not given up. */
  readonly keep: (socket: Socket) => () => void
}

export function limitConnections(most: number): Connections {
  const open = new Set<Socket>()
  const kept = new Map<Socket, number>()
  return {
    watch: (server) => {
      server.on('connection', (socket) => {
        open.add(socket)
        socket.on('close', () => open.delete(socket))
        if (open.size <= most) return
        for (const oldest of open) {
          if (kept.has(oldest) || oldest === socket) continue
          oldest.destroy()
          open.delete(oldest)
          return
        }
      })
    },
    keep: (socket) => {
      kept.set(socket, (kept.get(socket) ?? 0) + 1)
      return () => {
        const left = (kept.get(socket) ?? 1) - 1
        if (left === 0) kept.delete(socket)
        else kept.set(socket, left)
      }
    },
  }
}
