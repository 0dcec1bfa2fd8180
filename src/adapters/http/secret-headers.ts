/** Headers whose value the configuration only refers to: read when they are needed, sent to their host alone, and in no answer afterwards. */
import { readFileSync } from 'node:fs'
import { redacted, redactor } from '../../audit/redact.ts'
import type { SecretHeader } from '../../config/http.ts'
import type { Sent } from './send.ts'

export interface SecretSource {
  readonly headers: readonly SecretHeader[]
  readonly env: Readonly<Record<string, string | undefined>>
}
export interface KnownHeaders {
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Takes their values out of whatever came back. */
  readonly hide: (sent: Sent) => Sent
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Those for this address; a sentence says why one cannot be sent, and then nothing may be. */
export function headersFor(url: URL, { headers, env }: SecretSource): KnownHeaders | string {
  const meant = headers.filter(({ host }) => host.toLowerCase() === url.host.toLowerCase())
  if (meant.length > 0 && url.protocol !== 'https:' && !loopback.test(url.hostname))
    return `${url.host} would get a secret header over plain http`
  const found: (readonly [string, string])[] = []
  const secrets: string[] = []
  for (const header of meant) {
    const secret = secretOf(header, env)
    if (secret === undefined) return `the secret of the header ${header.name} is not there: ${placeOf(header)}`
    secrets.push(secret)
    found.push([header.name, `${header.prefix ?? ''}${secret}`])
  }
  return { headers: found, hide: hiding(secrets) }
}

function secretOf({ env: name, file }: SecretHeader, env: SecretSource['env']): string | undefined {
  const text = name === undefined ? readText(file ?? '') : env[name]
  const value = text?.trim()
  // A line break would begin a header of its own.
  return value === undefined || value === '' || /[\r\n\0]/.test(value) ? undefined : value
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const placeOf = ({ env, file }: SecretHeader): string =>
  env === undefined ? (file ?? '') : `the environment variable ${env}`

function hiding(secrets: readonly string[]): KnownHeaders['hide'] {
  const clean = redactor({ secrets, fields: [] })
  const hidden = (text: string): string => {
    const cleaned = clean(text)
    return typeof cleaned === 'string' ? cleaned : redacted
  }
  return (sent) =>
    sent.kind === 'answered'
      ? { ...sent, contentType: hidden(sent.contentType), body: hidden(sent.body) }
      : { ...sent, reason: hidden(sent.reason) }
}
