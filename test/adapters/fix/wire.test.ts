/** Bytes of FIX 4.2: what is read is what was sent, in whatever pieces it arrives, and nothing else ever passes for a message. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Fields, type Frame, Framer, countIn, encode, only } from '../../../src/adapters/fix/wire.ts'

const bars = (text: string): Buffer => Buffer.from(text.replaceAll('|', '\u0001'), 'latin1')
const read = (...chunks: readonly Uint8Array[]): readonly Frame[] => {
  const framer = new Framer()
  return chunks.flatMap((chunk) => framer.push(chunk))
}
const messagesIn = (frames: readonly Frame[]): readonly Fields[] =>
  frames.flatMap((frame) => (frame.kind === 'message' ? [frame.message.fields] : []))

const value = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)), minLength: 1 })
const tag = fc.integer({ min: 1000, max: 9999 })
const message: fc.Arbitrary<Fields> = fc
  .tuple(fc.constantFrom('0', 'D', '8'), fc.array(fc.tuple(tag, value), { maxLength: 8 }))
  .map(([type, rest]) => [[35, type], ...rest])
const messages = fc.array(message, { minLength: 1, maxLength: 4 })

/** The same bytes in other pieces. */
function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end))
}

describe('encoding', () => {
  test('length and checksum are those of the standard', () => {
    const bytes = encode([
      [35, '0'],
      [49, 'DESK'],
      [56, 'VENUE'],
      [34, '2'],
    ])
    // 5 + 8 + 9 + 5 bytes of body; the sum of all bytes before 10= is 3 modulo 256.
    const head = bars('8=FIX.4.2|9=27|35=0|49=DESK|56=VENUE|34=2|')
    const sum = String(head.reduce((a, b) => a + b, 0) % 256).padStart(3, '0')
    expect(bytes).toEqual(Buffer.concat([head, bars(`10=${sum}|`)]))
  })

  test.each(['', 'a\u0001b', 'line\nbreak', 'ü', 'x'.repeat(257)])('refuses the value %j', (text) => {
    expect(() =>
      encode([
        [35, 'D'],
        [55, text],
      ]),
    ).toThrow(RangeError)
  })
})

describe('reading', () => {
  test('what was sent, in whatever pieces it arrives', () => {
    fc.assert(
      fc.property(messages, fc.array(fc.nat()), (sent, places) => {
        const frames = read(...cut(Buffer.concat(sent.map(encode)), places))
        expect(frames.every((frame) => frame.kind === 'message')).toBe(true)
        expect(messagesIn(frames)).toEqual(sent)
      }),
    )
  })

  test('after garbage the next whole message is found', () => {
    const garbage = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 60 }),
      fc.constantFrom('8=FIX.4.2|9=', '8=FIX.4.2|9=5|35=0|10=000|', '8=FIX.4.4|9=5|35=0|10=163|', '8=FIX.').map(bars),
    )
    fc.assert(
      fc.property(garbage, message, message, fc.array(fc.nat()), (noise, first, second, places) => {
        const bytes = Buffer.concat([encode(first), noise, encode(second), encode(second)])
        const found = messagesIn(read(...cut(bytes, places)))
        // Noise may claim to be longer than it is and take the first bytes after it along, but only those.
        expect(found[0]).toEqual(first)
        expect(found.slice(1).every((fields) => JSON.stringify(fields) === JSON.stringify(second))).toBe(true)
        expect(found.length).toBeGreaterThan(1)
      }),
    )
  })

  test('a message with one wrong byte is never taken for another one', () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.integer({ min: 1, max: 255 }), (sent, place, change) => {
        const bytes = encode(sent)
        const at = place % bytes.length
        bytes[at] = (bytes[at] ?? 0) ^ change
        expect(messagesIn(read(bytes))).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  test('any bytes at all are answered, and kept only as far as a message may still come of them', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        expect(messagesIn(read(...chunks))).toEqual([])
      }),
    )
  })

  test.each([
    ['another version', '8=FIX.4.4|9=5|35=0|10=163|'],
    ['a length that is none', '8=FIX.4.2|9=x|35=0|10=161|'],
    ['a length beyond all bounds', '8=FIX.4.2|9=999999|35=0|10=161|'],
    ['a length of too many digits', '8=FIX.4.2|9=00000005|35=0|10=161|'],
    ['a length that is too short', '8=FIX.4.2|9=4|35=0|10=160|'],
    ['a wrong checksum', '8=FIX.4.2|9=5|35=0|10=162|'],
    ['a checksum of two digits', '8=FIX.4.2|9=5|35=0|10=61||'],
  ])('%s is garbled', (_, text) => {
    const frames = read(bars(text))
    expect(frames.length).toBeGreaterThan(0)
    expect(frames.every((frame) => frame.kind === 'garbled')).toBe(true)
    expect(read(bars('8=FIX.4.2|9=5|35=0|10=161|'))).toHaveLength(1)
  })

  test.each(['34=1|35=0|', '35=0|x=1|', '35=0|34=|', '35=0|034=1|', '35=0|34|'])('the body %s is garbled', (body) => {
    const head = bars(`8=FIX.4.2|9=${String(body.length)}|${body}`)
    const sum = String(head.reduce((a, b) => a + b, 0) % 256).padStart(3, '0')
    expect(read(Buffer.concat([head, bars(`10=${sum}|`)]))).toMatchObject([{ kind: 'garbled' }])
  })

  test('a data field may hold separators, as many bytes as were announced', () => {
    const body = '35=B|95=5|96=a|b=c|34=7|'
    const head = bars(`8=FIX.4.2|9=${String(body.length)}|${body}`)
    const sum = String(head.reduce((a, b) => a + b, 0) % 256).padStart(3, '0')
    const [fields] = messagesIn(read(Buffer.concat([head, bars(`10=${sum}|`)])))
    expect(fields).toEqual([
      [35, 'B'],
      [95, '5'],
      [96, 'a\u0001b=c'],
      [34, '7'],
    ])
  })
})

test('a field that is there twice has no value', () => {
  const fields: Fields = [
    [34, '7'],
    [11, 'a'],
    [11, 'b'],
    [14, '-1'],
  ]
  expect([only(fields, 11), only(fields, 34), only(fields, 99)]).toEqual([undefined, '7', undefined])
  expect([countIn(fields, 34), countIn(fields, 14)]).toEqual([7, undefined])
})
