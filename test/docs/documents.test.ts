/** The page about documents: its examples compile, its keys are the keys there are, its rules are the rules there are. */
import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { documentFields, type Field, type FieldGroup } from '../../src/parse/fields.ts'
import { meanings } from '../../src/parse/meanings.ts'
import { leafSteps, stepKinds, titledSteps } from '../../src/parse/step-shapes.ts'
import { compileLibrary } from '../../src/plan/compile.ts'
import { catalogue } from '../../src/ports/catalogue.ts'
import { renderText } from '../../src/source/render/text.ts'
import { explainedRules } from '../../scripts/explained.ts'
import { shippedFiles } from '../documents/shipped.ts'
import { examples, howToUpdate, isUpdating, placeOf, rewriteTable, root, tableOf } from './markdown.ts'

const page = 'docs/documents.md'

describe('examples', () => {
  const documents = examples('yaml', page).filter(({ text }) => !text.startsWith('kind: test'))
  it('show one document of each kind', () => {
    const kinds = documents.map(({ text }) => /^kind: (\w+)$/m.exec(text)?.[1])
    expect(kinds).toEqual(['runbook', 'tree', 'gates', 'incident', 'monitors'])
  })
  it.each(documents.map((example) => [placeOf(example), example] as const))('%s compiles', (_, { text }) => {
    const file = { path: `${/^id: (.*)$/m.exec(text)?.[1] ?? ''}.yaml`, text }
    const { findings, documents: known } = compileLibrary([...shippedFiles, file], { catalogue })
    expect(renderText(findings, new Map([[file.path, file]]))).toBe('')
    expect(known.size).toBe(shippedFiles.length + 1)
  })
})

/** The tables of keys, by the name of each and the keys that it holds. */
const all = documentFields()
const below = (path: string): FieldGroup => {
  const [kind = '', ...keys] = path.split('.')
  const field = keys.reduce<Field | undefined>((from, key) => from?.inside[0]?.fields.get(key), all.get(kind))
  const [group] = field?.inside ?? []
  if (group === undefined) throw new Error(`nothing stands below ${path}`)
  return group
}
const ofStep = (kind: string): FieldGroup => {
  const group = all
    .get('runbook')
    ?.inside[0]?.fields.get('steps')
    ?.inside.find(({ form }) => form === kind)
  if (group === undefined) throw new Error(`no step is told by ${kind}`)
  return group
}
const common = ['id', 'title', 'source', 'when', 'on_fail']
const only = ({ form, fields }: FieldGroup, keep: (key: string) => boolean): FieldGroup => ({
  form,
  fields: new Map([...fields].filter(([key]) => keep(key))),
})
const tables: Readonly<Record<string, FieldGroup>> = {
  runbook: below('runbook'),
  case: below('test.cases'),
  expect: below('test.cases.expect'),
  frequency: below('runbook.frequency'),
  input: below('runbook.inputs'),
  tree: below('tree'),
  question: below('tree.questions'),
  leaf: below('tree.leaves'),
  gates: below('gates'),
  gate: below('gates.gates'),
  incident: below('incident'),
  monitors: below('monitors'),
  monitor: below('monitors.monitors'),
  step: only(ofStep('do'), (key) => common.includes(key)),
  ...Object.fromEntries(stepKinds.map((kind) => [kind, only(ofStep(kind), (key) => !common.includes(key))])),
}

describe('keys', () => {
  it.each(Object.entries(tables))('of %s', (name, { fields }) => {
    const rows = [...fields].map(([key, { schema, meaning }]) => [
      `\`${key}\``,
      isOptional(schema) ? 'no' : 'yes',
      meaning,
    ])
    if (isUpdating()) rewriteTable(page, name, ['key', 'needed', 'meaning'], rows)
    expect(tableOf(page, name), howToUpdate).toEqual(rows.map((row) => row.map(plainCell)))
  })
  it('are those of every step, also in leaves', () => {
    for (const kind of stepKinds) {
      expect(Object.keys(titledSteps[kind])).toEqual(expect.arrayContaining(common))
      expect(Object.keys(leafSteps[kind])).toEqual(Object.keys(titledSteps[kind]))
    }
  })
  it('mean something wherever they stand, and nothing means anything elsewhere', () => {
    const told = new Set<string>()
    const visit = (group: FieldGroup, depth: number): void => {
      for (const { meaning, inside } of group.fields.values()) {
        told.add(meaning)
        if (depth < 5) for (const each of inside) visit(each, depth + 1)
      }
    }
    for (const { inside } of all.values()) for (const group of inside) visit(group, 0)
    const said = Object.values(meanings).flatMap((group) => Object.values(group))
    expect(said.filter((meaning) => !told.has(meaning))).toEqual([])
  })
})
const plainCell = (cell: string): string => cell.replace(/^`([^`]*)`$/, '$1')
const isOptional = (schema: z.ZodType): boolean => schema.safeParse(undefined).success

const explained = explainedRules(root)
const ruleRows = (): string[][] => explained.filter(isRule).map(({ code, about }) => [`\`${code}\``, about])
const isRule = ({ about }: { readonly about: string }): boolean => about !== ''

/** Everything else that compiling can report, by area. */
function otherRows(): string[][] {
  const others = explained.filter((each) => !isRule(each)).map(({ code }) => code)
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
