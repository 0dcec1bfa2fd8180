/** Writes decisions into the log, each in a segment of its own, and serialises what loosens. Tightening needs neither. */
import { newId, type IdKind } from '../audit/id.ts'
import { AuditUnwritable } from '../audit/failure.ts'
import type { Entry } from '../audit/record.ts'
import { type SegmentWriter, openSegment } from '../audit/segment.ts'
import { acquire } from '../lock/lock.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import { type HistoryRead, readHistory } from './history.ts'
import type { Granted } from './permit.ts'
import { type Change, type Means, idAfter, type History, voidEvent } from './record.ts'

/** Where the change stands in the log. */
export interface Opened {
  readonly id: string
  readonly writer: SegmentWriter
}

/** Opens the segment of a decision with its header. Throws AuditUnwritable: then nothing that loosens may happen. */
export function openDecision(
  stateDir: string,
  id: string,
  header: Omit<Entry, 'context'>,
  by: string,
  means: Means,
): Opened {
  const { host, traceId, traceparent, redaction } = means
  const envelope = {
    actor: by,
    host,
    traceId,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(redaction === undefined ? {} : { redaction }),
  }
  const writer = openSegment({
    stateDir,
    run: id,
    k: 0,
    header,
    envelope,
    summary: { title: header.event },
    now: means.now,
  })
  return { id, writer }
}

/** What is in force stays so, whatever else the log takes: what was decided is durable, and the directory tells the rest. */
export function closeGrant(granted: Granted, writer: SegmentWriter): void {
  try {
    if (granted.kind !== 'granted') writer.append({ event: voidEvent, level: 'warn', data: granted })
    writer.close({ outcome: granted.kind === 'granted' ? 'ok' : 'refused' })
  } catch (error) {
    if (granted.kind !== 'granted') throw error
  }
}

/** A change with the fold of what was before it, as far as that can be told. */
export function withBase(change: Change, read: HistoryRead): Change {
  return read.kind === 'history' && read.base !== undefined ? { ...change, base: read.base } : change
}

export const lastIdOf = (read: HistoryRead): string | undefined =>
  read.kind === 'history' ? read.history.last : undefined

export type Recorded =
  | { readonly recorded: true; readonly id: string }
  | { readonly recorded: false; readonly id: string; readonly problem: string }

/** Records what has already happened. A log that cannot be written is reported, never thrown. */
export function recordAfterwards(
  stateDir: string,
  kind: IdKind,
  event: string,
  change: Change,
  means: Means,
): Recorded {
  const read = readHistory(stateDir, means.now().getTime())
  const id = idAfter(kind, lastIdOf(read), means)
  try {
    const level = change.kind === 'removed' || change.silent === true ? 'alarm' : 'warn'
    openDecision(stateDir, id, { event, level, data: withBase(change, read) }, change.by, means).writer.close({
      outcome: 'ok',
    })
    return { recorded: true, id }
  } catch (error) {
    return { recorded: false, id, problem: problemOf(error) }
  }
}

export function problemOf(error: unknown): string {
  if (error instanceof AuditUnwritable) return error.message
  return error instanceof Error ? error.message : String(error)
}

/** What loosens happens one at a time, so that the order in the log is the order in the directory. Throws DeskError 75 or 73. */
export async function loosening<T>(stateDir: string, who: string, means: Means, act: () => T | Promise<T>): Promise<T> {
  const lock = acquire(`${stateDir}/locks/permit`, means.lockWaitMs ?? lockWaitMs, { who, purpose: 'permit' }, means)
  if (lock.kind === 'held') {
    throw new DeskError(
      'locked',
      exitCodes.locked,
      `${lock.who || 'somebody'} is changing permissions right now (since ${lock.since})`,
      'try again in a moment',
    )
  }
  try {
    return await act()
  } finally {
    lock.release()
  }
}
const lockWaitMs = 2000

/** For decisions that must know the past. Throws DeskError `history-unreadable`. */
export function knownHistory(
  stateDir: string,
  means: Means,
): { readonly history: History; readonly read: HistoryRead } {
  const read = readHistory(stateDir, means.now().getTime())
  if (read.kind === 'history') return { history: read.history, read }
  throw new DeskError(
    'history-unreadable',
    exitCodes.undetermined,
    `${read.reason}: nobody can tell what was decided`,
    'desk audit verify',
  )
}

export const freshId = (kind: IdKind, read: HistoryRead, means: Means): string => idAfter(kind, lastIdOf(read), means)
export const haltId = (means: Pick<Means, 'now' | 'random'>): string => newId('halt', means.now, means.random)
