/**
 * `http.request`, an effect of which nobody knows more than the status, and `http.get`, which reads from hosts that the configuration
 * names. A status from 400 to 499 says that the request was turned down; after any other unexpected one, and after silence, it may
 * have done something.
 */
import * as z from 'zod'
import type { Adapter, Call, Effected, Reading } from '../../ports/adapter.ts'
import { failed, failure, unknown } from '../answer.ts'
import { briefProblem } from '../wellformed.ts'
import { send, type Sent } from './send.ts'

export interface HttpOptions {
  readonly now: () => Date
  /** `host` or `host:port` that may be read from. */
  readonly hosts: readonly string[]
}

const requestArgs = z.object({
  method: z.string().default('GET'),
  url: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  body: z.string().optional(),
  expectStatus: z.int().optional(),
})
type RequestArgs = z.infer<typeof requestArgs>

export function httpAdapter({ now, hosts }: HttpOptions): Adapter {
  return {
    name: 'http',
    has: new Set(['http.request', 'http.get']),
    async read(call) {
      const args = requestArgs.parse(call.args)
      const url = targetOf(args.url)
      if (typeof url === 'string') return failure(url, 'http')
      const source = sourceOf(url)
      if (!hosts.includes(url.host)) return failure(`${url.host} is not among http.hosts of the configuration`, source)
      return readingOf(await send(asked(call, args, url)), args, { source, asOf: now().toISOString() })
    },
    async act(call) {
      const args = requestArgs.parse(call.args)
      const url = targetOf(args.url)
      if (typeof url === 'string') return failed(url, 'http')
      return effectOf(await send(asked(call, args, url)), args, { source: sourceOf(url), asOf: now().toISOString() })
    },
    lookup: () =>
      Promise.resolve({ kind: 'cannot-tell', reason: 'a request that was sent leaves no trace to look for' }),
  }
}

const sourceOf = ({ host }: URL): string => `http/${briefProblem(host)}`

/** Or why it cannot be one. */
function targetOf(text: string): URL | string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return 'that is no http or https address'
  if (url.username !== '' || url.password !== '') return 'an address that contains a password would end up in the log'
  return url
}

const asked = ({ signal }: Call, { method, headers, body }: RequestArgs, url: URL) => ({
  ...{ method, url, signal },
  headers: headers.map(({ name, value }) => [name, value] as const),
  ...(body === undefined ? {} : { body }),
})

const isExpected = (status: number, { expectStatus }: RequestArgs): boolean =>
  expectStatus === undefined ? status >= 200 && status <= 299 : status === expectStatus

interface From {
  readonly source: string
  readonly asOf: string
}

function readingOf(sent: Sent, args: RequestArgs, { source, asOf }: From): Reading {
  if (sent.kind !== 'answered') return failure(sent.reason, source, true)
  const { status, contentType, body, cut } = sent
  if (!isExpected(status, args)) return failure(`status ${String(status)}`, source)
  return { kind: 'value', value: { status, contentType, body }, asOf, source, complete: !cut }
}

const turnedDown = (status: number): boolean => status >= 400 && status <= 499 && status !== 408

function effectOf(sent: Sent, args: RequestArgs, { source, asOf }: From): Effected {
  if (sent.kind === 'not-sent') return failed(`nothing was sent: ${sent.reason}`, source)
  if (sent.kind === 'silent') return unknown(`no answer: ${sent.reason}`, source)
  const { status, contentType, body } = sent
  if (isExpected(status, args)) return { kind: 'done', value: { status, contentType, body }, asOf, source }
  const reason = `status ${String(status)}`
  return turnedDown(status) ? failed(reason, source) : unknown(reason, source)
}
