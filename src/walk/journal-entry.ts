/** How journal records lie in the audit log, and how they are found there again. */
import type { AuditRecord, Entry } from '../audit/record.ts'
import type { RunRead } from '../audit/segment-read.ts'
import type { JournalRecord } from '../model/journal.ts'
import { isGood } from '../model/outcome.ts'
import { isObject } from './scope.ts'
import type { Ref } from './state.ts'

/** Fields beside `data` are for people who search the log. */
export function entryOf(record: JournalRecord): Entry {
  const by = 'by' in record && typeof record.by === 'object' ? { actor: record.by.id } : {}
  const step = 'at' in record ? { step: record.at.path } : {}
  return { event: record.kind, ...step, ...by, data: record, ...resultOf(record) }
}

function resultOf(record: JournalRecord): { readonly result?: string; readonly level?: 'warn' } {
  if (record.kind === 'sample') return { result: record.verdict }
  if (record.kind === 'acted') return { result: record.result }
  if (record.kind === 'settled') return { result: record.as }
  if (record.kind !== 'outcome' && record.kind !== 'closed') return {}
  return { result: record.outcome, ...(isGood(record.outcome) ? {} : { level: 'warn' }) }
}

const kinds: ReadonlySet<string> = new Set<JournalRecord['kind']>([
  ...([
    'opened',
    'continued',
    'confirmed',
    'parked',
    'closed',
    'entered',
    'sample',
    'intent',
    'acted',
    'settled',
  ] as const),
  ...([
    'answer',
    'approved',
    'declined',
    'found',
    'published',
    'taken',
    'left',
    'superseded',
    'waived',
    'outcome',
  ] as const),
])
const ofRun: ReadonlySet<string> = new Set(['opened', 'continued', 'confirmed', 'parked', 'closed'])

export interface Journalled {
  readonly record: JournalRecord
  readonly ref: Ref
}

/** The journal of a run, in order. What else lies in its segments (evidence for others) is passed over. */
export function journalOf(read: RunRead): readonly Journalled[] {
  return read.segments.flatMap(({ name, entries }) =>
    entries.flatMap((entry) => {
      const record = recordOf(entry)
      return record === undefined ? [] : [{ record, ref: { segment: name, seq: entry.seq } }]
    }),
  )
}

/** What a record of the log says as part of a run's journal; undefined where it is none. */
export function recordOf({ event, data }: Pick<AuditRecord, 'event' | 'data'>): JournalRecord | undefined {
  return isJournalRecord(data) && data.kind === event ? data : undefined
}

/** The chain proves that desk wrote it; this tells which of the things that desk writes it is. */
function isJournalRecord(data: unknown): data is JournalRecord {
  if (!isObject(data)) return false
  const { kind, time, at } = data
  if (typeof kind !== 'string' || !kinds.has(kind) || typeof time !== 'string') return false
  return ofRun.has(kind) || (isObject(at) && typeof at['path'] === 'string' && typeof at['visit'] === 'number')
}
