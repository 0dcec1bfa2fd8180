import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { segmentPath } from '../../src/audit/layout.ts'
import { recordsOfPeriod, type Period } from '../../src/audit/period.ts'
import { newLog, type Log } from './writing.ts'

const all: Period = { fromMs: -Infinity, toMs: Infinity }
const events = (log: Log, period: Period = all): readonly string[] =>
  [...recordsOfPeriod(log.stateDir, period)].map((item) =>
    item.kind === 'record' ? item.record.event : `${item.problem.code} ${String(item.problem.line)}`,
  )

describe('the records of a period', () => {
  it('come run by run, as they stand in the file, ends included', () => {
    const log = newLog()
    const first = log.open()
    const startMs = log.clock.now().getTime()
    log.clock.forward(1000)
    const second = log.open({ header: { event: 'other' } })
    log.clock.forward(1000)
    first.append({ event: 'late', data: 'é\u2028' })
    expect(events(log)).toEqual(['opened', 'late', 'other'])
    expect(events(log, { fromMs: startMs + 1000, toMs: startMs + 2000 })).toEqual(['late', 'other'])
    expect(events(log, { fromMs: startMs + 1001, toMs: startMs + 1999 })).toEqual([])
    expect(events(log, { ...all, run: second.run })).toEqual(['other'])
    const texts = [...recordsOfPeriod(log.stateDir, { ...all, run: first.run })].map((item) =>
      item.kind === 'record' ? `${item.text}\n` : '',
    )
    expect(texts.join('')).toBe(readFileSync(segmentPath(log.stateDir, first.name), 'utf8'))
  })

  it('are those that count: no torn tail, nothing behind a take-over, nothing behind damage', () => {
    const log = newLog()
    const first = log.open()
    first.append({ event: 'counted' })
    log.open({ run: first.run, k: 1, header: { event: 'continued' } })
    expect(() => first.append({ event: 'late' })).toThrow()
    const torn = log.open({ header: { event: 'torn' } })
    appendFileSync(segmentPath(log.stateDir, torn.name), '{"v":1,"seq')
    expect(events(log)).toEqual(['opened', 'counted', 'continued', 'torn'])
    const path = segmentPath(log.stateDir, first.name)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"counted"', '"discounted"'))
    expect(events(log)).toEqual(['opened', 'truncated 2', 'continued', 'torn'])
    writeFileSync(path, readFileSync(path, 'utf8').replace('"discounted"', '"Counted"'))
    expect(events(log)).toEqual(['opened', 'chain-broken 2', 'continued', 'torn'])
  })

  it('may be larger than what is read at once', () => {
    const log = newLog()
    const writer = log.open()
    const sizes = [10, 262_000, 300_000, 1_000_000, 5]
    for (const size of sizes) writer.append({ event: String(size), data: 'x'.repeat(size) })
    expect(events(log)).toEqual(['opened', ...sizes.map(String)])
  })
})
