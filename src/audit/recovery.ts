/**
 * Processes die without a last word. The next command that acts speaks it for them, in the ledger only: nobody but its writer appends to
 * a segment. No lock is needed: a process that has ended stays so, one that merely stands still counts as alive, and of a run that was
 * taken up meanwhile the newer segment counts whatever is said of the older one.
 */
import { closeSync, fsyncSync } from 'node:fs'
import { openRegularFile } from '../disk/read.ts'
import type { ProcessIdentity } from '../lock/liveness.ts'
import { kindOf } from './id.ts'
import { lastWordOf } from './last-word.ts'
import { parseSegmentName, segmentName, segmentPath, type SegmentName } from './layout.ts'
import { appendLedger } from './ledger.ts'
import { parseLedgerLine } from './ledger-line.ts'
import { ledgerTexts } from './ledger-read.ts'
import { headerOf, listSegments, readSegment, type SegmentRead } from './segment-read.ts'
import { sketchOf } from './sketch.ts'

export interface Recovered {
  readonly segment: string
  readonly run: string
  /**
   * sealed: an open run, to be continued; its segment can no longer be cut unseen. parked, closed: it had come to that, and only the
   * ledger did not know; also closed: whatever is no run. adopted: its process died between creating the segment and announcing it, so
   * nothing had been done yet.
   */
  readonly as: 'sealed' | 'parked' | 'closed' | 'adopted'
}

/**
 * Damaged segments are left for `verify`. Doing it twice, or in two processes at once, does no harm. Throws AuditUnwritable, or the
 * system's error for what cannot be read.
 */
export function sealAbandoned(
  stateDir: string,
  isAlive: (process: ProcessIdentity) => boolean,
  now: () => Date,
): Recovered[] {
  const { open, announced } = segmentsInLedger(stateDir)
  const here = listSegments(stateDir)
  return [
    ...sealOpen(stateDir, open, new Set(here), isAlive, now),
    ...adoptUnannounced(
      stateDir,
      here.filter((segment) => !announced.has(segment)),
      isAlive,
      now,
    ),
  ]
}

interface InLedger {
  /** The line with which each segment was opened that has neither ended nor a successor. */
  readonly open: ReadonlyMap<string, string>
  readonly announced: ReadonlySet<string>
}

function segmentsInLedger(stateDir: string): InLedger {
  const open = new Map<string, string>()
  const announced = new Set<string>()
  const settled = new Set<string>()
  for (const { texts } of ledgerTexts(stateDir)) {
    for (const text of texts) {
      const line = text === '' ? undefined : (sketchOf(text) ?? parseLedgerLine(text))
      if (line === undefined || !('segment' in line) || line.kind === 'evidence') continue
      if (line.kind !== 'opened') settled.add(line.segment)
      else {
        announced.add(line.segment)
        open.set(line.segment, text)
        const name = parseSegmentName(line.segment)
        if (name !== undefined && name.k > 0) settled.add(segmentName(name.run, name.k - 1))
      }
    }
  }
  for (const segment of settled) open.delete(segment)
  return { open, announced }
}

function sealOpen(
  stateDir: string,
  open: InLedger['open'],
  here: ReadonlySet<string>,
  isAlive: (process: ProcessIdentity) => boolean,
  now: () => Date,
): Recovered[] {
  return [...open].flatMap(([segment, text]) => {
    const line = parseLedgerLine(text)
    const name = parseSegmentName(segment)
    if (line?.kind !== 'opened' || line.process === undefined || isAlive(line.process)) return []
    if (name === undefined || !here.has(segment)) return []
    const read = readSegment(stateDir, segment)
    return read.problem === undefined ? [finish(stateDir, read, name, now)] : []
  })
}

function finish(stateDir: string, read: SegmentRead, { run }: SegmentName, now: () => Date): Recovered {
  const segment = read.name
  // The ledger must not vouch for bytes that a power cut could still take away.
  syncSegment(segmentPath(stateDir, segment))
  const extent = { segment, records: read.records, bytes: read.bytes, head: read.head, torn: read.torn }
  if (kindOf(run) !== 'run') {
    appendLedger(
      stateDir,
      { kind: 'closed', ...extent, outcome: 'aborted', reason: 'its process died', recovered: true },
      { now },
    )
    return { segment, run, as: 'closed' }
  }
  const word = lastWordOf(read)
  switch (word.kind) {
    case 'closed':
      appendLedger(stateDir, { kind: 'closed', ...extent, ...word.summary, recovered: true }, { now })
      return { segment, run, as: 'closed' }
    case 'parked':
      appendLedger(stateDir, { kind: 'parked', ...extent, ...word.summary, recovered: true }, { now })
      return { segment, run, as: 'parked' }
    case 'none':
      appendLedger(stateDir, { kind: 'sealed', ...extent }, { now })
      return { segment, run, as: 'sealed' }
  }
}

function syncSegment(path: string): void {
  const fd = openRegularFile(path)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function adoptUnannounced(
  stateDir: string,
  segments: readonly string[],
  isAlive: (process: ProcessIdentity) => boolean,
  now: () => Date,
): Recovered[] {
  const done: Recovered[] = []
  for (const segment of segments) {
    const name = parseSegmentName(segment)
    if (name === undefined) continue
    const read = readSegment(stateDir, segment)
    const { process, previous } = headerOf(read)
    // Without a header nobody can tell whether its process is still about to write one.
    const actor = read.entries[0]?.actor
    if (process === undefined || actor === undefined || isAlive(process) || read.problem !== undefined) continue
    const locks = locksIn(read)
    const known = { ...(previous === undefined ? {} : { previous }), ...(locks === undefined ? {} : { locks }) }
    appendLedger(stateDir, { kind: 'opened', segment, actor, process, ...known, recovered: true }, { now })
    if (name.k > 0) finish(stateDir, read, name, now)
    else {
      const { records, bytes, head, torn } = read
      const extent = { segment, records, bytes, head, torn }
      appendLedger(
        stateDir,
        { kind: 'closed', ...extent, outcome: 'aborted', reason: 'its process died before it began', recovered: true },
        { now },
      )
    }
    done.push({ segment, run: name.run, as: 'adopted' })
  }
  return done
}

/** All that the run holds from here on, where its header says so: a segment may have been opened to take more. */
function locksIn({ entries }: SegmentRead): readonly string[] | undefined {
  const data: unknown = entries[0]?.data
  const locks: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'locks') : undefined
  return Array.isArray(locks) && locks.every((lock) => typeof lock === 'string') ? locks : undefined
}
