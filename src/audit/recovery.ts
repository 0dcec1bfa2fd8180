/**
 * Processes die without a last word. The next command speaks it for them, in the ledger only: nobody but its writer appends to a segment.
 */
import type { ProcessIdentity } from '../lock/liveness.ts'
import { kindOf } from './id.ts'
import { parseSegmentName, type SegmentName } from './layout.ts'
import { appendLedger } from './ledger.ts'
import { readLedger, type Ledger } from './ledger-read.ts'
import { headerOf, listSegments, readSegment, type SegmentRead } from './segment-read.ts'

export interface Recovered {
  readonly segment: string
  /**
   * sealed: an open run, to be continued; its segment can no longer be cut unseen. closed: everything else.
   * adopted: its process died between creating the segment and announcing it, so nothing had been done yet.
   */
  readonly as: 'sealed' | 'closed' | 'adopted'
}

/** Damaged segments are left for `verify`. Doing it twice, or in two processes at once, does no harm. */
export function sealAbandoned(
  stateDir: string,
  isAlive: (process: ProcessIdentity) => boolean,
  now: () => Date,
): Recovered[] {
  const ledger = readLedger(stateDir)
  return [...sealOpen(stateDir, ledger, isAlive, now), ...adoptUnannounced(stateDir, ledger, isAlive, now)]
}

function sealOpen(
  stateDir: string,
  ledger: Ledger,
  isAlive: (process: ProcessIdentity) => boolean,
  now: () => Date,
): Recovered[] {
  const open = new Map<string, ProcessIdentity>()
  const settled = new Set<string>()
  for (const { value } of ledger.lines) {
    if (value.kind === 'checkpoint' || value.kind === 'pruned' || value.kind === 'evidence') continue
    if (value.kind !== 'opened') settled.add(value.segment)
    else {
      if (value.process !== undefined) open.set(value.segment, value.process)
      if (value.previous !== undefined) settled.add(value.previous.segment)
    }
  }
  const here = new Set(listSegments(stateDir))
  const done: Recovered[] = []
  for (const [segment, process] of open) {
    const name = parseSegmentName(segment)
    if (name === undefined || settled.has(segment) || !here.has(segment) || isAlive(process)) continue
    const read = readSegment(stateDir, segment)
    if (read.problem === undefined) done.push(finish(stateDir, read, name, now))
  }
  return done
}

function finish(stateDir: string, read: SegmentRead, { run }: SegmentName, now: () => Date): Recovered {
  const segment = read.name
  const extent = { segment, records: read.records, bytes: read.bytes, head: read.head, torn: read.torn }
  if (kindOf(run) === 'run') {
    appendLedger(stateDir, { kind: 'sealed', ...extent }, { now })
    return { segment, as: 'sealed' }
  }
  appendLedger(
    stateDir,
    { kind: 'closed', ...extent, outcome: 'aborted', reason: 'its process died', recovered: true },
    { now },
  )
  return { segment, as: 'closed' }
}

function adoptUnannounced(
  stateDir: string,
  ledger: Ledger,
  isAlive: (process: ProcessIdentity) => boolean,
  now: () => Date,
): Recovered[] {
  const announced = new Set(ledger.lines.flatMap(({ value }) => (value.kind === 'opened' ? [value.segment] : [])))
  const done: Recovered[] = []
  for (const segment of listSegments(stateDir)) {
    const name = parseSegmentName(segment)
    if (name === undefined || announced.has(segment)) continue
    const read = readSegment(stateDir, segment)
    const { process, previous } = headerOf(read)
    // Without a header nobody can tell whether its process is still about to write one.
    const actor = read.entries[0]?.actor
    if (process === undefined || actor === undefined || isAlive(process) || read.problem !== undefined) continue
    const pin = previous === undefined ? {} : { previous }
    appendLedger(stateDir, { kind: 'opened', segment, actor, process, ...pin, recovered: true }, { now })
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
    done.push({ segment, as: 'adopted' })
  }
  return done
}
