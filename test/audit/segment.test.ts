import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { AuditUnwritable, Fenced, RunTaken, SegmentBroken } from '../../src/audit/failure.ts'
import { segmentPath } from '../../src/audit/layout.ts'
import { headerOf, nextSegmentNumber, readRun, readSegment, readSegmentBytes } from '../../src/audit/segment-read.ts'
import { disk, type Disk } from '../../src/disk/write.ts'
import { newLog, start } from './writing.ts'

const failing = (code: string): never => {
  throw Object.assign(new Error(`${code}: injected`), { code, syscall: 'write' })
}

describe('a segment', () => {
  it('holds what was appended, in order, chained and complete', () => {
    const log = newLog()
    const writer = log.open()
    expect(
      writer.append({ event: 'sample', step: 'drain', observed: { open: 0 }, expected: 'open == 0', result: 'ok' }),
    ).toEqual({ segment: writer.name, seq: 1 })
    expect(
      writer.appendAll([{ event: 'a' }, { event: 'b', level: 'warn', actor: 'risk' }]).map((ref) => ref.seq),
    ).toEqual([2, 3])
    writer.close({ outcome: 'ok' })
    const read = readSegment(log.stateDir, writer.name)
    expect(read).toMatchObject({ records: 4, torn: 0, bytes: statSync(segmentPath(log.stateDir, writer.name)).size })
    expect(read.problem).toBeUndefined()
    expect(read.entries[1]).toMatchObject({
      v: 1,
      seq: 1,
      timestamp: start,
      level: 'info',
      service: 'desk',
      trace_id: 'trace-1',
      run: writer.run,
      step: 'drain',
      actor: 'oncall',
      host: 'host-1',
      event: 'sample',
      observed: { open: 0 },
      expected: 'open == 0',
      result: 'ok',
    })
    expect(read.entries.map(({ actor, level }) => `${actor} ${level}`)).toEqual([
      'oncall info',
      'oncall info',
      'oncall info',
      'risk warn',
    ])
    expect(read.entries.slice(1).map(({ prev }) => prev)).toEqual(read.entries.slice(0, -1).map(({ h }) => h))
  })

  it('is private, as its directories are; in a shared directory it is shared', () => {
    const log = newLog()
    const writer = log.open()
    expect(statSync(segmentPath(log.stateDir, writer.name)).mode & 0o7777).toBe(0o600)
    expect(statSync(`${log.stateDir}/audit/segments`).mode & 0o7777).toBe(0o700)
    const group = newLog()
    mkdirSync(group.stateDir)
    chmodSync(group.stateDir, 0o2770)
    const other = group.open()
    expect(statSync(segmentPath(group.stateDir, other.name)).mode & 0o7777).toBe(0o660)
    expect(statSync(`${group.stateDir}/audit/segments`).mode & 0o7777).toBe(0o2770)
  })

  it('refuses names that would lead out of its directory', () => {
    const log = newLog()
    for (const run of ['../../etc/passwd', 'run-1', `${log.id()}/x`, '', 'RUN-01jd0000000000000000000000']) {
      expect(() => log.open({ run })).toThrow(RangeError)
    }
    expect(existsSync(log.stateDir)).toBe(false)
  })

  it('keeps secrets, NaN and bigint out of JSON', () => {
    const log = newLog()
    const redaction = { secrets: ['hunter22'], fields: ['apiKey'] }
    const writer = log.open({
      envelope: { actor: 'oncall', host: 'h', traceId: 't', redaction },
      summary: { title: 'uses hunter22' },
    })
    writer.append({
      event: 'sample',
      observed: { url: 'https://x/?k=hunter22', apiKey: 'zz', psi: NaN, n: 3n },
      result: 'said hunter22',
    })
    writer.close({ reason: 'hunter22 expired' })
    expect(readSegment(log.stateDir, writer.name).entries[1]).toMatchObject({
      observed: { url: 'https://x/?k=[redacted]', apiKey: '[redacted]', psi: 'NaN', n: '3' },
      result: 'said [redacted]',
    })
    const everything =
      readFileSync(segmentPath(log.stateDir, writer.name), 'utf8') +
      readFileSync(`${log.stateDir}/audit/ledger/2026-11.ndjson`, 'utf8')
    expect(everything).not.toContain('hunter22')
  })

  it('writes nothing of a batch that cannot be encoded', () => {
    const log = newLog()
    const writer = log.open()
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    expect(() => writer.appendAll([{ event: 'a' }, { event: 'b', data: cycle }])).toThrow(TypeError)
    expect(() => writer.append({ event: 'huge', data: 'x'.repeat(5 * 1024 * 1024) })).toThrow(RangeError)
    writer.append({ event: 'c' })
    expect(readSegment(log.stateDir, writer.name)).toMatchObject({ records: 2, torn: 0 })
  })
})

describe('taking a run over', () => {
  it('pins what the segment before holds, and fences its writer', () => {
    const log = newLog()
    const first = log.open()
    first.append({ event: 'intent' })
    appendFileSync(segmentPath(log.stateDir, first.name), '{"v":1,"torn')
    expect(nextSegmentNumber(log.stateDir, first.run)).toBe(1)
    const second = log.open({ run: first.run, k: 1, header: { event: 'continued' } })
    const pinned = headerOf(readSegment(log.stateDir, second.name)).previous
    expect(pinned).toMatchObject({ segment: first.name, records: 2, torn: 12 })
    expect(() => {
      first.fence()
    }).toThrow(Fenced)
    expect(() => {
      first.append({ event: 'late' })
    }).toThrow(Fenced)
    expect(() => {
      first.close()
    }).toThrow(Fenced)
    second.append({ event: 'settled' })
    expect(readRun(log.stateDir, first.run).entries.map(({ event }) => event)).toEqual([
      'opened',
      'intent',
      'continued',
      'settled',
    ])
    expect(readRun(log.stateDir, first.run).problems).toEqual([])
  })

  it('never acknowledges a record that the successor has not counted', () => {
    const log = newLog()
    const writer = log.open({ run: log.id('note'), disk: takeOverOnce(() => log.open({ run: writer.run, k: 1 })) })
    expect(() => writer.append({ event: 'acknowledged?' })).toThrow(Fenced)
    expect(() => writer.append({ event: 'again' })).toThrow(Fenced)
  })

  it('is for one process only', () => {
    const log = newLog()
    const writer = log.open()
    expect(() => log.open({ run: writer.run })).toThrow(RunTaken)
    expect(() => log.open({ run: writer.run })).toThrow(expect.objectContaining({ exit: 75, segment: writer.name }))
  })

  it('is refused where the journal is damaged', () => {
    const log = newLog()
    const writer = log.open()
    writer.append({ event: 'intent' })
    writer.append({ event: 'acted' })
    const path = segmentPath(log.stateDir, writer.name)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"intent"', '"intend"'))
    expect(() => log.open({ run: writer.run, k: 1 })).toThrow(SegmentBroken)
    expect(() => log.open({ run: writer.run, k: 1 })).toThrow(expect.objectContaining({ seq: 1, exit: 2 }))
    expect(nextSegmentNumber(log.stateDir, writer.run)).toBe(1)
  })

  it('ignores what a woken holder still wrote, and says so when a segment is missing', () => {
    const log = newLog()
    const first = log.open()
    first.append({ event: 'intent' })
    log.open({ run: first.run, k: 1 })
    expect(() => first.append({ event: 'late' })).toThrow(Fenced)
    expect(readSegment(log.stateDir, first.name).records).toBe(3)
    expect(readRun(log.stateDir, first.run).segments.map(({ records }) => records)).toEqual([2, 1])
    const gap = log.open()
    writeFileSync(segmentPath(log.stateDir, gap.name.replace('.0.', '.2.')), '')
    expect(readRun(log.stateDir, gap.run).problems).toMatchObject([{ code: 'segment-missing' }])
  })
})

describe('a disk that fails', () => {
  it('is written to until all is written', () => {
    const log = newLog()
    const stingy: Disk = {
      ...disk,
      write: (fd, bytes) => disk.write(fd, bytes.subarray(0, isLedger(bytes) ? bytes.length : 7)),
    }
    const writer = log.open({ disk: stingy })
    writer.append({ event: 'a' })
    expect(readSegment(log.stateDir, writer.name)).toMatchObject({ records: 2, torn: 0 })
  })

  it.each(['ENOSPC', 'EIO', 'EROFS', 'EDQUOT'])('stops the writer for good: %s while writing', (code) => {
    const log = newLog()
    let broken = false
    const writer = log.open({
      disk: { ...disk, write: (fd, bytes) => (broken ? failing(code) : disk.write(fd, bytes)) },
    })
    broken = true
    expect(() => writer.append({ event: 'a' })).toThrow(expect.objectContaining({ errno: code, exit: 73 }))
    broken = false
    expect(() => writer.append({ event: 'b' })).toThrow(AuditUnwritable)
    expect(readSegment(log.stateDir, writer.name).records).toBe(1)
  })

  it('stops the writer for good after a failed sync: the next one would lie', () => {
    const log = newLog()
    let syncs = 0
    const writer = log.open({
      disk: {
        ...disk,
        sync: (fd) => {
          if (++syncs === 3) failing('EIO')
          disk.sync(fd)
        },
      },
    })
    expect(() => writer.append({ event: 'a' })).toThrow(AuditUnwritable)
    expect(() => writer.append({ event: 'b' })).toThrow(AuditUnwritable)
    expect(syncs).toBe(3)
  })

  it('opens nothing where the directory cannot be made', () => {
    const log = newLog()
    writeFileSync(log.stateDir, 'a file where the state directory should be')
    expect(() => log.open()).toThrow(expect.objectContaining({ code: 'audit-unwritable', errno: 'ENOTDIR', exit: 73 }))
  })

  it('does not count a run as opened whose ledger line failed', () => {
    const log = newLog()
    const refused: Disk = {
      ...disk,
      write: (fd, bytes) => (isLedger(bytes) ? failing('ENOSPC') : disk.write(fd, bytes)),
    }
    expect(() => log.open({ disk: refused })).toThrow(AuditUnwritable)
  })
})

describe('crash states', () => {
  it('at every byte, and with every tail of zeros: never throws, loses nothing before the cut', () => {
    const log = newLog()
    const writer = log.open()
    const ends = [0, 1, 2, 3].map((n) => {
      writer.appendAll([{ event: `e${String(n)}`, data: 'é\u2028"\\' }, { event: `f${String(n)}` }])
      return statSync(segmentPath(log.stateDir, writer.name)).size
    })
    const whole = readFileSync(segmentPath(log.stateDir, writer.name))
    for (let cut = 0; cut <= whole.length; cut++) {
      const acknowledged = ends.filter((end) => end <= cut).length
      for (const zeros of [0, 1, 4096]) {
        const state = Buffer.concat([whole.subarray(0, cut), Buffer.alloc(zeros)])
        const read = readSegmentBytes(writer.name, state)
        expect(read.problem).toBeUndefined()
        expect(read.records).toBeGreaterThanOrEqual(acknowledged === 0 ? 0 : 1 + 2 * acknowledged)
        expect(read.bytes + read.torn).toBe(state.length)
      }
    }
  })

  it('where the first block of the last write was lost and the second was kept', () => {
    const log = newLog()
    const writer = log.open()
    const before = statSync(segmentPath(log.stateDir, writer.name)).size
    writer.appendAll([{ event: 'a', data: 'x'.repeat(300) }, { event: 'b' }])
    const content = readFileSync(segmentPath(log.stateDir, writer.name))
    content.fill(0, before, before + 200)
    expect(readSegmentBytes(writer.name, content)).toMatchObject({ records: 1, torn: content.length - before })
    expect(readSegmentBytes(writer.name, content).problem).toBeUndefined()
  })
})

const isLedger = (bytes: Uint8Array): boolean => bytes[0] === 10

/** The successor appears after the writer's second record reached the disk and before it is acknowledged. */
function takeOverOnce(take: () => void): Disk {
  let syncs = 0
  return {
    ...disk,
    sync: (fd) => {
      disk.sync(fd)
      if (++syncs === 3) take()
    },
  }
}
