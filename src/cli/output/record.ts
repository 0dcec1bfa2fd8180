/** The lines of `--output ndjson`: the version, every record of the run as it is put on record, the result. */
import * as z from 'zod'
import { evidence, leafKind, list, need, outcome, person, place } from './parts.ts'
import { walked } from './walks.ts'

const text = z.string()
const values = z.record(text, z.unknown()).readonly()
const verdict = z.enum(['ok', 'failed', 'undetermined'])

/** What happened to the run as a whole. */
const ofRun = <K extends string, T extends z.ZodRawShape>(kind: K, shape: T) =>
  z.strictObject({ kind: z.literal(kind), time: text, ...shape })
/** What happened at one place of it. */
const ofPlace = <K extends string, T extends z.ZodRawShape>(kind: K, shape: T) => ofRun(kind, { at: place, ...shape })

const decided = { by: person, offers: text, ref: text }
const offered = { by: person, reason: text.optional() }

export const record = z.discriminatedUnion('kind', [
  ofRun('opened', {
    schema: z.literal(1),
    pinned: z.strictObject({
      root: text,
      documents: list(z.strictObject({ id: text, file: text, sha256: text })),
    }),
    inputs: values,
    by: person,
    epoch: text,
    locks: list(text),
    selected: list(text).optional(),
    title: text,
    displaced: list(text).optional(),
  }),
  ofRun('continued', { by: person, epoch: text, differs: list(text).optional(), locks: list(text).optional() }),
  ofRun('confirmed', { by: person, epoch: text }),
  ofPlace('entered', {
    dueAt: text.optional(),
    offers: text.optional(),
    bound: list(z.strictObject({ node: text, args: z.unknown(), digest: text })).optional(),
    inputs: values.optional(),
  }),
  ofPlace('sample', {
    verdict,
    evidence,
    saved: values.optional(),
    answer: text.optional(),
    samples: z.int().optional(),
    since: text.optional(),
  }),
  ofPlace('intent', { attempt: z.int(), method: text, key: text, args: z.unknown(), undoes: place.optional() }),
  ofPlace('acted', {
    attempt: z.int(),
    result: z.enum(['ok', 'failed', 'unknown', 'refused']),
    evidence,
    saved: values.optional(),
    gate: z.strictObject({ allowed: text, epoch: text }).optional(),
  }),
  ofPlace('settled', {
    attempt: z.int(),
    as: z.enum(['ok', 'failed', 'not-done', 'unknown']),
    by: z.union([person, z.enum(['check', 'lookup'])]),
    evidence,
    saved: values.optional(),
  }),
  ofPlace('answer', {
    answer: text,
    by: z.union([person, z.literal('probe')]),
    probe: text.optional(),
    evidence: evidence.optional(),
    reason: text.optional(),
    saved: values.optional(),
  }),
  ofPlace('approved', decided),
  ofPlace('declined', decided),
  ofPlace('found', { tree: text, leaf: text, as: leafKind }),
  ofPlace('published', { event: text, status: text }),
  ofPlace('taken', offered),
  ofPlace('left', offered),
  ofPlace('superseded', { by: person }),
  ofPlace('waived', { by: person, reason: text }),
  ofPlace('outcome', { outcome, reason: text.optional(), missed: z.literal(true).optional() }),
  ofRun('parked', { needs: list(need) }),
  ofRun('closed', { outcome, reason: text.optional(), unsettled: list(text).optional() }),
])

export const line = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('version'), schema: z.literal(1) }),
  z.strictObject({ type: z.literal('record'), run: text, record }),
  z.strictObject({ type: z.literal('result'), result: walked }),
])
