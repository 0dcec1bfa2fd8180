import { describe, expect, it } from 'vitest'
import { findLatest, findRecords } from '../../src/audit/search.ts'
import { newLog } from './writing.ts'

const minuteMs = 60_000

describe('records across runs', () => {
  it('keep the order of their run when the clock goes back', () => {
    const log = newLog()
    const run = log.open()
    log.clock.forward(2 * minuteMs)
    run.append({ event: 'late' })
    log.clock.forward(-minuteMs)
    const other = log.open({ header: { event: 'other' } })
    run.append({ event: 'after' })
    other.close()
    run.close()
    const events = findRecords(log.stateDir, {}).records.map(({ record }) => record.event)
    expect(events).toEqual(['opened', 'other', 'late', 'after'])
  })

  it('are the latest ones, whichever runs they are in, and no more of the log is read', () => {
    const log = newLog()
    const long = log.open({ header: { event: 'long' } })
    for (let i = 0; i < 5; i++) {
      log.clock.forward(minuteMs)
      log.open({ header: { event: `short ${String(i)}` } }).close()
    }
    log.clock.forward(minuteMs)
    long.append({ event: 'end' })
    const latest = (count: number): string[] =>
      findLatest(log.stateDir, count).records.map(({ record }) => record.event)
    expect(latest(3)).toEqual(['short 3', 'short 4', 'end'])
    expect(latest(100)).toEqual(['long', 'short 0', 'short 1', 'short 2', 'short 3', 'short 4', 'end'])
    expect(latest(1)).toEqual(['end'])
  })
})
