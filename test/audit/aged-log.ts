/** Logs of which months have been kept long enough. */
import { readdirSync } from 'node:fs'
import { expect } from 'vitest'
import { makeCheckpoint, type StoredNote } from '../../src/audit/checkpoint.ts'
import type { IdKind } from '../../src/audit/id.ts'
import { loadOrCreateKey, loadVerifierKey } from '../../src/audit/key.ts'
import { ledgerDir } from '../../src/audit/layout.ts'
import { announcePruning, planPruning, prune, type PruningPlan } from '../../src/audit/pruning.ts'
import { announceExpiry, deleteExpired, planExpiry } from '../../src/audit/retention.ts'
import { verify, type Report } from '../../src/audit/verify.ts'
import { newLog, type Log } from './writing.ts'

export const dayMs = 86_400_000
/** A new month is not signed at once. */
export const settlingMs = 60_000
const keepMs = (kind: IdKind): number | undefined => (kind === 'halt' ? undefined : 500 * dayMs)

export const planned = (log: Log): PruningPlan =>
  planPruning(log.stateDir, { now: log.clock.now(), keepMs }, loadVerifierKey(log.stateDir))
export const sign = (log: Log): number =>
  makeCheckpoint(log.stateDir, loadOrCreateKey(log.stateDir, 'desk/paper', log.id()), log.id('note'), log.clock.now)
    .size
export const check = (log: Log, elsewhere: readonly StoredNote[] = []): Report =>
  verify(log.stateDir, loadVerifierKey(log.stateDir), { now: log.clock.now(), keepMs }, elsewhere)
/** Without drafts of processes that died. */
export const filesIn = (log: Log): readonly string[] =>
  readdirSync(ledgerDir(log.stateDir))
    .filter((name) => !name.startsWith('.'))
    .sort()

/** All that `desk audit checkpoint --expire` does; answers which ledger files it deleted. */
export function expire(log: Log, note: (text: string) => void = () => undefined): readonly string[] {
  const going = planExpiry(log.stateDir, { now: log.clock.now(), keepMs })
  const pruning = planned(log)
  announceExpiry(log.stateDir, going, log.clock.now)
  announcePruning(log.stateDir, pruning, log.clock.now)
  log.clock.forward(settlingMs)
  const size = sign(log)
  note('signed')
  deleteExpired(log.stateDir, going, size)
  const gone = prune(log.stateDir, pruning, size, { unique: log.id(), nowMs: log.clock.now().getTime() })
  note('pruned')
  return gone
}

/** A month with two runs and, if need be, something that is kept for ever; signed in its own month and in the next one. */
export function month(log: Log, { halt = false, open = false } = {}): void {
  log.open().close({ outcome: 'ok' })
  if (halt) log.open({ run: log.id('halt') }).close()
  const run = log.open()
  run.append({ event: 'sample', observed: { n: 1 } })
  sign(log)
  if (!open) run.close({ outcome: 'ok' })
  log.clock.forward(31 * dayMs)
  log.open().close({ outcome: 'ok' })
  log.clock.forward(settlingMs)
  sign(log)
}

/** Months of which all segments have expired and are gone, and one that goes on. */
export function expired(...months: readonly Parameters<typeof month>[1][]): Log {
  return expiredIn(newLog(), ...months)
}

export function expiredIn(log: Log, ...months: readonly Parameters<typeof month>[1][]): Log {
  for (const each of months) month(log, each)
  log.clock.forward(700 * dayMs)
  log.open().close({ outcome: 'ok' })
  expect(expire(log)).toEqual([])
  return log
}
