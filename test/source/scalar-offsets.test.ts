import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Document, Scalar } from 'yaml'
import { positionAt } from '../../src/source/file.ts'
import { parseYaml, type PScalar } from '../../src/source/yaml.ts'
import { valueAt } from '../support/nodes.ts'

const pieces = fc.constantFrom(
  ...[
    'result',
    'hosts',
    ' ',
    ' == ',
    '"',
    "'",
    '\\',
    '\n',
    '\n\n',
    '100',
    ' && ',
    '${{',
    '}}',
    'é',
    '😀',
    '\t',
    ':',
    ' #',
  ],
  ...['(', ')', 'aVeryLongWordThatForcesAFold ', '  ', '\n  ', ' \n'],
)
/** Most values of the others cannot be written without quotes. */
const calm = fc.constantFrom(
  'result',
  'hosts',
  ' ',
  ' == ',
  '"',
  ' && ',
  '100',
  '(',
  ')',
  'é',
  '😀',
  'aVeryLongWordThatForcesAFold ',
)
const styles = ['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const

function write(text: string, style: (typeof styles)[number], lineWidth: number, crlf: boolean): string {
  const document = new Document({ steps: [{ id: 'x', expect: '' }], tail: 1 })
  const scalar = new Scalar(text)
  scalar.type = style
  document.setIn(['steps', 0, 'expect'], scalar)
  const source = document.toString({ lineWidth, doubleQuotedMinMultiLineLength: 10 })
  return crlf ? source.replaceAll('\n', '\r\n') : source
}

/** Every visible character of the value stands at its offset, or is written there as an escape. */
function misplaced(source: string, scalar: PScalar): string | undefined {
  const { text, offsets } = scalar
  if (offsets.length !== text.length + 1) return `${String(offsets.length)} offsets`
  for (let i = 0; i < text.length; i++) {
    const at = offsets[i] ?? -1
    if (at < (offsets[i - 1] ?? 0)) return `offset ${String(i)} goes back`
    if (at < scalar.span.start) return `offset ${String(i)} lies before the scalar`
    if (/\s/.test(text[i] ?? '') || source[at] === text[i]) continue
    if (source[scalar.span.start] === '"' && source[at] === '\\') continue
    return `${JSON.stringify(text[i])} is not at ${String(at)}`
  }
  return undefined
}

describe('scalarOffsets', () => {
  it('places every character of 20,000 random values, in all five styles, with LF and CRLF', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(
        fc.oneof(fc.array(pieces, { minLength: 1, maxLength: 40 }), fc.array(calm, { minLength: 1, maxLength: 40 })),
        fc.constantFrom(...styles),
        fc.integer({ min: 20, max: 100 }),
        fc.boolean(),
        (parts, style, lineWidth, crlf) => {
          const source = write(parts.join(''), style, lineWidth, crlf)
          const { root, findings } = parseYaml({ path: 'x.yaml', text: source })
          if (findings.length > 0 || root === undefined) return
          const scalar = valueAt(root, 'steps', 0, 'expect')
          if (scalar.kind !== 'scalar' || typeof scalar.value !== 'string') return
          const written = source[scalar.span.start] ?? ''
          const found = ['|', '>', '"', "'"].includes(written) ? written : 'plain'
          seen.set(found, (seen.get(found) ?? 0) + 1)
          expect(misplaced(source, scalar), JSON.stringify(source)).toBeUndefined()
        },
      ),
      { numRuns: 20_000 },
    )
    for (const style of ['|', '>', '"', "'", 'plain']) expect(seen.get(style) ?? 0, style).toBeGreaterThan(500)
  })

  it.each([
    ['plain, folded', 'a: size(result.hosts) > 0\n  && result.nann == 0\n', 'nann', '2:13'],
    ['single quotes', "a: 'result.status == ''okk'' '\n", 'okk', '1:24'],
    ['double quotes with escapes', 'a: "result.name == \\"x\\" \\u0026\\x26 result.nann > 1"\n', 'nann', '1:44'],
    ['double quotes with an escaped line break', 'a: "result.name == 1 \\\n    && result.nann"\n', 'nann', '2:15'],
    ['literal block', 'a: |\n  size(x) > 0 &&\n  x.all(h,\n    h.modelHsh == 1)\n', 'modelHsh', '4:7'],
    ['folded block', 'a: >-\n  size(x) > 0\n  && result.nann == 0\n', 'nann', '3:13'],
    ['block with an indentation indicator', 'a:\n  - b: |2\n        x\n      nann\n', 'nann', '4:7'],
    ['block after empty lines', 'a: >+ # note\n\n\n    x\n    nann\n\n', 'nann', '5:5'],
    ['astral characters', 'a: "\\U0001F600 😀 nann"\n', 'nann', '1:19'],
  ])('points at the token: %s', (_, text, word, place) => {
    const file = { path: 'x.yaml', text }
    const { root } = parseYaml(file)
    const scalar = root === undefined ? undefined : scalarsOf(root).find((s) => s.text.includes(word))
    const { line, column } = positionAt(file, scalar?.offsets[scalar.text.indexOf(word)] ?? -1)
    expect(`${String(line)}:${String(column)}`).toBe(place)
  })
})

function scalarsOf(node: ReturnType<typeof valueAt>): readonly PScalar[] {
  if (node.kind === 'scalar') return [node]
  return (node.kind === 'map' ? node.entries.map((e) => e.value) : node.items).flatMap(scalarsOf)
}
