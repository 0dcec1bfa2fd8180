/**
 * Evidence that one run leaves for gates and trees of another, e.g. `reconciliation.completed`. The ledger line only says where to look:
 * it is believed when the record of the segment says the same.
 */
import { existsSync } from 'node:fs'
import { appendLedger } from './ledger.ts'
import type { EvidenceLine } from './ledger-line.ts'
import { readLedger } from './ledger-read.ts'
import { parseSegmentName, segmentPath } from './layout.ts'
import type { Ref } from './record.ts'
import type { SegmentWriter } from './segment.ts'
import { readRun } from './segment-read.ts'

export interface Evidenced {
  readonly event: string
  /** E.g. `pass`, `fail`, `undetermined`. */
  readonly status: string
  /** What it is about, e.g. `model:signal`; absent: the whole desk. */
  readonly scope?: string
  readonly observed?: unknown
  readonly expected?: unknown
}

/** Puts it on record and announces it. Durable when it returns. */
export function recordEvidence(stateDir: string, writer: SegmentWriter, evidence: Evidenced, now: () => Date): Ref {
  const { event, status, scope, observed, expected } = evidence
  const ref = writer.append({
    event,
    result: status,
    data: { kind: 'evidence', ...(scope === undefined ? {} : { scope }) },
    observed,
    expected,
  })
  appendLedger(
    stateDir,
    { kind: 'evidence', event, status, ...ref, ...(scope === undefined ? {} : { scope }) },
    { now },
  )
  return ref
}

/** Between the record and its line lies one sync. An old record cannot be passed off as new by a new line. */
const longestDelayMs = 60_000

export interface EvidenceQuery {
  readonly event: string
  /** Epoch milliseconds: nothing older counts. */
  readonly sinceMs: number
  /** Epoch milliseconds: what claims to be later cannot be told the age of. */
  readonly nowMs: number
  readonly scope?: string
}
export type EvidenceFound =
  | {
      readonly kind: 'found'
      readonly event: string
      readonly status: string
      readonly scope?: string
      readonly at: string
      readonly ref: Ref
      /** Of the record: what it said cannot be changed without another one. */
      readonly hash: string
      readonly observed?: unknown
    }
  | { readonly kind: 'none' }
  /** The newest piece cannot be believed. An older one may not stand in for it: it might have said the opposite. */
  | { readonly kind: 'doubtful'; readonly reason: string; readonly ref: Ref }

/**
 * The newest piece, whatever its status says: the caller decides whether that will do. Newest by the order of the ledger, which no clock
 * disturbs: where the clock went back, a failure that came later must not hide behind a pass of an hour that is yet to come.
 */
export function findEvidence(stateDir: string, query: EvidenceQuery): EvidenceFound {
  const lines = readLedger(stateDir).lines.map((entry) => entry.value)
  const newest = lines
    .filter((line) => line.kind === 'evidence')
    .findLast((line) => line.event === query.event && (query.scope === undefined || line.scope === query.scope))
  if (newest === undefined) return { kind: 'none' }
  const ref = { segment: newest.segment, seq: newest.seq }
  if (!lines.some((line) => line.kind === 'opened' && line.segment === newest.segment)) {
    return { kind: 'doubtful', ref, reason: `${newest.segment} was never opened` }
  }
  if (Date.parse(newest.at) < query.sinceMs) return { kind: 'none' }
  return confirm(stateDir, newest, query)
}

function confirm(stateDir: string, line: EvidenceLine, { sinceMs, nowMs }: EvidenceQuery): EvidenceFound {
  const ref = { segment: line.segment, seq: line.seq }
  const doubtful = (reason: string): EvidenceFound => ({ kind: 'doubtful', ref, reason })
  const name = parseSegmentName(line.segment)
  if (name === undefined || !existsSync(segmentPath(stateDir, line.segment)))
    return doubtful(`${line.segment} is not there`)
  const read = readRun(stateDir, name.run)
  const problem = read.problems[0]
  if (problem !== undefined) return doubtful(`${problem.segment}, record ${String(problem.seq)}: ${problem.message}`)
  const record = read.segments[name.k]?.entries[line.seq]
  if (record === undefined) return doubtful(`${line.segment} has no record ${String(line.seq)}`)
  const scope: unknown =
    typeof record.data === 'object' && record.data !== null ? Reflect.get(record.data, 'scope') : undefined
  if (record.event !== line.event || record.result !== line.status || scope !== line.scope) {
    return doubtful(`${line.segment}, record ${String(line.seq)} says something else than the ledger`)
  }
  const delayMs = Date.parse(line.at) - Date.parse(record.timestamp)
  if (!(delayMs >= 0 && delayMs <= longestDelayMs))
    return doubtful(`${line.segment}, record ${String(line.seq)} was not written at ${line.at}`)
  if (Date.parse(record.timestamp) < sinceMs) return { kind: 'none' }
  if (Date.parse(record.timestamp) > nowMs)
    return doubtful(`${line.segment}, record ${String(line.seq)} is dated ${record.timestamp}, which is still to come`)
  const { event, status } = line
  return {
    kind: 'found',
    event,
    status,
    ...(line.scope === undefined ? {} : { scope: line.scope }),
    at: record.timestamp,
    ref,
    hash: record.h,
    observed: record.observed,
  }
}
