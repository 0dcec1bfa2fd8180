import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact, redactorOf } from '../../src/audit/redact.ts'

describe('redaction', () => {
  it('replaces secrets in every spelling, anywhere', () => {
    const secret = 'p&ss"w0rd'
    const value = {
      plain: `key ${secret}.`,
      json: JSON.stringify({ key: secret }),
      url: `https://x/?k=${encodeURIComponent(secret)}`,
      header: `Basic ${Buffer.from(secret).toString('base64')}`,
      [`name ${secret}`]: [1, { deep: [secret] }],
    }
    expect(redact(value, [secret])).toEqual({
      plain: 'key [redacted].',
      json: '{"key":"[redacted]"}',
      url: 'https://x/?k=[redacted]',
      header: 'Basic [redacted]',
      'name [redacted]': [1, { deep: ['[redacted]'] }],
    })
  })

  it('finds a secret in the base64 of whatever it stands in', () => {
    const secret = 'correct horse ~ battery ?>'
    for (const before of ['', 'd', 'de', 'desk:'])
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = `Basic ${Buffer.from(`${before}${secret}; and more`).toString(encoding)}`
        const hidden = String(redact(text, [secret]))
        expect(hidden).toContain('[redacted]')
        const left = hidden.replace(/^Basic |\[redacted\]/g, '')
        expect(Buffer.from(left, encoding).toString('latin1')).not.toMatch(/correct|battery|horse/)
      }
  })

  it('replaces short secrets only where they are the whole value, and longer ones before those they contain', () => {
    expect(redact(['no', 'noon', 1234, 12345], ['no', '1234'])).toEqual(['[redacted]', 'noon', '[redacted]', 12345])
    expect(redact('abcdefgh', ['abcde', 'abcdefgh'])).toBe('[redacted]')
    expect(redact('x', [''])).toBe('x')
  })

  it('empties marked fields at any depth', () => {
    expect(redact({ a: { token: { x: 1 } }, token: 2, tokens: 3 }, [], ['token'])).toEqual({
      a: { token: '[redacted]' },
      token: '[redacted]',
      tokens: 3,
    })
  })

  it('spells out what JSON would falsify, and refuses cycles', () => {
    expect(redact([NaN, -Infinity, 2n, new Date(0), new Date(NaN), null, true], [])).toEqual([
      'NaN',
      '-Infinity',
      '2',
      '1970-01-01T00:00:00.000Z',
      'Invalid Date',
      null,
      true,
    ])
    const shared = { a: 1 }
    expect(redact([shared, shared], [])).toEqual([shared, shared])
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(() => redact(cycle, [])).toThrow(TypeError)
  })

  it('lets no secret through, and no JSON value without one is touched', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.string({ minLength: 5, maxLength: 12, unit: fc.constantFrom('a', 'b', 'c', 'd') }),
        (value, secret) => {
          const text = JSON.stringify({ value, note: `<${secret}>` })
          const hidden = redact(JSON.parse(text), [secret])
          return !JSON.stringify(hidden).includes(secret)
        },
      ),
    )
    fc.assert(
      fc.property(fc.jsonValue(), (value) => JSON.stringify(redact(value, ['§§§§§§'])) === JSON.stringify(value)),
    )
  })

  it('knows by the JSON alone when there is nothing to do', () => {
    const secrets = ['ab"c', 'abcdef', 'xy', '12']
    const { clean, isClean } = redactorOf({ secrets, fields: ['token'] })
    const strange = fc.constantFrom<unknown>(
      NaN,
      Infinity,
      undefined,
      null,
      12,
      1.5,
      new Date(0),
      new Date(NaN),
      'null',
    )
    const text = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(...secrets, ...secrets.map(encodeURIComponent), ...secrets.map((each) => `"${each}"`), 'token'),
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, text, strange, fc.array(tie('value')), fc.dictionary(text, tie('value'))),
    }))
    let untouched = 0
    fc.assert(
      fc.property(value, (given) => {
        const json = JSON.stringify({ given })
        if (!isClean(json)) return
        untouched++
        expect(JSON.stringify(clean({ given }))).toBe(json)
      }),
      { numRuns: 3000 },
    )
    expect(untouched).toBeGreaterThan(300)
  })

  it.each([undefined, () => 1, Symbol('s')])('hides nothing in a field that JSON leaves out: %o', (token) => {
    const { clean } = redactorOf({ secrets: [], fields: ['token'] })
    expect(JSON.stringify(clean({ kept: 1, token }))).toBe('{"kept":1}')
  })
})
