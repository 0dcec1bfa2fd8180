/** What only tells: procedures, findings, configuration, calendar, help. */
import * as z from 'zod'
import { finding, list, nodeKind, output, profile, runStatus } from './parts.ts'
import { httpSchema } from '../../config/http.ts'
import { configSchema } from '../../config/schema.ts'
import { documentKinds } from '../../model/graph.ts'

const text = z.string()
const documentKind = z.enum(documentKinds)

/** What came of the latest run: when it ended, or began where it has not ended. */
export const last = z.strictObject({ run: text, status: runStatus, at: text })
/** One of the three. */
export const procedures = output({
  runbook: list(
    z.strictObject({
      id: text,
      title: text,
      category: text.optional(),
      trigger: text.optional(),
      frequency: text.optional(),
      /** Why it is due; empty where it is not. */
      due: list(text),
      last: last.optional(),
    }),
  ).optional(),
  tree: list(z.strictObject({ id: text, title: text, symptom: text.optional(), last: last.optional() })).optional(),
  gates: list(
    z.strictObject({
      id: text,
      title: text,
      cadence: text.optional(),
      gates: list(
        z.strictObject({
          id: text,
          title: text,
          state: z.enum(['passed', 'due', 'overdue', 'missed', 'pending', 'at-launch']),
          window: z.strictObject({ from: text, to: text }),
        }),
      ),
      last: last.optional(),
    }),
  ).optional(),
})
export const find = output({ found: list(z.strictObject({ kind: documentKind, id: text, title: text })) })
export const show = output({
  id: text,
  kind: documentKind,
  title: text,
  file: text,
  sha256: text,
  nodes: list(z.strictObject({ depth: z.int(), id: text, title: text, does: text })),
})

export const doctor = output({
  ok: z.boolean(),
  profile,
  desk: text,
  checks: list(
    z.strictObject({
      title: text,
      status: z.enum(['pass', 'fail', 'warning']),
      detail: text,
      hint: text.optional(),
    }),
  ),
})
/** Every finding of every document. The one output that is a list. */
export const lint = list(finding)

/** Every case of every document, and which edges of the documents they take. */
export const test = output({
  ok: z.boolean(),
  cases: list(z.strictObject({ document: text, case: text, place: text, ok: z.boolean(), findings: list(finding) })),
  /** What is wrong with the files themselves. */
  findings: list(finding),
  coverage: list(
    z.strictObject({
      document: text,
      edges: z.int(),
      taken: z.int(),
      missing: list(z.strictObject({ name: text, essential: z.boolean() })),
    }),
  ),
})

export const configShow = output({
  profile,
  stateDir: text,
  /** With every default; of secrets only how many there are. */
  config: z.strictObject({
    desk: z.strictObject({ name: text, calendar: z.enum(['XNYS', '24x7']), model: text, sessions: z.boolean() }),
    adapters: configSchema().shape.adapters.unwrap().readonly(),
    operators: configSchema().shape.operators.unwrap().readonly(),
    audit: z.strictObject({
      checkpoints: list(text),
      retention: z.strictObject({ run: text, approval: text, note: text }),
    }),
    release: z.strictObject({ allowedSigners: text, signatures: z.enum(['always', 'when-shared']) }),
    peers: configSchema().shape.peers.unwrap().readonly(),
    serve: z.strictObject({
      hosts: list(text),
      tokens: list(z.strictObject({ person: text, roles: list(z.enum(['read', 'halt', 'release'])) })),
    }),
    hosts: z.strictObject({ inference: list(text) }),
    venues: list(text),
    vendors: list(text),
    links: z.strictObject({ brokerStatus: text, dataStatus: text, dashboard: text }),
    /** Of headers where their secret lies, never the secret. */
    http: z.strictObject({
      hosts: list(text),
      repeatable: httpSchema().shape.repeatable.unwrap().readonly(),
      headers: httpSchema().shape.headers.unwrap().readonly(),
    }),
    documents: list(text),
    secrets: z.int(),
  }),
  /** Section or `section.key`, and where it was set; what is missing is a default. */
  origins: z.record(text, text),
})
export const configPath = output({ files: list(z.strictObject({ path: text, read: z.boolean() })) })
export const configValidate = output({ ok: z.boolean(), findings: list(finding) })

export const calendar = output({
  calendar: text,
  sessions: list(z.strictObject({ date: text, open: text, close: text, earlyClose: z.boolean() })),
})
export const help = output({ help: z.strictObject({ topic: text.nullable(), text }) })
/** `trading` in the words that people see. */
export const demo = output({
  scenario: text,
  asItShouldBe: z.boolean(),
  leaf: text.nullable(),
  trading: text,
  auditOk: z.boolean(),
})

/** A key of a mapping, an argument or part of a result. */
const keyTold = z.strictObject({ name: text, type: text, needed: z.boolean(), meaning: text.optional() })
const ruleTold = z.strictObject({ code: text, about: text })
const explainedAs = <K extends string, T extends z.ZodRawShape>(kind: K, shape: T) =>
  z.strictObject({ kind: z.literal(kind), name: text, ...shape })

/** What stands behind a name. */
export const explain = output({
  explained: z.discriminatedUnion('kind', [
    explainedAs('topic', { text }),
    /** Several meanings where the key stands in several forms of a step. */
    explainedAs('field', {
      meanings: list(
        z.strictObject({ form: text.optional(), type: text, needed: z.boolean(), meaning: text, keys: list(keyTold) }),
      ),
    }),
    explainedAs('method', {
      summary: text,
      effect: z.enum(['none', 'idempotent', 'once']),
      risk: z.enum(['adds', 'neutral', 'reduces']),
      loosens: z.boolean(),
      tightens: z.boolean(),
      secret: list(text),
      arguments: list(keyTold),
      result: list(keyTold),
      usedBy: list(text),
    }),
    explainedAs('procedure', {
      title: text,
      about: list(text),
      inputs: list(z.strictObject({ name: text, type: text, needed: z.boolean(), paper: text.optional() })),
      steps: z.int(),
      calls: list(text),
      calledBy: list(text),
      effects: list(text),
    }),
    explainedAs('step', {
      title: text,
      node: nodeKind,
      does: text,
      /** As the document writes it. */
      written: list(z.strictObject({ key: text, value: text })),
      method: z.strictObject({ name: text, summary: text, kind: text, arguments: list(keyTold) }).optional(),
      next: list(z.strictObject({ when: text, to: text, title: text })),
      rules: list(ruleTold),
    }),
    explainedAs('rule', {
      about: text,
      example: z.strictObject({ document: text, findings: text }).optional(),
    }),
    explainedAs('exit-code', { code: z.int(), meaning: text, errors: list(text) }),
    explainedAs('error', {
      exits: list(z.strictObject({ code: z.int(), meaning: text })),
      says: list(text),
    }),
  ]),
})
