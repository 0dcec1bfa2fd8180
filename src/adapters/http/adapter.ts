/**
 * `http.request`, an effect of which nobody knows more than the status; `http.ensure`, the same for what the configuration says may be
 * repeated; and `http.get`, which reads from hosts that the configuration names. A status from 400 to 499 says that the request was turned down; after any other unexpected one, and after silence, it may
 * have done something.
 */
import * as z from 'zod'
import type { Adapter, Call, Effected, Reading } from '../../ports/adapter.ts'
import type { RepeatableRequests } from '../../config/http.ts'
import { failed, failure, unknown } from '../answer.ts'
import { briefProblem } from '../wellformed.ts'
import { headersFor, type SecretSource } from './secret-headers.ts'
import { send, type Sent } from './send.ts'

export interface HttpOptions {
  readonly now: () => Date
  /** `host` or `host:port` that may be read from. */
  readonly hosts: readonly string[]
  /** What may be sent again. */
  readonly repeatable?: readonly RepeatableRequests[]
  readonly secrets?: SecretSource
}

const requestArgs = z.object({
  method: z.string().default('GET'),
  url: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  body: z.string().optional(),
  expectStatus: z.int().optional(),
})
type RequestArgs = z.infer<typeof requestArgs>

export function httpAdapter({ now, hosts, repeatable = [], secrets = noSecrets }: HttpOptions): Adapter {
  return {
    name: 'http',
    has: new Set(['http.request', 'http.ensure', 'http.get']),
    async read(call) {
      const args = requestArgs.parse(call.args)
      const url = targetOf(args.url)
      if (typeof url === 'string') return failure(url, 'http')
      const source = sourceOf(url)
      if (!hosts.includes(url.host)) return failure(`${url.host} is not among http.hosts of the configuration`, source)
      const known = headersFor(url, secrets)
      if (typeof known === 'string') return failure(known, source)
      const sent = await send(asked(call, args, url, known.headers))
      return readingOf(known.hide(sent), args, { source, asOf: now().toISOString() })
    },
    async act(call) {
      const args = requestArgs.parse(call.args)
      const url = targetOf(args.url)
      if (typeof url === 'string') return failed(url, 'http')
      const source = sourceOf(url)
      const key = call.method === 'ensure' ? keyHeadersFor(url, args, call.key, repeatable) : []
      if (typeof key === 'string') return failed(key, source)
      const known = headersFor(url, secrets)
      if (typeof known === 'string') return failed(`nothing was sent: ${known}`, source)
      const sent = await send(asked(call, args, url, [...key, ...known.headers]))
      return effectOf(known.hide(sent), args, { source, asOf: now().toISOString() })
    },
    lookup: () =>
      Promise.resolve({ kind: 'cannot-tell', reason: 'a request that was sent leaves no trace to look for' }),
  }
}

const noSecrets: SecretSource = { headers: [], env: {} }

/** The same key for every time that it is sent; a sentence where the configuration does not say that it may be sent twice. */
function keyHeadersFor(
  url: URL,
  { method }: RequestArgs,
  key: string,
  repeatable: readonly RepeatableRequests[],
): Headers | string {
  const rule = repeatable.find(
    ({ host, methods }) => host.toLowerCase() === url.host.toLowerCase() && methods.some((each) => each === method),
  )
  if (rule === undefined)
    return `nothing was sent: ${method} to ${url.host} is not among http.repeatable of the configuration`
  return rule.keyHeader === undefined ? [] : [[rule.keyHeader, key]]
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

type Headers = readonly (readonly [name: string, value: string])[]

/** What the configuration adds replaces what a step gives under that name. */
const asked = ({ signal }: Call, { method, headers, body }: RequestArgs, url: URL, added: Headers) => ({
  ...{ method, url, signal },
  headers: [
    ...headers
      .map(({ name, value }) => [name, value] as const)
      .filter(([name]) => !added.some(([other]) => other.toLowerCase() === name.toLowerCase())),
    ...added,
  ],
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
