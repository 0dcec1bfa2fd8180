/** Requests that are no HTTP: what can still be told of them, and how they are answered. */
import type { Socket } from 'node:net'
import { failures, headers } from './failing.ts'
import { isKillTarget } from './kill-order.ts'
import type { Said } from '../failure-report.ts'
import { exitCodes } from '../../model/failure.ts'

const phrases: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  404: 'Not Found',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
}

/** Past the HTTP library, which has given the connection up. */
export function sendRaw(socket: Socket, status: number, document: object): void {
  const body = `${JSON.stringify(document)}\n`
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${String(status)} ${phrases[status] ?? 'Error'}\r\n${head}\r\n${body}`)
}

const longestLine = 4096

/** Whether the first line of what came asks to halt, though what follows it makes no sense. */
export function isKillLine(error: Error): boolean {
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

export function brokenAs(error: Error): readonly [number, Said] {
  const code: unknown = Reflect.get(error, 'code')
  if (code === 'HPE_HEADER_OVERFLOW') return [431, { ...failures.tooLong, message: 'the headers are too long' }]
  const isLate = code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const message = isLate ? 'the request did not come in time' : 'this is no HTTP request'
  return [isLate ? 408 : 400, { code: isLate ? 'too-slow' : 'not-http', exit: exitCodes.usage, message }]
}
