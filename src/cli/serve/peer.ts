/** Where a request comes from, and whether it was meant for this server. */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** IPv4 in IPv6 counts as IPv4. Anything but an address is not loopback. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
  const family = isIP(plain)
  return family !== 0 && loopback.check(plain, family === 4 ? 'ipv4' : 'ipv6')
}

const forwarding = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const

/** From a process of this host, and not from a proxy here that passes on what others ask. */
export const isFromHere = ({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean =>
  isLoopback(socket.remoteAddress ?? '') && forwarding.every((name) => headers[name] === undefined)

/**
 * Whether a Host header names this server. A page in a browser can have any name of its own resolved to this machine, but not an
 * address: so addresses are taken, `localhost`, and the names that are configured.
 */
export function isOwnHost(header: string | undefined, names: readonly string[]): boolean {
  const host = hostIn(`http://${header ?? ''}`)
  if (host === undefined) return false
  return host === 'localhost' || isIP(host.replace(/^\[|\]$/g, '')) !== 0 || names.includes(host)
}

/** A browser says from which page a request comes. Programs send no Origin. */
export const isOwnOrigin = (origin: string | undefined, host: string | undefined): boolean =>
  origin === undefined || (host !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`)

function hostIn(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { hostname, username, password, pathname, search, hash } = new URL(url)
  const isPlain = username === '' && password === '' && pathname === '/' && search === '' && hash === ''
  return isPlain && hostname !== '' ? hostname : undefined
}
