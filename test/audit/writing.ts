import { newId } from '../../src/audit/id.ts'
import type { IdKind } from '../../src/audit/id.ts'
import { openSegment, type SegmentRequest, type SegmentWriter } from '../../src/audit/segment.ts'
import { Clock, steadyRandom, temporaryDir } from '../support/state.ts'

export const start = '2026-11-20T12:00:00.000Z'

export interface Log {
  readonly stateDir: string
  readonly clock: Clock
  readonly id: (kind?: IdKind) => string
  readonly open: (over?: Partial<SegmentRequest>) => SegmentWriter
}

/** A log in a directory of its own, written by `oncall`. */
export function newLog(stateDir = `${temporaryDir()}/state`): Log {
  const clock = new Clock(start)
  const random = steadyRandom()
  const id = (kind: IdKind = 'run'): string => newId(kind, clock.now, random)
  const open = (over: Partial<SegmentRequest> = {}): SegmentWriter =>
    openSegment({
      stateDir,
      run: over.run ?? id(),
      k: 0,
      header: { event: 'opened', data: { kind: 'opened' } },
      envelope: { actor: 'oncall', host: 'host-1', traceId: 'trace-1' },
      now: clock.now,
      ...over,
    })
  return { stateDir, clock, id, open }
}
