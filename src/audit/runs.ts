/** What became of every run, told from the ledger alone. */
import type { Need } from '../model/journal.ts'
import type { ProcessIdentity } from '../lock/liveness.ts'
import { kindOf, type IdKind } from './id.ts'
import { parseSegmentName } from './layout.ts'
import { readLedger, type LedgerEntry } from './ledger-read.ts'

export interface RunSummary {
  readonly run: string
  readonly graph?: string
  readonly title?: string
  /** RFC 3339. */
  readonly openedAt: string
  /** Who opened it. */
  readonly by: string
  /** An open run is being walked, or was when its process died: `process` tells which. */
  readonly state: 'open' | 'parked' | 'closed'
  /** The writer of the latest segment. */
  readonly process?: ProcessIdentity
  readonly outcome?: string
  /** Given up, and nobody knows whether the effects at these places took place. */
  readonly unsettled?: readonly string[]
  readonly endedAt?: string
  readonly needs?: readonly Need[]
  readonly locks?: readonly string[]
  readonly resumeAt?: string
  /** How often it was taken up. */
  readonly segments: number
}

/** Runs in the order in which they were opened. Other segments (halts, approvals, notes) by asking for their kind. */
export function listRuns(stateDir: string, kind: IdKind = 'run'): RunSummary[] {
  return foldRuns(readLedger(stateDir).lines, kind)
}

export function foldRuns(lines: readonly LedgerEntry[], kind: IdKind = 'run'): RunSummary[] {
  const runs = new Map<string, RunSummary>()
  for (const { value } of lines) {
    if (value.kind !== 'opened' && value.kind !== 'parked' && value.kind !== 'closed') continue
    const name = parseSegmentName(value.segment)
    if (name === undefined || kindOf(name.run) !== kind) continue
    const before = runs.get(name.run)
    // A line about an older segment can come after its successor was opened; the successor counts.
    if (before !== undefined && name.k < before.segments - 1) continue
    runs.set(name.run, after(before, value, name))
  }
  return [...runs.values()]
}

type RunLine = Extract<LedgerEntry['value'], { readonly kind: 'opened' | 'parked' | 'closed' }>

function after(
  before: RunSummary | undefined,
  line: RunLine,
  { run, k }: { readonly run: string; readonly k: number },
): RunSummary {
  const known = before ?? {
    run,
    openedAt: line.at,
    by: line.kind === 'opened' ? line.actor : '',
    state: 'open',
    segments: k + 1,
  }
  const { needs: _needs, resumeAt: _resumeAt, process: _process, ...lasting } = known
  switch (line.kind) {
    case 'opened':
      return {
        ...lasting,
        state: 'open',
        segments: k + 1,
        ...(line.process === undefined ? {} : { process: line.process }),
        ...(line.graph === undefined ? {} : { graph: line.graph }),
        ...(line.title === undefined ? {} : { title: line.title }),
        ...(line.locks === undefined ? {} : { locks: line.locks }),
      }
    case 'parked':
      return {
        ...lasting,
        state: 'parked',
        needs: line.needs,
        ...(line.resumeAt === undefined ? {} : { resumeAt: line.resumeAt }),
      }
    case 'closed':
      return {
        ...lasting,
        state: 'closed',
        endedAt: line.at,
        ...(line.outcome === undefined ? {} : { outcome: line.outcome }),
        ...(line.unsettled === undefined ? {} : { unsettled: line.unsettled }),
      }
  }
}
