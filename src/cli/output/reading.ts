/** What only tells: procedures, findings, configuration, calendar, help, incidents. */
import * as z from 'zod'
import { finding, list, output, profile, runStatus } from './parts.ts'
import { configSchema } from '../../config/schema.ts'

const text = z.string()
const documentKind = z.enum(['runbook', 'tree', 'gates'])

/** What came of the latest run: when it ended, or began where it has not ended. */
const last = z.strictObject({ run: text, status: runStatus, at: text })
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
    adapters: configSchema.shape.adapters.unwrap().readonly(),
    operators: configSchema.shape.operators.unwrap().readonly(),
    hosts: z.strictObject({ inference: list(text) }),
    venues: list(text),
    vendors: list(text),
    links: z.strictObject({ brokerStatus: text, dataStatus: text, dashboard: text }),
    http: z.strictObject({ hosts: list(text) }),
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

const incident = z.strictObject({
  id: text,
  kind: text.optional(),
  title: text,
  status: z.enum(['open', 'closed']),
  openedAt: text,
  rootCause: text.optional(),
  fixVerifiedIn: text.optional(),
  artifact: text.optional(),
})
export const incidentList = output({ incidents: list(incident) })
export const incidentShow = output({ incident })
export const incidentClose = output({
  incident: z.strictObject({ id: text, status: z.literal('closed'), artifact: text }),
})
