/** Finds records across the log: the latest ones, or those that match. Only records that count are seen, and damage is always reported. */
import { parseSegmentName } from './layout.ts'
import { readLedger } from './ledger-read.ts'
import type { AuditRecord } from './record.ts'
import { listSegments, readSegmentsOfRun, type SegmentProblem } from './segment-read.ts'

export interface FoundRecord {
  readonly segment: string
  readonly record: AuditRecord
}
export interface Found {
  /** Oldest first. */
  readonly records: readonly FoundRecord[]
  readonly problems: readonly SegmentProblem[]
}
export interface Filter {
  /** The event itself, or the part before one of its dots. */
  readonly event?: string
  readonly run?: string
  readonly actor?: string
  /** Epoch milliseconds; both included. */
  readonly sinceMs?: number
  readonly untilMs?: number
  /** Anywhere in the record, in either case. */
  readonly text?: string
}

/** The latest records, at most `count`. Throws the system's error where the log cannot be read. */
export function findLatest(stateDir: string, count: number): Found {
  let records: Placed[] = []
  const problems: SegmentProblem[] = []
  const spans = spansOf(stateDir).sort((a, b) => b.untilMs - a.untilMs)
  for (const span of spans) {
    const oldest = records[0]
    if (records.length >= count && oldest !== undefined && oldest.atMs > span.untilMs) break
    const read = readSpan(stateDir, span)
    problems.push(...read.problems)
    records = inOrder([...records, ...read.records]).slice(-count)
  }
  return { records: records.map(bare), problems }
}

export function findRecords(stateDir: string, filter: Filter): Found {
  const records: Placed[] = []
  const problems: SegmentProblem[] = []
  const matches = matcherOf(filter)
  for (const span of spansOf(stateDir)) {
    if (filter.run !== undefined && span.run !== filter.run) continue
    if (span.untilMs < (filter.sinceMs ?? -Infinity) || span.fromMs > (filter.untilMs ?? Infinity)) continue
    const read = readSpan(stateDir, span)
    problems.push(...read.problems)
    records.push(...read.records.filter(({ record }) => matches(record)))
  }
  return { records: inOrder(records).map(bare), problems }
}

const bare = ({ segment, record }: Placed): FoundRecord => ({ segment, record })

/** Ids of everything that has a segment, oldest first within a kind. */
export function listIds(stateDir: string): string[] {
  return [...new Set(listSegments(stateDir).flatMap((name) => parseSegmentName(name)?.run ?? []))]
}

interface Span {
  readonly run: string
  readonly segments: string[]
  fromMs: number
  /** Infinity while the last segment has not ended. */
  untilMs: number
}

function spansOf(stateDir: string): Span[] {
  const spans = new Map<string, Span>()
  for (const name of listSegments(stateDir)) {
    const run = parseSegmentName(name)?.run
    if (run === undefined) continue
    const span = spans.get(run) ?? { run, segments: [], fromMs: -Infinity, untilMs: Infinity }
    span.segments.push(name)
    spans.set(run, span)
  }
  for (const { value } of readLedger(stateDir).lines) {
    if (value.kind !== 'opened' && value.kind !== 'closed' && value.kind !== 'parked') continue
    const span = spans.get(parseSegmentName(value.segment)?.run ?? '')
    if (span === undefined) continue
    if (value.kind === 'opened' && value.segment === span.segments[0]) span.fromMs = Date.parse(value.at)
    // Lines of a segment that was continued say nothing about the end of the run.
    if (value.segment === span.segments.at(-1)) span.untilMs = value.kind === 'opened' ? Infinity : Date.parse(value.at)
  }
  return [...spans.values()]
}

interface Placed extends FoundRecord {
  /** Never smaller than that of the record before it in the run, whatever the clock did. */
  readonly atMs: number
}

function readSpan(
  stateDir: string,
  span: Span,
): { readonly records: readonly Placed[]; readonly problems: readonly SegmentProblem[] } {
  const { segments, problems } = readSegmentsOfRun(stateDir, span.run, span.segments)
  let atMs = -Infinity
  const records = segments.flatMap(({ name: segment, entries }) =>
    entries.map((record) => {
      atMs = Math.max(atMs, Date.parse(record.timestamp))
      return { segment, record, atMs }
    }),
  )
  return { records, problems }
}

/** By time. Sorting is stable, so a run keeps the order in which it was written. */
const inOrder = (records: readonly Placed[]): Placed[] => [...records].sort((a, b) => a.atMs - b.atMs)

function matcherOf({ event, actor, sinceMs, untilMs, text }: Filter): (record: AuditRecord) => boolean {
  const wanted = text?.toLowerCase()
  return (record) => {
    const ms = Date.parse(record.timestamp)
    return (
      (event === undefined || record.event === event || record.event.startsWith(`${event}.`)) &&
      (actor === undefined || record.actor === actor) &&
      (sinceMs === undefined || ms >= sinceMs) &&
      (untilMs === undefined || ms <= untilMs) &&
      (wanted === undefined || JSON.stringify(record).toLowerCase().includes(wanted))
    )
  }
}
