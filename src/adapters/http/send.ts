/** One request with Node's own fetch: what came back of it, or whether it can have arrived. */

export interface Request {
  readonly method: string
  readonly url: URL
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
  readonly signal: AbortSignal
}
export type Sent =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly contentType: string
      readonly body: string
      /** Whether the body goes on after what is kept. */
      readonly cut: boolean
    }
  /** Nothing can have arrived. */
  | { readonly kind: 'not-sent'; readonly reason: string }
  | { readonly kind: 'silent'; readonly reason: string }

export const mostBytes = 64 * 1024
const mostRedirects = 5
const redirects: readonly number[] = [301, 302, 303, 307, 308]

/** Never rejects. A GET follows redirects within its host; nothing else follows any. */
export async function send(request: Request, followed = 0): Promise<Sent> {
  let response: Response
  try {
    response = await fetch(request.url, {
      method: request.method,
      headers: request.headers.map(([name, value]): [string, string] => [name, value]),
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: 'manual',
      signal: request.signal,
    })
  } catch (error) {
    return failureOf(error)
  }
  const target = targetOf(response, request)
  if (target !== undefined && followed < mostRedirects) {
    await response.body?.cancel().catch(() => undefined)
    return send({ ...request, url: target }, followed + 1)
  }
  try {
    const { text, cut } = await readBody(response)
    return {
      ...{ kind: 'answered', status: response.status, body: text, cut },
      contentType: response.headers.get('content-type') ?? '',
    }
  } catch (error) {
    return { kind: 'silent', reason: `the answer broke off: ${reasonOf(error)}` }
  }
}

function targetOf(response: Response, { method, url }: Request): URL | undefined {
  const location = response.headers.get('location')
  if (method !== 'GET' || location === null || !redirects.includes(response.status)) return undefined
  const target = URL.canParse(location, url) ? new URL(location, url) : undefined
  return target?.origin === url.origin ? target : undefined
}

async function readBody(response: Response): Promise<{ readonly text: string; readonly cut: boolean }> {
  const chunks: Uint8Array[] = []
  let kept = 0
  // The platform's stream type says nothing of what it carries.
  const stream: AsyncIterable<Uint8Array> | null = response.body
  for await (const chunk of stream ?? []) {
    const part = chunk.subarray(0, mostBytes - kept)
    chunks.push(part)
    kept += part.length
    if (part.length < chunk.length) return { text: decode(chunks), cut: true }
  }
  return { text: decode(chunks), cut: false }
}
const decode = (chunks: readonly Uint8Array[]): string => Buffer.concat(chunks).toString('utf8')

/** Before a connection stands nothing has been sent. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

function failureOf(error: unknown): Sent {
  const reason = reasonOf(error)
  return { kind: beforeSending.has(codeOf(error)) ? 'not-sent' : 'silent', reason }
}

/** Fetch wraps what really happened. */
const causeOf = (error: unknown): unknown => (error instanceof Error && error.cause !== undefined ? error.cause : error)
function codeOf(error: unknown): string {
  const cause = causeOf(error)
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
}
function reasonOf(error: unknown): string {
  const cause = causeOf(error)
  return codeOf(error) || (cause instanceof Error ? cause.message : String(cause))
}
