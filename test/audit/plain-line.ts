/** A line of a segment made the plain way: the record as an object, cleaned, then as JSON. What the log's own encoder has to equal. */
import type { After, Envelope } from '../../src/audit/line-encoder.ts'
import { type AuditRecord, type Entry } from '../../src/audit/record.ts'
import { redactor } from '../../src/audit/redact.ts'
import { sha256 } from '../../src/model/sha256.ts'

export interface PlainLine {
  /** With its newline. */
  readonly bytes: Buffer
  readonly h: string
}

export function lineOf(record: Omit<AuditRecord, 'h'>): PlainLine {
  const body = JSON.stringify(record).slice(0, -1)
  const h = sha256(body)
  return { bytes: Buffer.from(`${body},"h":"${h}"}\n`), h }
}

export function plainLine(entry: Entry, run: string, envelope: Envelope, after: After, now: Date): PlainLine {
  const clean = redactor(envelope.redaction ?? { secrets: [], fields: [] })
  const text = (value: string): string => String(clean(value))
  return lineOf({
    v: 1,
    seq: after.records,
    timestamp: now.toISOString(),
    level: entry.level ?? 'info',
    service: 'desk',
    trace_id: text(envelope.traceId),
    run,
    ...(entry.step === undefined ? {} : { step: text(entry.step) }),
    actor: text(entry.actor ?? envelope.actor),
    host: text(envelope.host),
    event: text(entry.event),
    ...(entry.data === undefined ? {} : { data: clean(entry.data) }),
    ...(entry.context === undefined ? {} : { context: clean(entry.context) }),
    ...(entry.expected === undefined ? {} : { expected: clean(entry.expected) }),
    ...(entry.observed === undefined ? {} : { observed: clean(entry.observed) }),
    ...(entry.result === undefined ? {} : { result: text(entry.result) }),
    prev: after.head,
  })
}
