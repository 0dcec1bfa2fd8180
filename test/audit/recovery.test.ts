import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { segmentPath } from '../../src/audit/layout.ts'
import { readLedger } from '../../src/audit/ledger-read.ts'
import { sealAbandoned } from '../../src/audit/recovery.ts'
import { listRuns } from '../../src/audit/runs.ts'
import { disk } from '../../src/disk/write.ts'
import { newLog } from './writing.ts'

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
