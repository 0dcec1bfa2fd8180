import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { segmentPath } from '../../src/audit/layout.ts'
import { asItStands } from '../../src/audit/presence.ts'
import { readLedger } from '../../src/audit/ledger-read.ts'
import { sealAbandoned } from '../../src/audit/recovery.ts'
import { listRuns } from '../../src/audit/runs.ts'
import { listSegments } from '../../src/audit/segment-read.ts'
import { disk } from '../../src/disk/write.ts'
import { newLog, start } from './writing.ts'

const dead = (): boolean => false
const alive = (): boolean => true

describe('abandoned segments', () => {
  it('are left alone while their process lives, when they ended, and when they were taken over', () => {
    const log = newLog()
    log.open().close()
    log.open().park({ needs: [] })
    const taken = log.open()
    log.open({ run: taken.run, k: 1 }).close()
    expect(sealAbandoned(log.stateDir, dead, log.clock.now)).toEqual([])
    log.open()
    expect(sealAbandoned(log.stateDir, alive, log.clock.now)).toEqual([])
  })

  it('are sealed for open runs, which stay open, and closed for everything else; once', () => {
    const log = newLog()
    const run = log.open()
    run.append({ event: 'intent' })
    appendFileSync(segmentPath(log.stateDir, run.name), '{"torn')
    const halt = log.open({ run: log.id('halt') })
    const done = sealAbandoned(log.stateDir, dead, log.clock.now)
    expect(done).toEqual([
      { segment: run.name, run: run.run, as: 'sealed' },
      { segment: halt.name, run: halt.run, as: 'closed' },
    ])
    expect(readLedger(log.stateDir).lines.map(({ value }) => value)).toMatchObject([
      { kind: 'opened' },
      { kind: 'opened' },
      { kind: 'sealed', segment: run.name, records: 2, torn: 6 },
      { kind: 'closed', segment: halt.name, recovered: true, outcome: 'aborted' },
    ])
    expect(listRuns(log.stateDir)).toMatchObject([{ run: run.run, state: 'open' }])
    expect(listRuns(log.stateDir, 'halt')).toMatchObject([{ state: 'closed' }])
    expect(sealAbandoned(log.stateDir, dead, log.clock.now)).toEqual([])
  })

  it('are adopted where the process died before it announced them', () => {
    const log = newLog()
    const mute = {
      ...disk,
      write: (fd: number, bytes: Uint8Array) => (bytes[0] === 10 ? failing() : disk.write(fd, bytes)),
    }
    const run = log.id()
    expect(() => log.open({ run, disk: mute })).toThrow()
    const parked = log.open()
    parked.park({ needs: [] })
    expect(() => log.open({ run: parked.run, k: 1, disk: mute })).toThrow()
    expect(sealAbandoned(log.stateDir, alive, log.clock.now)).toEqual([])
    expect(sealAbandoned(log.stateDir, dead, log.clock.now).map(({ as }) => as)).toEqual(['adopted', 'adopted'])
    expect(listRuns(log.stateDir)).toMatchObject([
      { run: parked.run, state: 'open', segments: 2 },
      { run, state: 'closed', outcome: 'aborted' },
    ])
    expect(sealAbandoned(log.stateDir, dead, log.clock.now)).toEqual([])
  })

  it('are left for verify where they were damaged', () => {
    const log = newLog()
    const run = log.open()
    const path = segmentPath(log.stateDir, run.name)
    writeFileSync(path, readFileSync(path, 'utf8').replace('oncall', 'onkall'))
    expect(sealAbandoned(log.stateDir, dead, log.clock.now)).toEqual([])
  })
})

function failing(): never {
  throw Object.assign(new Error('injected'), { code: 'ENOSPC', syscall: 'write' })
}

describe('a run that had come to its end or to a wait, and only the ledger did not know', () => {
  const need = { kind: 'moment', at: { path: 'runbook/a#w', visit: 1 }, title: 'Wait', dueAt: '2026-11-23T14:30:00Z' }
  const closed = { kind: 'closed', time: start, outcome: 'failed', reason: 'no', unsettled: ['runbook/a#b'] }
  const parked = { kind: 'parked', time: start, needs: [need] }
  it.each([
    [closed, { state: 'closed', outcome: 'failed', unsettled: ['runbook/a#b'] }],
    [parked, { state: 'parked', needs: [need], resumeAt: need.dueAt }],
  ])('%j', (data, summary) => {
    const log = newLog()
    const run = log.open()
    run.append({ event: data.kind, data })
    const [before] = listRuns(log.stateDir)
    if (before === undefined) throw new Error('no run')
    // Whoever only looks sees it already; whoever lives is left alone.
    expect(asItStands(log.stateDir, before, alive)).toMatchObject({ state: 'open', isGone: false })
    expect(asItStands(log.stateDir, before, dead)).toMatchObject({ ...summary, isGone: false })
    expect(sealAbandoned(log.stateDir, alive, log.clock.now)).toEqual([])
    expect(sealAbandoned(log.stateDir, dead, log.clock.now)).toMatchObject([{ run: run.run, as: data.kind }])
    expect(listRuns(log.stateDir)).toMatchObject([summary])
    expect(sealAbandoned(log.stateDir, dead, log.clock.now)).toEqual([])
  })

  it('one that died in the middle is gone; one that is just being taken up is not', () => {
    const log = newLog()
    const run = log.open()
    const [before] = listRuns(log.stateDir)
    if (before?.process === undefined) throw new Error('no run')
    expect(asItStands(log.stateDir, before, dead)).toMatchObject({ state: 'open', isGone: true })
    log.open({ run: run.run, k: 1 })
    const earlier = { ...before, process: { ...before.process, pid: 1 } }
    expect(asItStands(log.stateDir, earlier, ({ pid }) => pid !== 1)).toMatchObject({ state: 'open', isGone: false })
  })

  it('what a run had just taken is held by the line that is written for it', () => {
    const log = newLog()
    const first = log.open({ summary: { locks: ['a'] } })
    first.park({ needs: [] })
    const mute = {
      ...disk,
      write: (fd: number, bytes: Uint8Array) => (bytes[0] === 10 ? failing() : disk.write(fd, bytes)),
    }
    const header = { event: 'continued', data: { kind: 'continued', locks: ['a', 'b'] } }
    expect(() => log.open({ run: first.run, k: 1, header, disk: mute })).toThrow()
    sealAbandoned(log.stateDir, dead, log.clock.now)
    expect(listRuns(log.stateDir)).toMatchObject([{ state: 'open', locks: ['a', 'b'] }])
  })
})

it('a segment in which nothing could be written is no segment', () => {
  const log = newLog()
  expect(() => log.open({ disk: { ...disk, write: failing } })).toThrow()
  expect(listSegments(log.stateDir)).toEqual([])
})
