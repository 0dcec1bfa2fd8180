/**
 * Test cases of a procedure as written, in `<id>.test.yaml` beside it: a world, who is there, and the path, the effects and the end
 * that are expected.
 */
import * as z from 'zod'
import type { Span } from '../model/graph.ts'
import type { Finding } from '../source/diagnostic.ts'
import type { SourceFile } from '../source/file.ts'
import { parseYaml, type PMap, type PNode } from '../source/yaml.ts'
import { plainOf } from './explain.ts'
import { expectMap, Form, type Located, type Report } from './form.ts'
import { clockDuration, clockMs, event, id, methodName, text, title } from './words.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()])
/** Who may be missing: whoever takes what a leaf offers, approves, attests, or says the desk's name. */
export const absentees = ['act', 'approve', 'attest', 'confirm'] as const
export type Absentee = (typeof absentees)[number]
const stepStatuses = [
  ...['planned', 'passed', 'done', 'failed', 'undetermined', 'unknown'],
  ...['waived', 'skipped', 'waiting'],
] as const
const gateStatuses = ['pass', 'fail', 'undetermined', 'pending', 'waiting', 'missed', 'waived'] as const
const runStatuses = ['succeeded', 'failed', 'undetermined', 'refused', 'waiting', 'aborted'] as const

/** What an adapter says: fields that replace those of the paper desk, or that there is no answer; a list: in turn, the last one stays. */
const said = z.union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown())).min(1)])

export const expectShape = {
  path: z.array(text).optional(),
  leaf: id.optional(),
  effects: z.array(methodName).optional(),
  steps: z.record(z.string(), z.enum(stepStatuses)).optional(),
  gates: z.record(z.string(), z.enum(gateStatuses)).optional(),
  outcome: z.enum(runStatuses).optional(),
}
export const caseShape = {
  case: title,
  now: z.iso.datetime({ offset: true }).optional(),
  faults: z.array(z.string()).min(1).optional(),
  halted: z.literal(true).optional(),
  evidence: z
    .record(
      event,
      z.union([
        clockDuration,
        z.strictObject({ ago: clockDuration, status: z.enum(['pass', 'fail', 'undetermined']) }),
      ]),
    )
    .optional(),
  set: z.record(z.string(), scalar).optional(),
  answers: z.record(z.string(), z.string()).optional(),
  absent: z.array(z.enum(absentees)).min(1).optional(),
  says: z.record(z.string(), said).optional(),
  expect: z.strictObject(expectShape),
}
export const casesShape = { kind: z.literal('test'), cases: z.array(z.unknown()).min(1) }

export type Saying = Readonly<Record<string, unknown>>
/** Each part with its place, so that what did not come true points at the line that expected it. */
export interface Expected {
  readonly path: Located<readonly string[]> | undefined
  readonly leaf: Located<string> | undefined
  readonly effects: Located<readonly string[]> | undefined
  readonly steps: readonly (Located<string> & { readonly name: string })[]
  readonly gates: readonly (Located<string> & { readonly name: string })[]
  readonly outcome: Located<string> | undefined
}
export interface Case {
  readonly name: Located<string>
  readonly now: string | undefined
  readonly faults: readonly Located<string>[]
  /** The desk is halted before the case begins. */
  readonly halted: boolean
  /** What other runs have left on record before the case begins. */
  readonly evidence: readonly { readonly event: string; readonly agoMs: number; readonly status: string }[]
  readonly set: readonly string[]
  readonly answers: readonly string[]
  readonly absent: ReadonlySet<Absentee>
  /** By method, or by the step that calls it. */
  readonly says: ReadonlyMap<string, Located<readonly Saying[]>>
  readonly expect: Expected
}
export interface ReadCases {
  readonly file: SourceFile
  readonly cases: readonly Case[]
  readonly findings: readonly Finding[]
}

export function readCases(file: SourceFile): ReadCases {
  const { root, findings } = parseYaml(file)
  const found: Finding[] = [...findings]
  const report: Report = (finding) => found.push(finding)
  const map = root === undefined ? undefined : expectMap('cases', root, report)
  if (map === undefined) return { file, cases: [], findings: found }
  const form = new Form(casesShape, map, 'a test file', report)
  form.get('kind')
  form.get('cases')
  const cases = (form.seq('cases')?.items ?? []).flatMap((item) => readCase(item, report) ?? [])
  return { file, cases, findings: [...found, ...repeated(cases)] }
}

function repeated(cases: readonly Case[]): readonly Finding[] {
  const first = new Map<string, Span>()
  return cases.flatMap(({ name: { value, span } }): readonly Finding[] => {
    const earlier = first.get(value)
    if (earlier === undefined) {
      first.set(value, span)
      return []
    }
    const related = [{ message: 'the first one stands here', span: earlier }]
    return [{ rule: 'test/duplicate', severity: 'error', message: 'two cases have this name', span, related }]
  })
}

function readCase(node: PNode, report: Report): Case | undefined {
  const map = expectMap('cases', node, report)
  if (map === undefined) return undefined
  const form = new Form(caseShape, map, 'a case', report)
  const name = form.text('case')
  const expected = form.map('expect')
  form.get('faults')
  if (name === undefined || expected === undefined) return undefined
  const says = form.get('says') === undefined ? [] : (form.map('says')?.entries ?? [])
  return {
    name,
    now: form.get('now'),
    faults: (form.seq('faults')?.items ?? []).flatMap((item) =>
      item.kind === 'scalar' ? [{ value: item.text, span: item.span }] : [],
    ),
    halted: form.get('halted') ?? false,
    evidence: evidenceOf(form.get('evidence')),
    set: pairsOf(form.get('set')),
    answers: pairsOf(form.get('answers')),
    absent: new Set(form.get('absent')),
    says: new Map(says.map(({ key, keySpan, value }) => [key, { value: sayings(value), span: keySpan }])),
    expect: readExpected(expected, report),
  }
}

const pairsOf = (given: Readonly<Record<string, string | number | boolean>> | undefined): readonly string[] =>
  Object.entries(given ?? {}).map(([key, value]) => `${key}=${String(value)}`)

type Left = string | { readonly ago: string; readonly status: string }

/** Oldest first, as it would lie in the log. */
const evidenceOf = (given: Readonly<Record<string, Left>> = {}): Case['evidence'] =>
  Object.entries(given)
    .map(([name, left]) => {
      const { ago, status } = typeof left === 'string' ? { ago: left, status: 'pass' } : left
      return { event: name, agoMs: clockMs(ago) ?? 0, status }
    })
    .sort((a, b) => b.agoMs - a.agoMs)

const sayings = (node: PNode): readonly Saying[] =>
  (node.kind === 'seq' ? node.items : [node]).flatMap((item) => {
    const value = plainOf(item)
    return typeof value === 'object' && value !== null ? [Object.fromEntries(Object.entries(value))] : []
  })

function readExpected(map: PMap, report: Report): Expected {
  const form = new Form(expectShape, map, '`expect`', report)
  const statuses = (key: 'steps' | 'gates') =>
    form.get(key) === undefined
      ? []
      : (form.map(key)?.entries ?? []).flatMap(({ key: name, keySpan, value }) =>
          value.kind === 'scalar' ? [{ name, value: value.text, span: keySpan }] : [],
        )
  if (map.entries.length === 0)
    report({
      rule: 'test/expects-nothing',
      severity: 'error',
      message: 'a case that expects nothing cannot fail',
      span: map.span,
    })
  return {
    path: form.located('path'),
    leaf: form.located('leaf'),
    effects: form.located('effects'),
    steps: statuses('steps'),
    gates: statuses('gates'),
    outcome: form.located('outcome'),
  }
}
