import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { compileArguments, compileValue } from '../../src/expr/arguments.ts'
import { Undetermined } from '../../src/expr/undetermined.ts'
import { decimal } from '../../src/ports/method.ts'
import { parseYaml } from '../../src/source/yaml.ts'
import { valueAt } from '../support/nodes.ts'
import { env, marks, variables } from './support.ts'

const schema = z.strictObject({
  model: z.string().min(2),
  qty: decimal.optional(),
  side: z.enum(['buy', 'sell']).optional(),
  status: z.enum(['ok', 'degraded', 'outage', 'unknown']).optional(),
  last: z.int().min(1).optional(),
  ratio: z.number().optional(),
  live: z.boolean().optional(),
  tags: z.array(z.string()).max(3).optional(),
  legs: z.array(z.strictObject({ symbol: z.string(), qty: decimal })).optional(),
  reason: z.string().nullable().optional(),
})
const at = { file: 'x.yaml', start: 0, end: 1 }
const compiled = (text: string) => {
  const { root, findings } = parseYaml({ path: 'x.yaml', text })
  expect(findings).toEqual([])
  return compileArguments(root === undefined ? undefined : valueAt(root, 'with'), schema, variables, at)
}

describe('compileArguments', () => {
  it.each([
    ['model: signal', { model: 'signal' }],
    ['model: "${{ inputs.model }}"', { model: 'signal' }],
    ['model: "x-${{ inputs.model }}-${{ result.count }}"', { model: 'x-signal-100' }],
    ['model: "${{ result.status }}", status: "${{ result.status }}"', { model: 'ok', status: 'ok' }],
    ['model: "${{ result.qty }}", qty: "${{ result.qty }}"', { model: '100.5', qty: '100.5' }],
    ['model: ab, qty: "1.50"', { model: 'ab', qty: '1.50' }],
    ['model: ab, qty: "${{ result.count }}"', { model: 'ab', qty: '100' }],
    ['model: ab, last: "${{ result.count }}", ratio: "${{ result.count }}"', { model: 'ab', last: 100, ratio: 100 }],
    ['model: ab, live: "${{ result.count > 1 }}"', { model: 'ab', live: true }],
    ['model: ab, side: \'${{ result.ok ? "buy" : "sell" }}\'', { model: 'ab', side: 'buy' }],
    ['model: ab, tags: [a, "${{ inputs.model }}"]', { model: 'ab', tags: ['a', 'signal'] }],
    ['model: ab, tags: "${{ result.hosts.map(h, h.name) }}"', { model: 'ab', tags: ['a', 'b'] }],
    [
      'model: ab, legs: [{ symbol: "${{ inputs.model }}", qty: "${{ inputs.size }}" }]',
      { model: 'ab', legs: [{ symbol: 'signal', qty: '100.5' }] },
    ],
    ['model: ab, reason: "${{ inputs.incident }}"', { model: 'ab' }],
    ['model: ab, reason: null', { model: 'ab', reason: null }],
  ])('%s', (text, value) => {
    const { expr, findings } = compiled(`with: { ${text} }`)
    expect(findings).toEqual([])
    expect(expr?.evaluate(env)).toEqual(value)
  })

  it.each([
    ['modle: ab, model: ab', 'unknown-argument «modle»', 'did you mean "model"?'],
    ['last: 1', 'missing-argument «{ last: 1 }»', undefined],
    ['model: a', 'argument «a»', undefined],
    ['model: 5', 'argument «5»', 'quote it: "5"'],
    ['model: ab, qty: 0.10', 'argument «0.10»', 'quote it: "0.10"'],
    ['model: ab, qty: "1,5"', 'argument «"1,5"»', undefined],
    ['model: ab, side: bye', 'argument «bye»', undefined],
    ['model: ab, last: 0', 'argument «0»', undefined],
    ['model: ab, last: 1.5', 'argument «1.5»', undefined],
    ['model: ab, live: "yes"', 'argument «"yes"»', undefined],
    ['model: ab, tags: [a, 5]', 'argument «5»', 'quote it: "5"'],
    ['model: ab, tags: [a, b, c, d]', 'argument «[a, b, c, d]»', undefined],
    ['model: ab, tags: a', 'argument «a»', undefined],
    ['model: ab, tags: { a: b }', 'argument «{ a: b }»', undefined],
    ['model: ab, legs: [{ symbol: x }]', 'missing-argument «{ symbol: x }»', undefined],
    ['model: [a]', 'argument «[a]»', undefined],
    ['model: "${{ result.count }}"', 'argument «"${{ result.count }}"»', 'convert it with string(...)'],
    ['model: "${{ inputs.incident }}"', 'argument «"${{ inputs.incident }}"»', 'give a default with .orValue(...)'],
    ['model: ab, qty: "${{ inputs.model }}"', 'argument «"${{ inputs.model }}"»', 'convert it with decimal(...)'],
    ['model: ab, qty: "1${{ inputs.size }}"', 'argument «"1${{ inputs.size }}"»', 'convert it with decimal(...)'],
    ['model: ab, last: "${{ result.maxAbsZ }}"', 'argument «"${{ result.maxAbsZ }}"»', undefined],
    ['model: ab, side: "${{ inputs.model }}"', 'argument «"${{ inputs.model }}"»', undefined],
    ['model: ab, side: "${{ result.status }}"', 'argument «"${{ result.status }}"»', undefined],
    [
      'model: ab, side: \'${{ result.ok ? "buy" : "hold" }}\'',
      'argument «\'${{ result.ok ? "buy" : "hold" }}\'»',
      undefined,
    ],
    ['model: ab, live: "${{ result.cout }}"', 'unknown-field «cout»', 'did you mean "count"?'],
  ])('refuses %s at the exact place', (body, mark, hint) => {
    const text = `with: { ${body} }`
    const result = compiled(text)
    expect(marks(text, result)).toEqual([mark])
    expect(result.findings[0]?.hint).toBe(hint)
    expect(result.expr).toBeUndefined()
  })

  it('reports all mistakes at once', () => {
    expect(compiled('with: { modle: x, last: 0, live: "${{ nothing }}" }').findings.map((f) => f.rule)).toEqual([
      'expr/unknown-argument',
      'expr/missing-argument',
      'expr/argument',
      'expr/unknown-variable',
    ])
  })

  it('reports what is missing where nothing is written', () => {
    expect(compileArguments(undefined, schema, variables, at).findings.map(({ rule, span }) => [rule, span])).toEqual([
      ['expr/missing-argument', at],
    ])
    expect(compileArguments(undefined, z.strictObject({}), variables, at).expr?.evaluate({})).toEqual({})
  })

  it('validates the resolved value once more', () => {
    const { expr } = compiled('with: { model: "${{ inputs.model }}", last: "${{ result.count }}" }')
    const given = (model: string, count: number) => ({
      ...env,
      inputs: { ...env.inputs, model },
      result: { ...env.result, count },
    })
    expect(expr?.evaluate(given('ab', 1))).toEqual({ model: 'ab', last: 1 })
    expect(() => expr?.evaluate(given('a', 1))).toThrow(Undetermined)
    expect(() => expr?.evaluate(given('ab', 0))).toThrow(/^last: /)
  })

  it('writes null where an argument may be null but not absent', () => {
    const { root } = parseYaml({ path: 'x.yaml', text: 'a: "${{ inputs.incident }}"' })
    const nullable = z.strictObject({ a: z.string().nullable() })
    expect(compileArguments(root, nullable, variables, at).expr?.evaluate(env)).toEqual({ a: null })
  })

  it('ignores names that only objects have', () => {
    expect(marks('with: { constructor: x }', compiled('with: { constructor: x }'))[0]).toBe(
      'unknown-argument «constructor»',
    )
  })
})

describe('compileValue', () => {
  it('keeps nested lists and objects', () => {
    const { root } = parseYaml({ path: 'x.yaml', text: '- [1, "${{ result.count }}"]\n- []\n' })
    expect(root && compileValue(root, z.array(z.array(z.int())), variables).expr?.evaluate(env)).toEqual([[1, 100], []])
  })
})
