/**
 * Resources that runs hold, such as `model:signal`, from opening to closing, parked or not. A run of category incident or rollback needs
 * them now: it aborts a holder that is only parked. Nobody takes them from a run that is being walked.
 */
import { listRuns, type RunSummary } from '../audit/runs.ts'
import { nextSegmentNumber } from '../audit/segment-read.ts'
import { openSegment } from '../audit/segment.ts'
import { acquire, type HeldBy, type Lock } from '../lock/lock.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Graph } from '../model/graph.ts'
import type { Person } from '../model/journal.ts'
import type { Desk } from './desk.ts'
import { entryOf } from './journal-entry.ts'
import { readJournal, unsettled } from './read-run.ts'

/** Between "nobody holds these" and holding them lies one short moment, which is guarded by a lock. */
const longestMomentMs = 5000

export interface Claim {
  readonly run: string
  readonly by: Person
  readonly resources: readonly string[]
  readonly category: Graph['category']
}
export interface Held {
  readonly kind: 'held'
  /** A sentence: what, by which run, of whom, since when. */
  readonly by: string
}

export const runLock = (desk: Desk, run: string, by: Person): Lock | HeldBy =>
  acquire(`${desk.stateDir}/locks/${run}`, 0, { who: by.id, purpose: run }, { now: desk.now })

/** `take` must make the claim visible in the ledger before it returns. It is told which parked runs were aborted for it. */
export function exclusively<T>(desk: Desk, claim: Claim, take: (displaced: readonly string[]) => T): T | Held {
  if (claim.resources.length === 0) return take([])
  const guard = acquire(
    `${desk.stateDir}/locks/resources`,
    longestMomentMs,
    { who: claim.by.id, purpose: claim.run },
    { now: desk.now },
  )
  if (guard.kind === 'held')
    return { kind: 'held', by: `${guard.who} is just taking resources (process ${String(guard.pid)})` }
  try {
    const displaced: string[] = []
    for (const holder of holdersOf(desk, claim)) {
      const end = displace(desk, claim, holder)
      if (end.kind === 'held') return end
      if (end.kind === 'displaced') displaced.push(holder.run)
    }
    return take(displaced)
  } finally {
    guard.release()
  }
}

const holdersOf = (desk: Desk, claim: Claim): readonly RunSummary[] =>
  listRuns(desk.stateDir).filter(
    (run) =>
      run.state !== 'closed' &&
      run.run !== claim.run &&
      run.locks?.some((resource) => claim.resources.includes(resource)) === true,
  )

function displace(desk: Desk, claim: Claim, holder: RunSummary): Held | { readonly kind: 'displaced' | 'had-ended' } {
  const what = claim.resources.filter((resource) => holder.locks?.includes(resource) === true).join(', ')
  const held: Held = {
    kind: 'held',
    by: `${what} is held by ${holder.run} (${holder.title ?? holder.graph ?? 'a run'}) of ${holder.by} since ${holder.openedAt}`,
  }
  if (claim.category !== 'incident' && claim.category !== 'rollback') return held
  const lock = runLock(desk, holder.run, claim.by)
  if (lock.kind === 'held') return held
  try {
    const { state } = readJournal(desk, holder.run)
    // Its process died between the run's end and the ledger's line: it holds nothing any more.
    if (state.closed !== undefined) return { kind: 'had-ended' }
    closeAborted(desk, holder, claim.by, `${claim.run} (${claim.category}) needs ${what}`, unsettled(state))
    return { kind: 'displaced' }
  } finally {
    lock.release()
  }
}

/** Ends a run that nobody walks; `left`: places of its effects that nobody settled. The caller holds its lock. */
export function closeAborted(desk: Desk, run: RunSummary, by: Person, reason: string, left: readonly string[]): void {
  const time = desk.now().toISOString()
  const k = nextSegmentNumber(desk.stateDir, run.run)
  if (k === 0) throw new DeskError('unknown-run', exitCodes.usage, `there is no run ${run.run}`)
  const writer = openSegment({
    stateDir: desk.stateDir,
    run: run.run,
    k,
    header: entryOf({ kind: 'continued', by, epoch: desk.epoch(), time }),
    envelope: { ...desk.envelope, actor: by.id },
    summary: {
      ...(run.graph === undefined ? {} : { graph: run.graph }),
      ...(run.title === undefined ? {} : { title: run.title }),
      ...(run.locks === undefined ? {} : { locks: run.locks }),
    },
    now: desk.now,
  })
  const open = left.length === 0 ? {} : { unsettled: left }
  writer.append(entryOf({ kind: 'closed', time, outcome: 'aborted', reason, ...open }))
  writer.close({ outcome: 'aborted', reason, ...open })
}
