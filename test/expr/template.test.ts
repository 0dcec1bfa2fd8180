import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileTemplate, compileText } from '../../src/expr/template.ts'
import { Undetermined } from '../../src/expr/undetermined.ts'
import { parseYaml, type PScalar } from '../../src/source/yaml.ts'
import { valueAt } from '../support/nodes.ts'
import { env, marks, variables } from './support.ts'

function scalarIn(text: string): PScalar {
  const { root, findings } = parseYaml({ path: 'x.yaml', text })
  expect(findings).toEqual([])
  const node = root === undefined ? undefined : valueAt(root, 'a')
  if (node?.kind !== 'scalar') throw new Error('no scalar')
  return node
}
const templateOf = (text: string) => compileTemplate(scalarIn(text), variables)

describe('compileTemplate', () => {
  it.each([
    ['a: plain text', 'plain text', []],
    ['a: 5', 5, []],
    ['a: 1.5', 1.5, []],
    ['a: true', true, []],
    ['a:', null, []],
    ['a: ${{ result.count }}', 100, ['result']],
    ['a: "${{result.count + 1}}"', 101, ['result']],
    ['a: ${{ result.ok }}', true, ['result']],
    ['a: ${{ result.hosts }}', env.result.hosts, ['result']],
    ['a: "model:${{ inputs.model }}"', 'model:signal', ['inputs']],
    [
      'a: ${{ result.count }} of ${{ config.hosts.inference }} are ${{ result.status }}',
      '100 of 2 are ok',
      ['config', 'result'],
    ],
    ['a: ${{ result.qty }} ${{ result.maxAbsZ }} ${{ result.ok }}', '100.5 2.5 true', ['result']],
    ['a: ${{ "}}" }}!', '}}!', []],
    ['a: \'${{ result.note.orValue("a\\"}}") }}\'', 'a"}}', ['result']],
    ['a: ${{ "${{" }}', '${{', []],
    ['a: "}} $ { {"', '}} $ { {', []],
    ['a: |\n  one ${{ result.count }}\n  two\n', 'one 100\ntwo\n', ['result']],
  ])('%s', (text, value, reads) => {
    const { expr, findings } = templateOf(text)
    expect(findings).toEqual([])
    expect(expr?.evaluate(env)).toEqual(value)
    expect(expr?.reads).toEqual(reads)
  })

  it.each([
    ['a: ${{ result.cout }}', 'unknown-field «cout»'],
    ['a: "x ${{ result.cout }}"', 'unknown-field «cout»'],
    ["a: 'it''s ${{ inputs.modle }}'", 'unknown-field «modle»'],
    ['a: "\\u0041 ${{ inputs.modle }}"', 'unknown-field «modle»'],
    ['a: >\n  one\n  two ${{ inputs.modle }}\n', 'unknown-field «modle»'],
    ['a: x ${{ result.hosts }}', 'type «result.hosts»'],
    ['a: x ${{ result.note }}', 'type «result.note»'],
    ['a: x ${{ result.count', 'unclosed «${{»'],
    ['a: x ${{ }}', 'syntax «»'],
  ])('refuses %j at the exact place', (text, expected) => {
    const compiled = templateOf(text)
    expect(marks(text, compiled)).toEqual([expected])
    expect(compiled.expr).toBeUndefined()
  })

  it('reports every interpolation', () => {
    expect(templateOf('a: ${{ one }} ${{ two }}').findings).toHaveLength(2)
  })

  it('is undetermined where an interpolation is', () => {
    expect(() => templateOf('a: x ${{ result.hosts[9].name }}').expr?.evaluate(env)).toThrow(Undetermined)
    expect(() => templateOf('a: x ${{ prior.hash }}').expr?.evaluate({})).toThrow('prior has no value')
  })

  it('leaves text without interpolation as it is, and never throws on any', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('${{', '}}', ' ', '"', "'", '\\', 'result', '.ok', '{', '}', '$', 'x')),
        (parts) => {
          const text = parts.join('')
          const offsets = Array.from({ length: text.length + 1 }, (_, i) => i)
          const span = { file: 'x.yaml', start: 0, end: text.length }
          const { expr, findings } = compileTemplate({ kind: 'scalar', span, value: text, text, offsets }, variables)
          expect(expr === undefined).toBe(findings.length > 0)
          if (!text.includes('${{')) expect(expr?.evaluate(env)).toBe(text)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('compileText', () => {
  it('is text whatever stands in it', () => {
    expect(compileText(scalarIn('a: ${{ result.count }}'), variables).expr?.evaluate(env)).toBe('100')
    expect(compileText(scalarIn('a: 007x'), variables).expr?.evaluate(env)).toBe('007x')
    expect(compileText(scalarIn('a: 0.10'), variables).expr?.evaluate(env)).toBe('0.10')
  })
})
