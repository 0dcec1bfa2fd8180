import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal } from '../../src/expr/decimal.ts'
import { compile, env } from './support.ts'

const digits = (max: number) => fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: max }).map((all) => all.join(''))
const decimals = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), digits(18))
  .map(
    ([negative, whole, fraction]) => `${negative ? '-' : ''}${String(whole)}${fraction === '' ? '' : `.${fraction}`}`,
  )

describe('Decimal', () => {
  it('writes what it read, in its shortest form', () => {
    fc.assert(
      fc.property(decimals, (text) => {
        const shortest = text.includes('.') ? text.replace(/\.?0+$/, '') : text
        expect(Decimal.parse(text)?.toString()).toBe(shortest === '-0' ? '0' : shortest)
      }),
    )
  })

  it.each([
    '',
    '-',
    '1e3',
    '1.',
    '.5',
    '01',
    '+1',
    ' 1',
    '1,5',
    'NaN',
    'Infinity',
    '0x1',
    '1'.repeat(19),
    `0.${'1'.repeat(19)}`,
  ])('does not read "%s"', (text) => {
    expect(Decimal.parse(text)).toBeUndefined()
  })

  it('orders and subtracts exactly, as expressions see it', () => {
    const run = (text: string, a: string, b: string): unknown =>
      compile(text, 'any').expr?.evaluate({
        ...env,
        result: { ...env.result, qty: a },
        inputs: { ...env.inputs, size: b },
      })
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const [x = 0n, y = 0n] = [Decimal.parse(a)?.units, Decimal.parse(b)?.units]
        expect(run('result.qty < inputs.size', a, b)).toBe(x < y)
        expect(run('result.qty >= inputs.size', a, b)).toBe(x >= y)
        expect(run('result.qty == inputs.size', a, b)).toBe(x === y)
        expect(run('result.qty - inputs.size', a, b)).toBe(new Decimal(x - y).toString())
      }),
      { numRuns: 300 },
    )
  })
})
