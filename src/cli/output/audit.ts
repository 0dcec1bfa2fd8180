/** What is on record, and whether anybody rewrote it. */
import * as z from 'zod'
import { list, output, problem } from './parts.ts'

const text = z.string()

/** As it stands in the log, with the segment that holds it. What `data` may be is the event's own business. */
const record = z.strictObject({
  segment: text,
  v: z.literal(1),
  seq: z.int(),
  timestamp: text,
  level: z.enum(['info', 'warn', 'error', 'alarm']),
  service: z.literal('desk'),
  trace_id: text,
  run: text,
  step: text.optional(),
  actor: text,
  host: text,
  event: text,
  data: z.unknown().optional(),
  context: z.unknown().optional(),
  expected: z.unknown().optional(),
  observed: z.unknown().optional(),
  result: text.optional(),
  prev: text,
  h: text,
})
/** A line of an export: the version, each record with its segment, and a hash over every line before. `redacted`: blacked out since. */
export const exportLine = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('version'), schema: z.literal(1) }),
  z.strictObject({
    type: z.literal('record'),
    segment: text,
    redacted: z.literal(true).optional(),
    record: record.omit({ segment: true }),
  }),
  z.strictObject({
    ...{ type: z.literal('end'), from: text.optional(), to: text.optional(), run: text.optional() },
    ...{ records: z.int(), problems: z.int(), redacted: z.int(), sha256: text },
  }),
])
/** `run`: the whole id, where records of one run were asked for. */
export const records = output({ run: text.optional(), records: list(record), problems: list(problem) })
export const verify = output({
  ok: z.boolean(),
  records: z.int(),
  anchoredTo: z.int(),
  anchoredAt: text.optional(),
  ledgerSize: z.int(),
  problems: list(problem),
  notes: list(text),
})
const kept = list(z.strictObject({ segment: text, reason: text }))
/** The first ledger file that is old enough and stays, with all after it, and a segment for which it does. */
const heldBack = z.strictObject({ file: text, segment: text }).optional()
/**
 * Signed it is in any case; `copies` tells what became of each place off this host, `expired` which segments are deleted, `pruned` which
 * ledger files, `artefacts` what no record names any more.
 */
export const checkpoint = output({
  note: text,
  path: text,
  size: z.int(),
  copies: list(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('copied'), to: text, notes: z.int() }),
      z.strictObject({ kind: z.enum(['unreachable', 'differs']), to: text, reason: text }),
    ]),
  ),
  expired: list(text),
  pruned: list(text),
  artefacts: list(text),
  kept,
  heldBack,
})
/** What would be deleted, and what stays although it is old enough. */
export const expiry = output({ segments: list(text), ledger: list(text), artefacts: list(text), kept, heldBack })
