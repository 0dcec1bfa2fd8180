/** What the log holds of an incident: from what came before its ticket up to its end, with the run that opened it. */
import type { Incident } from './tickets.ts'
import { findRecords, type FoundRecord } from '../../audit/search.ts'
import type { SegmentProblem } from '../../audit/segment-read.ts'
import type { GraphId } from '../../model/graph.ts'
import type { JournalRecord } from '../../model/journal.ts'
import { recordOf } from '../../walk/journal-entry.ts'

export interface OnRecord {
  /** Epoch milliseconds. */
  readonly fromMs: number
  readonly toMs: number
  /** The run that opened the ticket, and what it walks; absent where a halt opened it, or a person elsewhere. */
  readonly opener?: { readonly run: string; readonly root: GraphId }
  /** Oldest first. */
  readonly records: readonly FoundRecord[]
  /** Where the log is damaged: then something may be missing. */
  readonly problems: readonly SegmentProblem[]
}

/** What led to it began before anybody opened a ticket. */
const leadMs = 15 * 60_000
const closedEvent = 'incident.closed'

/** Throws the system's error where the log cannot be read. */
export function onRecord(stateDir: string, incident: Incident, nowMs: number): OnRecord {
  const openedMs = Date.parse(incident.openedAt)
  const early = findRecords(stateDir, { sinceMs: openedMs - leadMs, untilMs: nowMs })
  const run = openerOf(early.records, incident.id)
  // A run may have begun long before it came to open the ticket.
  const own = run === undefined ? undefined : findRecords(stateDir, { run })
  const opened = own?.records.map(({ record }) => recordOf(record)).find((record) => record?.kind === 'opened')
  const ranMs = own?.records[0] === undefined ? openedMs : Date.parse(own.records[0].record.timestamp)
  const fromMs = Math.min(openedMs - leadMs, ranMs)
  const { records, problems } =
    ranMs < openedMs - leadMs ? findRecords(stateDir, { sinceMs: fromMs, untilMs: nowMs }) : early
  const closed = records.findLast(
    ({ record }) => record.event === closedEvent && textIn(record.data, 'incident') === incident.id,
  )
  const toMs = closed === undefined || incident.status === 'open' ? nowMs : Date.parse(closed.record.timestamp)
  return {
    ...{ fromMs, toMs, problems },
    ...(run === undefined || opened?.kind !== 'opened' ? {} : { opener: { run, root: opened.pinned.root } }),
    records: records.filter(({ record }) => Date.parse(record.timestamp) <= toMs),
  }
}

/** The run whose `tickets.open` answered with that id. */
function openerOf(records: readonly FoundRecord[], id: string): string | undefined {
  const intents = new Set<string>()
  for (const { record } of records) {
    const said = recordOf(record)
    if (said?.kind === 'intent' && said.method === 'tickets.open') intents.add(placeIn(record.run, said))
    if (said?.kind === 'acted' && intents.has(placeIn(record.run, said)) && textIn(said.evidence.observed, 'id') === id)
      return record.run
  }
  return undefined
}

const placeIn = (run: string, { at }: Extract<JournalRecord, { readonly kind: 'intent' | 'acted' }>): string =>
  `${run} ${at.path} ${String(at.visit)}`

/** A text field of whatever it is; empty where it has none. */
export function textIn(value: unknown, name: string): string {
  const field: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  return typeof field === 'string' ? field : ''
}
