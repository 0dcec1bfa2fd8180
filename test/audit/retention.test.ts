import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { makeCheckpoint } from '../../src/audit/checkpoint.ts'
import type { IdKind } from '../../src/audit/id.ts'
import { loadOrCreateKey, loadVerifierKey } from '../../src/audit/key.ts'
import { appendLedger } from '../../src/audit/ledger.ts'
import { readLedger } from '../../src/audit/ledger-read.ts'
import { segmentPath } from '../../src/audit/layout.ts'
import { announceExpiry, deleteExpired, planExpiry, type ExpiryPlan } from '../../src/audit/retention.ts'
import { readSegment } from '../../src/audit/segment-read.ts'
import { verify, type Report } from '../../src/audit/verify.ts'
import { newLog, type Log } from './writing.ts'

const dayMs = 86_400_000
/** A new month is not signed at once. */
const settlingMs = 60_000
const keepMs = (kind: IdKind): number | undefined =>
  kind === 'run' ? 1000 * dayMs : kind === 'approval' ? 500 * dayMs : undefined

const plan = (log: Log): ExpiryPlan => planExpiry(log.stateDir, { now: log.clock.now(), keepMs })
const sign = (log: Log): number =>
  makeCheckpoint(log.stateDir, loadOrCreateKey(log.stateDir, 'desk/paper', log.id()), log.id('note'), log.clock.now)
    .size
const check = (log: Log): Report =>
  verify(log.stateDir, loadVerifierKey(log.stateDir), { now: log.clock.now(), keepMs })
const expire = (log: Log): readonly string[] => {
  const going = plan(log)
  announceExpiry(log.stateDir, going, log.clock.now)
  log.clock.forward(settlingMs)
  return deleteExpired(log.stateDir, going, sign(log))
}
const namesOf = ({ segments }: ExpiryPlan): readonly string[] => segments.map(({ segment }) => segment)

/** A run that was taken up twice, once after a crash; an approval; a halt. */
function sample(): Log & { readonly names: readonly string[]; readonly approval: string; readonly halt: string } {
  const log = newLog()
  const first = log.open()
  first.park({ needs: [] })
  log.clock.forward(dayMs)
  const second = log.open({ run: first.run, k: 1 })
  second.append({ event: 'intent' })
  log.clock.forward(dayMs)
  const third = log.open({ run: first.run, k: 2 })
  third.close({ outcome: 'ok' })
  const approval = log.open({ run: log.id('approval') })
  approval.close()
  const halt = log.open({ run: log.id('halt') })
  halt.close()
  return { ...log, names: [first.name, second.name, third.name], approval: approval.name, halt: halt.name }
}

describe('what was kept long enough', () => {
  it('goes by its kind, as a whole, and verify says that it expired', () => {
    const log = sample()
    sign(log)
    log.clock.forward(500 * dayMs)
    expect(plan(log)).toEqual({ segments: [], kept: [] })
    log.clock.forward(1)
    expect(namesOf(plan(log))).toEqual([log.approval])
    log.clock.forward(500 * dayMs)
    expect(expire(log)).toEqual([...log.names, log.approval])
    expect(readdirSync(`${log.stateDir}/audit/segments`)).toEqual([log.halt])
    const report = check(log)
    expect(report).toMatchObject({ ok: true, problems: [] })
    expect(report.notes).toEqual([...log.names, log.approval].map((name) => `${name}: expired`))
    expect(expire(log)).toEqual([])
  })

  it('is not what waits, what is open, nor what nobody knows the effects of', () => {
    const log = newLog()
    log.open().park({ needs: [] })
    log.open().append({ event: 'intent' })
    const unsettled = log.open()
    unsettled.close({ outcome: 'aborted', unsettled: ['deploy#switch'] })
    log.clock.forward(2000 * dayMs)
    expect(plan(log)).toEqual({
      segments: [],
      kept: [{ segment: unsettled.name, reason: 'nobody knows what became of its effects' }],
    })
  })

  it('is not what shows tampering: that is evidence', () => {
    const log = sample()
    const [name = ''] = log.names
    writeFileSync(
      segmentPath(log.stateDir, name),
      readFileSync(segmentPath(log.stateDir, name), 'utf8').replace('oncall', 'nobody'),
    )
    log.clock.forward(2000 * dayMs)
    expect(namesOf(plan(log))).toEqual([log.approval])
    expect(plan(log).kept.map(({ segment }) => segment)).toEqual(log.names)
    expect(plan(log).kept[0]?.reason).toContain('does not verify')
  })

  it('stays until its line is signed, and goes later where a crash came between', () => {
    const log = sample()
    log.clock.forward(2000 * dayMs)
    const going = plan(log)
    announceExpiry(log.stateDir, going, log.clock.now)
    expect(deleteExpired(log.stateDir, going, 0)).toEqual([])
    expect(check(log)).toMatchObject({ ok: true })
    const again = plan(log)
    expect(again.segments.every(({ isAnnounced }) => isAnnounced)).toBe(true)
    const before = readLedger(log.stateDir).lines.length
    announceExpiry(log.stateDir, again, log.clock.now)
    expect(readLedger(log.stateDir).lines).toHaveLength(before)
    log.clock.forward(settlingMs)
    expect(deleteExpired(log.stateDir, again, sign(log))).toHaveLength(4)
    expect(check(log)).toMatchObject({ ok: true })
  })
})

describe('what was deleted', () => {
  it('too early is found, whatever the ledger says and whoever signed it', () => {
    const log = sample()
    for (const name of [...log.names, log.approval, log.halt]) {
      const { head } = readSegment(log.stateDir, name)
      appendLedger(
        log.stateDir,
        { kind: 'expired', segment: name, head, olderThan: '2040-01-01T00:00:00.000Z' },
        { now: log.clock.now },
      )
      rmSync(segmentPath(log.stateDir, name))
      sign(log)
      expect(check(log).problems).toContainEqual(expect.objectContaining({ segment: name, code: 'deleted-early' }))
    }
    log.clock.forward(2000 * dayMs)
    // Decisions never go.
    expect(check(log).problems).toMatchObject([{ segment: log.halt, code: 'deleted-early' }])
    expect(existsSync(segmentPath(log.stateDir, log.halt))).toBe(false)
  })
})
