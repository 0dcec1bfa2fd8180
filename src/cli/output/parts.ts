/** What several outputs have in common. Each shape refuses further properties, so that a new one is a change somebody decided on. */
import * as z from 'zod'

export const list = <T extends z.ZodType>(item: T): z.ZodReadonly<z.ZodArray<T>> => z.array(item).readonly()
const text = z.string()

/** An output of a command with `--json`: `schema` is the version of these shapes. */
export const output = <T extends z.ZodRawShape>(
  shape: T,
): z.ZodObject<{ schema: z.ZodLiteral<1> } & T, z.core.$strict> => z.strictObject({ schema: z.literal(1), ...shape })

export const place = z.strictObject({ path: text, visit: z.int() })
export const person = z.strictObject({
  id: text,
  via: z.enum(['login', 'key', 'paper', 'answers-file', 'flag']),
  roles: z.literal('every').optional(),
  signed: text.optional(),
})
export const ref = z.strictObject({ segment: text, seq: z.int() })
const evidenceFields = {
  source: text,
  asOf: text,
  expected: text.optional(),
  /** As the adapter answered it. */
  observed: z.unknown(),
  reason: text.optional(),
}
/** As it is put on record. */
export const evidence = z.strictObject(evidenceFields)
/** With the record that holds it. */
export const shownEvidence = z.strictObject({ ...evidenceFields, ref: ref.optional() })

const needOf = <K extends string, T extends z.ZodRawShape>(kind: K, shape: T) =>
  z.strictObject({ kind: z.literal(kind), at: place, title: text, ...shape })
/** What an open run waits for. */
export const need = z.discriminatedUnion('kind', [
  needOf('moment', { dueAt: text, guardsRisk: z.literal(true).optional() }),
  needOf('answer', { answers: list(text) }),
  needOf('attest', { role: text, ask: text.optional() }),
  needOf('settle', {}),
  needOf('act', { confirm: text.optional() }),
  needOf('approval', { role: text, missing: z.int() }),
  needOf('confirm', { name: text }),
])

export const runStatus = z.enum([
  'planned',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'undetermined',
  'refused',
  'aborted',
])
export const runHead = z.strictObject({ id: text, status: runStatus })
export const profile = z.enum(['paper', 'live'])
export const outcome = z.enum(['skipped', 'ok', 'waived', 'undetermined', 'failed', 'refused', 'aborted'])
export const nodeKind = z.enum([
  'action',
  'check',
  'evidence',
  'attest',
  'approval',
  'wait',
  'question',
  'leaf',
  'call',
  'block',
])
export const leafKind = z.enum(['kill-switch', 'rollback', 'throttle', 'investigate', 'resume'])
export const size = z.literal([0, 0.25, 0.5, 1])
export const orderRate = z.literal([0.25, 0.5, 1])
export const level = z.strictObject({ size, orderRate })
/** Where something is wrong in the audit log. */
export const problem = z.strictObject({ segment: text, seq: z.int(), line: z.int(), code: text, message: text })
export const finding = z.strictObject({
  file: text,
  line: z.int(),
  column: z.int(),
  severity: z.enum(['error', 'warning']),
  code: text,
  message: text,
  hint: text.optional(),
})
/** Why a command ended early. */
export const failure = z.strictObject({ code: text, exit: z.int(), message: text, hint: text.optional() })
