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
export const checkpoint = output({ note: text, path: text, size: z.int() })
