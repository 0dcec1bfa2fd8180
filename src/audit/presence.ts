/**
 * How runs stand that the ledger counts as open: it knows nothing of a process that died without a last word. Reads only, so that lists
 * tell the truth before a command that acts has put it on record (`recovery.ts`).
 */
import type { ProcessIdentity } from '../lock/liveness.ts'
import { lastWordOf } from './last-word.ts'
import type { RunSummary } from './runs.ts'
import { headerOf, readSegment, segmentsOf, type SegmentRead } from './segment-read.ts'

export interface RunAsItStands extends RunSummary {
  /** Open, and nobody walks it: its process is gone. */
  readonly isGone: boolean
}

/** What had come to its end or to a wait before its process died is told as ended or parked. Never throws. */
export function asItStands(
  stateDir: string,
  run: RunSummary,
  isAlive: (process: ProcessIdentity) => boolean,
): RunAsItStands {
  const as = (isGone: boolean): RunAsItStands => ({ ...run, isGone })
  if (run.state !== 'open' || run.process === undefined || isAlive(run.process)) return as(false)
  const read = latestOf(stateDir, run.run)
  if (read === undefined) return as(true)
  const { process } = headerOf(read)
  // Somebody is just taking it up: the segment is there, its line in the ledger not yet.
  if (process !== undefined && isAlive(process)) return { ...as(false), process }
  const word = lastWordOf(read)
  switch (word.kind) {
    case 'none':
      return as(true)
    case 'closed':
      return { ...as(false), state: 'closed', ...word.summary }
    case 'parked':
      return { ...as(false), state: 'parked', ...word.summary }
  }
}

/** Undefined where it cannot be read. */
function latestOf(stateDir: string, run: string): SegmentRead | undefined {
  try {
    const latest = segmentsOf(stateDir, run).at(-1)
    return latest === undefined ? undefined : readSegment(stateDir, latest)
  } catch {
    return undefined
  }
}
