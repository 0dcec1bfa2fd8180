import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileLibrary } from '../../src/plan/compile.ts'
import { catalogue } from '../../src/ports/catalogue.ts'
import { hasErrors } from '../../src/source/diagnostic.ts'
import type { SourceFile } from '../../src/source/file.ts'
import { shippedFiles } from '../documents/shipped.ts'
import { compileBeside, fixture, fixtureNames } from '../support/fixtures.ts'

const compileOne = (file: SourceFile) => compileLibrary([file], { catalogue })

/** Replaces, removes or doubles a stretch of the text, or puts something hostile into it. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 0, max: 40 }),
  put: fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(
      '\n',
      '  ',
      ': ',
      '- ',
      '{',
      '}',
      '[',
      '"',
      "'",
      '|',
      '!x',
      '&a',
      '*a',
      '<<: ',
      '${{',
      '}}',
      '__proto__: 1\n',
      'null',
      '1e400',
      '\u0000',
      '\ud800',
    ),
  ),
})

test('no edit of a shipped document makes the compiler throw', () => {
  let refused = 0
  fc.assert(
    fc.property(fc.constantFrom(...shippedFiles), fc.array(edit, { minLength: 1, maxLength: 4 }), (file, edits) => {
      let { text } = file
      for (const { at, length, put } of edits) {
        const start = Math.floor(at * text.length)
        text = text.slice(0, start) + put + text.slice(start + length)
      }
      const { findings, graphs } = compileOne({ path: file.path, text })
      for (const { span } of findings) {
        expect(span.file).toBe(file.path)
        expect(span.start).toBeGreaterThanOrEqual(0)
        expect(span.end).toBeGreaterThanOrEqual(span.start)
        expect(span.end).toBeLessThanOrEqual(text.length + 1)
      }
      if (hasErrors(findings)) {
        refused++
        expect(graphs.size).toBe(0)
      }
    }),
    { numRuns: 300 },
  )
  expect(refused).toBeGreaterThan(100)
})

test('no random structure makes the compiler throw', () => {
  const key = fc.constantFrom(
    'kind',
    'id',
    'title',
    'steps',
    'verify',
    'questions',
    'leaves',
    'gates',
    'start',
    'do',
    'check',
    'with',
    'due',
    'ask',
    'yes',
    'no',
    'on_fail',
    'hold',
    'probe',
    'needs',
    'parallel',
    'approve',
    'run',
    '__proto__',
    'constructor',
    'x',
  )
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('runbook', 'tree', 'gates', 'desk.halt', 'q1', 'x', 1, true, null, '${{ config.desk }}'),
      fc.dictionary(key, tie('node'), { maxKeys: 6 }),
      fc.array(tie('node'), { maxLength: 3 }),
    ),
  }))
  fc.assert(
    fc.property(
      fc.constantFrom('runbook', 'tree', 'gates'),
      fc.dictionary(key, node, { maxKeys: 12 }),
      (kind, body) => {
        const text = JSON.stringify({ ...body, kind, id: 'x' })
        expect(compileOne({ path: 'x.yaml', text }).findings.length).toBeGreaterThan(0)
      },
    ),
    { numRuns: 300 },
  )
})

test('one broken file keeps no other from having a graph', () => {
  const names = fixtureNames('ok')
  const good = names.map((name) => ({ path: `${name}.yaml`, text: fixture(`ok/${name}.yaml`) }))
  const bad = { path: 'broken.yaml', text: 'kind: runbook\nid: broken\ntitle: [\n' }
  const { findings, graphs } = compileBeside([...good, bad])
  expect(findings.every((finding) => finding.span.file === 'broken.yaml')).toBe(true)
  expect(findings.length).toBeGreaterThan(0)
  for (const name of names) expect([...graphs.keys()].some((id) => id.endsWith(`/${name}`))).toBe(true)
})
