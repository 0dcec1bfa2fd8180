import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findEvidence, recordEvidence } from '../../src/audit/evidence.ts'
import { appendLedger } from '../../src/audit/ledger.ts'
import { segmentPath } from '../../src/audit/layout.ts'
import { readSegment } from '../../src/audit/segment-read.ts'
import { newLog, start } from './writing.ts'

const event = 'reconciliation.completed'
const sinceMs = Date.parse(start)

/** Part of a sentence; typed, which the matcher itself is not. */
const saying = (text: string): unknown => expect.stringContaining(text)

describe('evidence', () => {
  it('is found by event, age and scope; the newest one speaks, whatever it says', () => {
    const log = newLog()
    const writer = log.open()
    expect(findEvidence(log.stateDir, { event, sinceMs, nowMs: log.clock.now().getTime() })).toEqual({ kind: 'none' })
    const ref = recordEvidence(log.stateDir, writer, { event, status: 'pass', observed: { breaks: 0 } }, log.clock.now)
    expect(findEvidence(log.stateDir, { event, sinceMs, nowMs: log.clock.now().getTime() })).toEqual({
      kind: 'found',
      event,
      status: 'pass',
      at: start,
      ref,
      hash: readSegment(log.stateDir, ref.segment).entries[ref.seq]?.h,
      observed: { breaks: 0 },
    })
    expect(findEvidence(log.stateDir, { event: 'drill.completed', sinceMs, nowMs: log.clock.now().getTime() })).toEqual(
      { kind: 'none' },
    )
    expect(findEvidence(log.stateDir, { event, sinceMs: sinceMs + 1, nowMs: log.clock.now().getTime() })).toEqual({
      kind: 'none',
    })
    expect(
      findEvidence(log.stateDir, { event, sinceMs, nowMs: log.clock.now().getTime(), scope: 'venue:backup' }),
    ).toEqual({ kind: 'none' })
    log.clock.forward(60_000)
    recordEvidence(log.stateDir, writer, { event, status: 'fail', scope: 'venue:backup' }, log.clock.now)
    expect(
      findEvidence(log.stateDir, { event, sinceMs, nowMs: log.clock.now().getTime(), scope: 'venue:backup' }),
    ).toMatchObject({
      status: 'fail',
      scope: 'venue:backup',
    })
    expect(findEvidence(log.stateDir, { event, sinceMs, nowMs: log.clock.now().getTime() })).toMatchObject({
      kind: 'found',
      status: 'fail',
    })
  })

  it('is doubted when the record says something else, is not there, is damaged, or was never opened', () => {
    const log = newLog()
    const writer = log.open()
    const failed = recordEvidence(log.stateDir, writer, { event, status: 'fail' }, log.clock.now)
    const forge = (
      line: { readonly segment: string; readonly seq: number; readonly status?: string; readonly scope?: string },
      event_ = event,
    ): unknown => {
      log.clock.forward(1)
      appendLedger(log.stateDir, { kind: 'evidence', event: event_, status: 'pass', ...line }, { now: log.clock.now })
      return findEvidence(log.stateDir, { event: event_, sinceMs, nowMs: log.clock.now().getTime() })
    }
    expect(forge(failed)).toMatchObject({ kind: 'doubtful', reason: saying('something else') })
    expect(forge({ ...failed, status: 'fail', scope: 'venue:x' })).toMatchObject({ kind: 'doubtful' })
    expect(forge({ segment: writer.name, seq: 99 })).toMatchObject({
      kind: 'doubtful',
      reason: saying('no record 99'),
    })
    expect(forge({ segment: `${log.id()}.0.ndjson`, seq: 0 })).toMatchObject({
      kind: 'doubtful',
      reason: saying('never opened'),
    })
    expect(forge({ segment: '../../../etc/passwd', seq: 0 })).toMatchObject({ kind: 'doubtful' })
    log.clock.forward(3_600_000)
    expect(forge({ ...failed, status: 'fail' })).toMatchObject({
      kind: 'doubtful',
      reason: saying('was not written at'),
    })
    const path = segmentPath(log.stateDir, writer.name)
    recordEvidence(log.stateDir, writer, { event: 'drill', status: 'pass' }, log.clock.now)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"pass"', '"fail"'))
    expect(findEvidence(log.stateDir, { event: 'drill', sinceMs, nowMs: log.clock.now().getTime() })).toMatchObject({
      kind: 'doubtful',
      reason: saying('differs from its hash'),
    })
  })

  it('is ordered by the ledger where the clock went back, and never believed from a time that is still to come', () => {
    const log = newLog()
    const writer = log.open()
    const found = (nowMs: number): unknown => findEvidence(log.stateDir, { event, sinceMs, nowMs })
    log.clock.forward(3_600_000)
    recordEvidence(log.stateDir, writer, { event, status: 'pass' }, log.clock.now)
    expect(found(sinceMs + 3_600_000)).toMatchObject({ kind: 'found', status: 'pass' })
    expect(found(sinceMs + 3_599_999)).toMatchObject({ kind: 'doubtful', reason: saying('still to come') })
    log.clock.forward(-1_800_000)
    recordEvidence(log.stateDir, writer, { event, status: 'fail' }, log.clock.now)
    expect(found(sinceMs + 1_800_000)).toMatchObject({ kind: 'found', status: 'fail' })
    expect(found(sinceMs + 7_200_000)).toMatchObject({ kind: 'found', status: 'fail' })
  })

  it('does not count when it was written by a holder that had been taken over', () => {
    const log = newLog()
    const first = log.open()
    log.open({ run: first.run, k: 1 })
    expect(() => recordEvidence(log.stateDir, first, { event, status: 'pass' }, log.clock.now)).toThrow()
    appendLedger(
      log.stateDir,
      { kind: 'evidence', event, status: 'pass', segment: first.name, seq: 1 },
      { now: log.clock.now },
    )
    expect(findEvidence(log.stateDir, { event, sinceMs, nowMs: log.clock.now().getTime() })).toMatchObject({
      kind: 'doubtful',
      reason: saying('no record 1'),
    })
  })
})
