/** The page about documents: its examples compile, its keys are the keys there are, its rules are the rules there are. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { rules } from '../../src/check/rules.ts'
import { caseShape, expectShape } from '../../src/parse/cases.ts'
import { gateShape, gatesShape } from '../../src/parse/gates.ts'
import { frequencyShape, inputShape, runbookShape } from '../../src/parse/runbook.ts'
import { leafSteps, questionShape, stepKinds, titledSteps } from '../../src/parse/step-shapes.ts'
import { leafShape, treeShape } from '../../src/parse/tree.ts'
import { compileLibrary } from '../../src/plan/compile.ts'
import { catalogue } from '../../src/ports/catalogue.ts'
import { renderText } from '../../src/source/render/text.ts'
import { shippedFiles } from '../documents/shipped.ts'
import { examples, howToUpdate, isUpdating, placeOf, rewriteTable, root, tableOf } from './markdown.ts'

const page = 'docs/documents.md'

describe('examples', () => {
  const documents = examples('yaml', page).filter(({ text }) => !text.startsWith('kind: test'))
  it('show one document of each kind', () => {
    const kinds = documents.map(({ text }) => /^kind: (\w+)$/m.exec(text)?.[1])
    expect(kinds).toEqual(['runbook', 'tree', 'gates'])
  })
  it.each(documents.map((example) => [placeOf(example), example] as const))('%s compiles', (_, { text }) => {
    const file = { path: `${/^id: (.*)$/m.exec(text)?.[1] ?? ''}.yaml`, text }
    const { findings, documents: known } = compileLibrary([...shippedFiles, file], { catalogue })
    expect(renderText(findings, new Map([[file.path, file]]))).toBe('')
    expect(known.size).toBe(shippedFiles.length + 1)
  })
})

type Shape = Readonly<Record<string, z.ZodType>>
const common = ['id', 'title', 'source', 'when', 'on_fail']
const ofStep = (shape: Shape): Shape =>
  Object.fromEntries(Object.entries(shape).filter(([key]) => !common.includes(key)))
const shapes: Readonly<Record<string, Shape>> = {
  runbook: runbookShape,
  case: caseShape,
  expect: expectShape,
  frequency: frequencyShape,
  input: inputShape,
  tree: treeShape,
  question: questionShape,
  leaf: leafShape,
  gates: gatesShape,
  gate: gateShape,
  step: Object.fromEntries(Object.entries<z.ZodType>(titledSteps.do).filter(([key]) => common.includes(key))),
  ...Object.fromEntries(stepKinds.map((kind) => [kind, ofStep(titledSteps[kind])])),
}

describe('keys', () => {
  it.each(Object.entries(shapes))('of %s', (name, shape) => {
    const told = tableOf(page, name).map(([key, needed]) => [key, needed])
    const real = Object.entries(shape).map(([key, schema]) => [key, isOptional(schema) ? 'no' : 'yes'])
    expect(told.sort()).toEqual(real.sort())
  })
  it('are those of every step, also in leaves', () => {
    for (const kind of stepKinds) {
      expect(Object.keys(titledSteps[kind])).toEqual(expect.arrayContaining(common))
      expect(Object.keys(leafSteps[kind])).toEqual(Object.keys(titledSteps[kind]))
    }
  })
})
const isOptional = (schema: z.ZodType): boolean => schema.safeParse(undefined).success

const sourceOf = (path: string): string => readFileSync(join(root, 'src', path), 'utf8')
const codesIn = (text: string): readonly string[] =>
  Array.from(text.matchAll(/['`]((?:law|check|parse|expr|yaml)\/[a-z-]+)['`]/g), ([, code]) => code ?? '')

/** The files of the rules, in the order of the list. */
function ruleFiles(): readonly string[] {
  const text = sourceOf('check/rules.ts')
  const fileOf = new Map(
    Array.from(text.matchAll(/import \{ (\w+) \} from '\.\/([a-z-]+)\.ts'/g), (m) => [m[1], m[2] ?? '']),
  )
  const listed = /const rules[^=]*= \[([^\]]*)\]/.exec(text)?.[1]?.match(/\w+/g) ?? []
  if (listed.length !== rules.length)
    throw new Error('the list of rules is written in another way than this test reads')
  return listed.map((name) => fileOf.get(name) ?? '')
}

/** A rule is a file that is called like it, begins with what it says, and names its code. */
function ruleRow(file: string): string[] {
  const text = sourceOf(`check/${file}.ts`)
  const about = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? ''
  const said = about
    .replace(/^ ?\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
  const codes = [...new Set(codesIn(text))]
  if (codes.length > 1 || said === '') throw new Error(`${file}.ts is not one rule that says what it is`)
  return [`\`${codes[0] ?? `check/${file}`}\``, said]
}
const ruleRows = (): string[][] => ruleFiles().map(ruleRow)

/** Everything else that compiling can report, by area. */
function otherRows(): string[][] {
  const ofRules = new Set(ruleRows().map(([code]) => code?.replaceAll('`', '')))
  const files = ['source', 'parse', 'expr', 'check', 'plan'].flatMap((folder) =>
    readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  const codes = files.filter((file) => file.endsWith('.ts')).flatMap((file) => codesIn(sourceOf(file)))
  const others = [...new Set(codes)].filter((code) => !ofRules.has(code)).sort()
  return [...new Set(others.map((code) => code.split('/')[0] ?? ''))].map((area) => [
    `\`${area}/\``,
    others
      .filter((code) => code.startsWith(`${area}/`))
      .map((code) => `\`${code.slice(area.length + 1)}\``)
      .join(', '),
  ])
}

describe('rules', () => {
  const plain = (rows: readonly string[][]): string[][] =>
    rows.map((row) => row.map((cell) => cell.replace(/^`([^`]*)`$/, '$1')))
  it.each([
    ['rules', ['rule', 'what it is about'], ruleRows],
    ['codes', ['area', 'codes'], otherRows],
  ] as const)('%s', (name, head, rows) => {
    if (isUpdating()) rewriteTable(page, name, head, rows())
    expect(rows().length).toBeGreaterThan(3)
    expect(tableOf(page, name), howToUpdate).toEqual(plain(rows()))
  })
})
