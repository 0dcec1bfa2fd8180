/**
 * FIX 4.2 as bytes: `8=FIX.4.2|9=<length>|35=<type>|...|10=<checksum>|`, with SOH where a bar stands. Bytes are read strictly: what is
 * not exactly such a message is garbled, and is dropped as the standard asks; the sequence numbers tell later that something is missing.
 */

/** In the order of the wire, without 8, 9 and 10. */
export type Fields = readonly (readonly [tag: number, value: string])[]

export interface Message {
  /** Tag 35. */
  readonly type: string
  /** Begins with 35. */
  readonly fields: Fields
}
export type Frame =
  { readonly kind: 'message'; readonly message: Message } | { readonly kind: 'garbled'; readonly reason: string }

const soh = '\u0001'
const prefix = `8=FIX.4.2${soh}9=`
const trailerBytes = '10=000|'.length
const mostLengthDigits = 6
/** Nothing that we exchange comes near; a corrupt length must not make us wait for megabytes. */
const mostBodyBytes = 64 * 1024
/** Fields that may hold any byte, by the field that tells how many. */
const dataAfterLength: ReadonlyMap<number, number> = new Map([
  [93, 89],
  [90, 91],
  [95, 96],
  [212, 213],
  [348, 349],
  [350, 351],
  [352, 353],
  [354, 355],
  [356, 357],
  [358, 359],
  [360, 361],
  [362, 363],
  [364, 365],
  [445, 446],
])

/** The only value of a field; undefined where it is missing or there more than once, because then nobody can say which one counts. */
export function only(fields: Fields, tag: number): string | undefined {
  const values = fields.filter(([each]) => each === tag)
  return values.length === 1 ? values[0]?.[1] : undefined
}

/** A field that counts something. */
export function countIn(fields: Fields, tag: number): number | undefined {
  const text = only(fields, tag)
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** Whether a text can be the value of a field: printable ASCII, and something. */
export const isSendable = (text: string): boolean => /^[\x20-\x7e]{1,256}$/.test(text)

/** Throws RangeError for a value that would break the message. */
export function encode(fields: Fields): Buffer {
  for (const [tag, value] of fields)
    if (!isSendable(value)) throw new RangeError(`tag ${String(tag)} cannot hold ${JSON.stringify(value)}`)
  const body = fields.map(([tag, value]) => `${String(tag)}=${value}${soh}`).join('')
  const head = `${prefix}${String(body.length)}${soh}${body}`
  return Buffer.from(`${head}10=${checksum(Buffer.from(head, 'latin1'))}${soh}`, 'latin1')
}

function checksum(bytes: Uint8Array): string {
  let sum = 0
  for (const byte of bytes) sum = (sum + byte) & 0xff
  return String(sum).padStart(3, '0')
}

/** Takes bytes as they arrive and gives messages as they become complete. */
export class Framer {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Uint8Array): readonly Frame[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk])
    const frames: Frame[] = []
    for (;;) {
      const next = take(this.#rest)
      if (next === undefined) return frames
      this.#rest = this.#rest.subarray(next.bytes)
      frames.push(next.frame)
    }
  }
}

interface Taken {
  readonly bytes: number
  readonly frame: Frame
}

/** Undefined: more bytes are needed. */
function take(rest: Buffer): Taken | undefined {
  if (!rest.subarray(0, prefix.length).equals(Buffer.from(prefix.slice(0, rest.length), 'latin1')))
    return garbled(rest, 'no beginning of a FIX 4.2 message')
  if (rest.length < prefix.length) return undefined
  const lengthEnd = rest.indexOf(1, prefix.length)
  const digits = rest.toString('latin1', prefix.length, lengthEnd === -1 ? rest.length : lengthEnd)
  if (digits.length > mostLengthDigits || !/^\d*$/.test(digits)) return garbled(rest, 'no body length')
  if (lengthEnd === -1) return undefined
  const bodyBytes = Number(digits)
  if (digits === '' || bodyBytes > mostBodyBytes) return garbled(rest, 'a body length that cannot be')
  const bodyStart = lengthEnd + 1
  const bodyEnd = bodyStart + bodyBytes
  const end = bodyEnd + trailerBytes
  if (rest.length < end) return undefined
  const trailer = rest.toString('latin1', bodyEnd, end)
  if (!/^10=\d{3}\u0001$/.test(trailer)) return garbled(rest, 'the body length is wrong')
  if (trailer.slice(3, 6) !== checksum(rest.subarray(0, bodyEnd))) return garbled(rest, 'the checksum is wrong')
  const fields = fieldsIn(rest.toString('latin1', bodyStart, bodyEnd))
  const type = fields?.[0]?.[0] === 35 ? fields[0][1] : undefined
  if (fields === undefined || type === undefined)
    return { bytes: end, frame: { kind: 'garbled', reason: 'the body is no list of fields' } }
  return { bytes: end, frame: { kind: 'message', message: { type, fields } } }
}

/** On to what may be the beginning of the next message. */
function garbled(rest: Buffer, reason: string): Taken {
  const begin = prefix.slice(0, -2)
  const next = rest.indexOf(begin, 1, 'latin1')
  if (next !== -1) return { bytes: next, frame: { kind: 'garbled', reason } }
  // The end may hold the first bytes of a beginning.
  const tail = longestTail(rest, begin)
  return { bytes: rest.length - tail, frame: { kind: 'garbled', reason } }
}

/** How many bytes at the end are a beginning of `text`; never all of `rest`. */
function longestTail(rest: Buffer, text: string): number {
  const most = Math.min(rest.length - 1, text.length - 1)
  for (let bytes = most; bytes > 0; bytes--)
    if (rest.toString('latin1', rest.length - bytes) === text.slice(0, bytes)) return bytes
  return 0
}

function fieldsIn(body: string): Fields | undefined {
  const fields: (readonly [number, string])[] = []
  let dataBytes: { readonly tag: number; readonly bytes: number } | undefined
  for (let at = 0; at < body.length;) {
    const equals = body.indexOf('=', at)
    const digits = body.slice(at, equals)
    if (equals === -1 || !/^[1-9]\d{0,8}$/.test(digits)) return undefined
    const tag = Number(digits)
    const start = equals + 1
    const end = dataBytes?.tag === tag ? start + dataBytes.bytes : body.indexOf(soh, start)
    // A field must hold something and must end.
    if (end <= start || body[end] !== soh) return undefined
    const value = body.slice(start, end)
    fields.push([tag, value])
    const data = dataAfterLength.get(tag)
    dataBytes = data !== undefined && /^\d{1,6}$/.test(value) ? { tag: data, bytes: Number(value) } : undefined
    at = end + 1
  }
  return fields
}
