/**
 * The file of allowed signers, in the format of OpenSSH (ssh-keygen(1), ALLOWED SIGNERS): which key speaks for whom, for what, and from
 * when until when. Stricter than OpenSSH where a line could speak for more than one person: a line that is not understood, or that holds a
 * pattern, allows nobody.
 */
import { keyType, parseKey } from './ssh-signature.ts'

export interface AllowedSigner {
  /** From 1. */
  readonly line: number
  readonly principals: readonly string[]
  /** base64, as in the file. */
  readonly key: string
  /** Absent: any. */
  readonly namespaces?: readonly string[]
  /** Epoch milliseconds: valid from here on. */
  readonly afterMs?: number
  /** Epoch milliseconds: no longer valid from here on. */
  readonly beforeMs?: number
}
export interface AllowedSigners {
  readonly signers: readonly AllowedSigner[]
  /** Lines that allow nobody, with the reason. */
  readonly problems: readonly string[]
}

export function parseAllowedSigners(text: string): AllowedSigners {
  const signers: AllowedSigner[] = []
  const problems: string[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const parsed = parseLine(line, index + 1)
    if (typeof parsed === 'string') problems.push(`line ${String(index + 1)} allows nobody: ${parsed}`)
    else signers.push(parsed)
  }
  return { signers, problems }
}

export type Spoken =
  | { readonly kind: 'principals'; readonly principals: readonly string[] }
  | { readonly kind: 'nobody'; readonly because: 'unknown' | 'time' | 'namespace'; readonly reason: string }

/** For whom a key speaks at this moment. */
export function principalsOf({ signers }: AllowedSigners, key: string, namespace: string, nowMs: number): Spoken {
  const nobody = (because: 'unknown' | 'time' | 'namespace', reason: string): Spoken => ({
    kind: 'nobody',
    because,
    reason,
  })
  const own = signers.filter((signer) => signer.key === key)
  if (own.length === 0) return nobody('unknown', 'its key is not among the allowed signers')
  const meant = own.filter(({ namespaces }) => namespaces === undefined || namespaces.includes(namespace))
  if (meant.length === 0) return nobody('namespace', `its key is not allowed to sign for "${namespace}"`)
  const valid = meant.filter(({ afterMs = -Infinity, beforeMs = Infinity }) => nowMs >= afterMs && nowMs < beforeMs)
  if (valid.length === 0) return nobody('time', 'its key is not valid any more, or not yet')
  return { kind: 'principals', principals: [...new Set(valid.flatMap(({ principals }) => principals))] }
}

function parseLine(text: string, line: number): AllowedSigner | string {
  const fields = text.match(/(?:"[^"]*"|[^\s"])+/g) ?? []
  const [who = '', ...rest] = fields
  const hasOptions = rest[0] !== keyType
  const [type, key = ''] = hasOptions ? rest.slice(1) : rest
  if (type !== keyType || parseKey(key) === undefined) return `there is no key of the kind ${keyType}`
  const principals = unquoted(who).split(',')
  if (principals.some((principal) => !/^[^\s*?!",]+$/.test(principal))) return 'a pattern names no person'
  const options = hasOptions ? parseOptions(rest[0] ?? '') : {}
  return typeof options === 'string' ? options : { line, principals, key, ...options }
}

type Options = Pick<AllowedSigner, 'namespaces' | 'afterMs' | 'beforeMs'>

function parseOptions(text: string): Options | string {
  const options: { -readonly [K in keyof Options]: Options[K] } = {}
  for (const option of text.match(/(?:"[^"]*"|[^,"])+/g) ?? []) {
    const at = option.indexOf('=')
    const name = (at < 0 ? option : option.slice(0, at)).toLowerCase()
    const value = at < 0 ? '' : unquoted(option.slice(at + 1))
    if (name === 'namespaces' && /^[^\s*?!]+$/.test(value)) options.namespaces = value.split(',')
    else if (name === 'valid-after' || name === 'valid-before') {
      const moment = strictest(value, name)
      if (moment === undefined) return `${name} is no moment`
      if (name === 'valid-after') options.afterMs = moment
      else options.beforeMs = moment
    } else return `the option ${JSON.stringify(option)} is not understood`
  }
  return options
}

const hourMs = 3_600_000
/** No place on earth is further from UTC. */
const furthest = { east: 14 * hourMs, west: 12 * hourMs }

/**
 * `YYYYMMDD[HHMM[SS]][Z]`. Without Z OpenSSH takes the zone of whoever verifies, which an environment variable would decide; here the zone
 * counts in which the key is valid for the shortest time.
 */
function strictest(text: string, bound: 'valid-after' | 'valid-before'): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', zone] = match
  const iso = `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour}:${minute}:${second}.000Z`
  const ms = Date.parse(iso)
  // A day that its month does not have is no day, though it can be parsed.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== iso) return undefined
  if (zone === 'Z') return ms
  return bound === 'valid-after' ? ms + furthest.west : ms - furthest.east
}

const unquoted = (text: string): string => text.replace(/^"(.*)"$/, '$1')
