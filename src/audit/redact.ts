/**
 * Makes a value fit for the log: configured secrets are replaced wherever they turn up, fields that adapters marked are emptied, and
 * what JSON would drop or falsify (NaN, bigint) is spelt out.
 */
export interface Redaction {
  /** Values of configured secrets. */
  readonly secrets: readonly string[]
  /** Names of fields, at any depth, whose values never reach a log. */
  readonly fields: readonly string[]
}

export const redacted = '[redacted]'
/** A shorter secret is replaced only where it is the whole value: else it would black out half of the log. */
const shortestInText = 5

export interface Redactor {
  /** Cyclic values throw. */
  readonly clean: (value: unknown) => unknown
  /** The JSON text of a value that was not cleaned holds nothing that cleaning would change. It may say no where there is nothing either. */
  readonly isClean: (json: string) => boolean
}

/** JSON leaves the others out, so there is nothing to hide. */
const isWritten = (value: unknown): boolean => !['undefined', 'function', 'symbol'].includes(typeof value)

/** The cleaning alone; a function, because one redaction serves a whole run. */
export const redactor = (redaction: Redaction): Redactor['clean'] => redactorOf(redaction).clean

export function redactorOf(redaction: Redaction): Redactor {
  const known = redaction.secrets.filter((secret) => secret !== '')
  const whole = new Set(known)
  const inText = known.filter((secret) => secret.length >= shortestInText).flatMap(spellings)
  // Longest first, so that a secret which contains another one leaves no remains.
  inText.sort((a, b) => b.length - a.length)
  const fields = new Set(redaction.fields)

  const clean = (text: string): string =>
    whole.has(text) ? redacted : inText.reduce((left, secret) => left.replaceAll(secret, redacted), text)

  const visit = (value: unknown, above: unknown[]): unknown => {
    if (typeof value === 'string') return clean(value)
    if (typeof value === 'bigint') return clean(value.toString())
    if (typeof value === 'number')
      return Number.isFinite(value) && !whole.has(String(value)) ? value : clean(String(value))
    if (typeof value !== 'object' || value === null) return value
    if (above.includes(value)) throw new TypeError('a cyclic value cannot be put on record')
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    above.push(value)
    const copy: unknown = Array.isArray(value)
      ? value.map((item) => visit(item, above))
      : Object.fromEntries(
          Object.entries(value).map(([name, field]) => [
            clean(name),
            fields.has(name) && isWritten(field) ? redacted : visit(field, above),
          ]),
        )
    above.pop()
    return copy
  }
  // JSON makes null of what it cannot write.
  const signs = ['null', ...[...known, ...inText].map(inJson), ...[...fields].map((name) => `${inJson(name)}":`)]
  const suspicious = new RegExp([...new Set(signs)].map(literal).join('|'))
  return { clean: (value) => visit(value, []), isClean: (json) => !suspicious.test(json) }
}

export const redact = (value: unknown, secrets: readonly string[], fields: readonly string[] = []): unknown =>
  redactor({ secrets, fields })(value)

/** The same for one text. */
export function textRedactor(secrets: readonly string[]): (text: string) => string {
  if (secrets.length === 0) return (text) => text
  const clean = redactor({ secrets, fields: [] })
  return (text) => String(clean(text))
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** How one secret looks in plain text, inside JSON text, in a URL, and as the base64 of a header, also behind a user's name. */
function spellings(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64')
  const all = [secret, inJson(secret), inUrl(secret), base64, base64.replace(/=+$/, '')]
  const inner = [0, 1, 2].map((before) => base64Within(secret, before)).filter((text) => text.length >= shortestInner)
  return [...new Set([...all, ...inner, ...inner.map(forUrl)])]
}

function inUrl(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return text // half a pair of surrogates stands in no URL, and nothing may fail for it
  }
}

/** A shorter piece could stand anywhere by chance. */
const shortestInner = 8
const bitsPerLetter = 6

/** The letters that are the same whatever is encoded together with the secret; `before` bytes of it, as a remainder of three. */
function base64Within(secret: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)])
  const [from, to] = [Math.ceil((before * 8) / bitsPerLetter), Math.floor((bytes.length * 8) / bitsPerLetter)]
  return bytes.toString('base64').slice(from, to)
}

const forUrl = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_')
