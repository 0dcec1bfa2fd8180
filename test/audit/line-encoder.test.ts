import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineEncoder, type Envelope } from '../../src/audit/line-encoder.ts'
import { decodeLine, firstLink, largestLineBytes, levels, type Entry } from '../../src/audit/record.ts'
import { redactorOf } from '../../src/audit/redact.ts'
import { plainLine } from './plain-line.ts'

const run = 'run-01m7xcdr30rsz82ttbzfhfpn7p'
const secrets = ['ab"c', 'p&ss w0rd', 'ünï€', '€uro$^.*', 'xy', '12', 'oncall']
const nowMs = Date.parse('2026-11-20T21:05:00.000Z')

const encoderOf = (envelope: Envelope, now = () => new Date(nowMs)): LineEncoder =>
  new LineEncoder(run, envelope, redactorOf(envelope.redaction ?? { secrets: [], fields: [] }), now)

const planted = fc.constantFrom(
  ...secrets,
  ...secrets.map((each) => `<${each}>`),
  ...secrets.map(encodeURIComponent),
  ...secrets.map((each) => Buffer.from(each).toString('base64')),
)
/** Escapes, controls, two to four bytes of UTF-8, halves of pairs, and what separates lines elsewhere. */
const odd = fc.string({
  unit: fc.constantFrom('a', '"', '\\', '\n', '\0', '\u001f', 'é', '€', '😀', '\ud83d', '\udc00', '\u2028', '/'),
  maxLength: 8,
})
const text = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 6 }), odd, planted)
const leaf = fc.oneof(
  text,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.bigInt(),
  fc.constantFrom<unknown>(null, undefined, 12, NaN, new Date(nowMs), new Date(NaN), () => 1, Symbol('s')),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('token', '__proto__', '1')), tie('value'), { maxKeys: 4 }),
  ),
}))
const may = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined })
const entry: fc.Arbitrary<Entry> = fc
  .record({
    event: text,
    level: may(fc.constantFrom(...levels)),
    step: may(text),
    actor: may(text),
    data: value,
    context: value,
    expected: value,
    observed: value,
    result: may(text),
  })
  .map((all) => {
    // An optional field is absent or has a value.
    const { event, level, step, actor, result, ...values } = all
    return {
      ...{ event, ...values },
      ...(level === undefined ? {} : { level }),
      ...(step === undefined ? {} : { step }),
      ...(actor === undefined ? {} : { actor }),
      ...(result === undefined ? {} : { result }),
    }
  })
const envelope: fc.Arbitrary<Envelope> = fc
  .record({ actor: text, host: text, traceId: text, hides: fc.boolean() })
  .map(({ hides, ...rest }) => ({ ...rest, ...(hides ? { redaction: { secrets, fields: ['token'] } } : {}) }))

describe('the encoder of a segment', () => {
  it('writes, byte for byte, what the plain way writes, and what it wrote can be read', () => {
    let hidden = 0
    fc.assert(
      fc.property(envelope, fc.array(fc.array(entry, { maxLength: 4 }), { maxLength: 3 }), (from, groups) => {
        let clock = nowMs
        const now = (): Date => new Date(Math.floor(clock++ / 2)) // every second record has the time of the one before
        const encoder = encoderOf(from, now)
        let [records, head, plainClock] = [0, firstLink(run), nowMs]
        for (const group of groups) {
          const plain: Buffer[] = []
          const before = { records, head }
          for (const each of group) {
            const line = plainLine(each, run, from, { records, head }, new Date(Math.floor(plainClock++ / 2)))
            expect(decodeLine(line.bytes.subarray(0, -1), { seq: records, prev: head, run })).toBeTypeOf('object')
            plain.push(line.bytes)
            records++
            head = line.h
          }
          const encoded = encoder.encode(group, before)
          expect(encoded.bytes.toString()).toBe(Buffer.concat(plain).toString())
          expect(encoded.head).toBe(head)
          if (encoded.bytes.includes('[redacted]')) hidden++
        }
      }),
      { numRuns: 1000 },
    )
    expect(hidden).toBeGreaterThan(100)
  })

  it('holds groups that are larger than its room, and lets go of a large one', () => {
    const encoder = encoderOf({ actor: 'oncall', host: 'h', traceId: 't' })
    const group = Array.from({ length: 300 }, (_, i) => ({ event: 'e', data: '€'.repeat(i * 10) }))
    const first = Buffer.from(encoder.encode(group, { records: 0, head: 'x' }).bytes)
    expect(first.toString().split('\n')).toHaveLength(301)
    expect(Buffer.from(encoder.encode(group, { records: 0, head: 'x' }).bytes).equals(first)).toBe(true)
  })

  it('refuses a record that is too large, and has lost nothing', () => {
    const encoder = encoderOf({ actor: 'oncall', host: 'h', traceId: 't' })
    const small = { event: 'small' }
    const one = Buffer.from(encoder.encode([small], { records: 3, head: 'x' }).bytes)
    const huge = { event: 'huge', data: 'é'.repeat(largestLineBytes / 2) }
    expect(() => encoder.encode([small, huge], { records: 3, head: 'x' })).toThrow(/too large \(huge\)/)
    expect(Buffer.from(encoder.encode([small], { records: 3, head: 'x' }).bytes).equals(one)).toBe(true)
  })
})
