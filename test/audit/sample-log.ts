/** A log to tamper with: small, and with one of everything. */
import { putArtefact } from '../../src/audit/artefact.ts'
import { listCheckpoints, makeCheckpoint } from '../../src/audit/checkpoint.ts'
import { recordEvidence } from '../../src/audit/evidence.ts'
import { loadOrCreateKey, loadVerifierKey } from '../../src/audit/key.ts'
import type { SegmentWriter } from '../../src/audit/segment.ts'
import { verify, type Report } from '../../src/audit/verify.ts'
import { newLog, type Log } from './writing.ts'

export const dayMs = 86_400_000
export const sevenYearsMs = 2557 * dayMs

export interface Sample extends Log {
  readonly anchor: () => number
  readonly check: (over?: {
    readonly stateDir?: string
    readonly afterMs?: number
    readonly elsewhere?: boolean
  }) => Report
  readonly closed: SegmentWriter
  readonly parked: SegmentWriter
  readonly continued: SegmentWriter
}

/** Two runs, one of them taken up again, an artefact, evidence, and one checkpoint over all of it. */
export function sample(): Sample {
  const log = newLog()
  const { stateDir, clock } = log
  const closed = log.open({ summary: { title: 'Reconcile' } })
  const artefact = putArtefact(stateDir, Buffer.from('a large answer'), 'x')
  closed.append({ event: 'sample', observed: { artefact } })
  recordEvidence(stateDir, closed, { event: 'reconciliation.completed', status: 'pass' }, clock.now)
  closed.close({ outcome: 'ok' })
  const parked = log.open()
  parked.append({ event: 'answer' })
  parked.park({ needs: [] })
  const continued = log.open({ run: parked.run, k: 1, header: { event: 'continued' } })
  continued.close({ outcome: 'failed' })
  const anchor = (): number => {
    clock.forward(1000)
    return makeCheckpoint(stateDir, loadOrCreateKey(stateDir, 'desk/paper', log.id()), log.id('note'), clock.now).size
  }
  anchor()
  const key = loadVerifierKey(stateDir)
  const notes = listCheckpoints(stateDir)
  const check: Sample['check'] = (over = {}) => {
    const now = new Date(clock.now().getTime() + (over.afterMs ?? 0))
    return verify(
      over.stateDir ?? stateDir,
      key,
      { now, keepMs: () => sevenYearsMs },
      over.elsewhere === true ? notes : [],
    )
  }
  return { ...log, anchor, check, closed, parked, continued }
}
