/**
 * Deletes what was kept long enough. First a line of the ledger says of each segment how it ended and that it goes; then a checkpoint
 * signs that line; only then the file is unlinked. A crash in between leaves a file that the next time takes away.
 */
import { existsSync, readFileSync, unlinkSync } from 'node:fs'
import { syncDirectory } from '../disk/directory.ts'
import { endOf, expectationsOf, type Known } from './expectation.ts'
import { isErrno, writing } from './failure.ts'
import { idKinds, kindOf } from './id.ts'
import { parseSegmentName, segmentPath, segmentsDir } from './layout.ts'
import { appendLedger } from './ledger.ts'
import { readLedger } from './ledger-read.ts'
import { foldRuns } from './runs.ts'
import { proveSegment } from './segment-proof.ts'
import { verifyContent } from './verify-segment.ts'
import type { Policy } from './verify.ts'

export interface Expirable {
  readonly segment: string
  readonly head: string
  /** RFC 3339: what had ended by then may go. */
  readonly olderThan: string
  /** The ledger says already that it goes. */
  readonly isAnnounced: boolean
}
export interface ExpiryPlan {
  readonly segments: readonly Expirable[]
  /** Old enough, and kept all the same, each with its reason. */
  readonly kept: readonly { readonly segment: string; readonly reason: string }[]
}

/**
 * Runs go as a whole, some time after their end: not while they wait, and not while nobody knows what became of their effects. What does
 * not verify stays as evidence. Throws the system's error where something cannot be read.
 */
export function planExpiry(stateDir: string, policy: Policy): ExpiryPlan {
  const { lines } = readLedger(stateDir)
  const known = expectationsOf(lines, [])
  const summaries = new Map(idKinds.flatMap((kind) => foldRuns(lines, kind)).map((each) => [each.run, each]))
  const segments: Expirable[] = []
  const kept: { segment: string; reason: string }[] = []
  for (const [run, names] of runsIn(known)) {
    const kind = kindOf(run)
    const keepMs = kind === undefined ? undefined : policy.keepMs(kind)
    const summary = summaries.get(run)
    if (keepMs === undefined) continue
    const cutoffMs = policy.now.getTime() - keepMs
    if (summary?.state !== 'closed' || !(Date.parse(summary.endedAt ?? '') < cutoffMs)) continue
    const found = names.flatMap((name) => expirableOf(name, known.get(name), cutoffMs))
    const there = found.filter(({ segment }) => existsSync(segmentPath(stateDir, segment)))
    const reason = whyKept(stateDir, there, known, summary.unsettled ?? [])
    if (reason === undefined) segments.push(...there)
    else kept.push(...there.map(({ segment }) => ({ segment, reason })))
  }
  return { segments, kept }
}

/** Puts on record that they go. The next checkpoint signs it. Throws AuditUnwritable. */
export function announceExpiry(stateDir: string, { segments }: ExpiryPlan, now: () => Date): void {
  for (const { segment, head, olderThan, isAnnounced } of segments)
    if (!isAnnounced) appendLedger(stateDir, { kind: 'expired', segment, head, olderThan }, { now })
}

/** Deletes those whose line is among the first `signedTo` of the ledger; answers their names. Throws AuditUnwritable. */
export function deleteExpired(stateDir: string, { segments }: ExpiryPlan, signedTo: number): readonly string[] {
  const known = expectationsOf(readLedger(stateDir).lines, [])
  const going = segments
    .map(({ segment }) => segment)
    .filter((segment) => (known.get(segment)?.expiredLine ?? Infinity) <= signedTo)
  for (const segment of going) unlink(segmentPath(stateDir, segment))
  if (going.length > 0)
    writing(segmentsDir(stateDir), () => {
      syncDirectory(segmentsDir(stateDir))
    })
  return going
}

function runsIn(known: ReadonlyMap<string, Known>): Map<string, string[]> {
  const runs = new Map<string, string[]>()
  for (const name of known.keys()) {
    const run = parseSegmentName(name)?.run
    if (run !== undefined) runs.set(run, [...(runs.get(run) ?? []), name])
  }
  return runs
}

function expirableOf(segment: string, known: Known | undefined, cutoffMs: number): readonly Expirable[] {
  const end = known === undefined ? undefined : endOf(known)
  if (known === undefined || end === undefined) return []
  return [
    { segment, head: end.head, olderThan: new Date(cutoffMs).toISOString(), isAnnounced: known.expired !== undefined },
  ]
}

function whyKept(
  stateDir: string,
  segments: readonly Expirable[],
  known: ReadonlyMap<string, Known>,
  unsettled: readonly string[],
): string | undefined {
  if (unsettled.length > 0) return 'nobody knows what became of its effects'
  const broken = segments.find(({ segment }) => {
    const expected = known.get(segment)
    return expected === undefined || !isSound(stateDir, segment, expected)
  })
  return broken === undefined ? undefined : `${broken.segment} does not verify`
}

function isSound(stateDir: string, segment: string, expected: Known): boolean {
  if (proveSegment(stateDir, segment, expected) !== undefined) return true
  const content = readFileSync(segmentPath(stateDir, segment))
  return verifyContent(segment, content, expected).problems.length === 0
}

function unlink(path: string): void {
  writing(path, () => {
    try {
      unlinkSync(path)
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error
    }
  })
}
