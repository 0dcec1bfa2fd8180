import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { quickCheck } from '../../src/audit/health.ts'
import { appendLedger, encodeLedgerLine, isLineWhole } from '../../src/audit/ledger.ts'
import { readLedger } from '../../src/audit/ledger-read.ts'
import { segmentPath } from '../../src/audit/layout.ts'
import { listRuns } from '../../src/audit/runs.ts'
import { disk } from '../../src/disk/write.ts'
import { newLog, start } from './writing.ts'

const need = {
  kind: 'answer',
  at: { path: 'no-fills/q1', visit: 1 },
  title: 'Is the venue up?',
  answers: ['yes', 'no'],
} as const

describe('the ledger', () => {
  it('is empty where nothing was written, and reading it makes nothing', () => {
    const log = newLog()
    expect(readLedger(log.stateDir)).toEqual({ lines: [], torn: [] })
    expect(listRuns(log.stateDir)).toEqual([])
    expect(quickCheck(log.stateDir)).toEqual({ ok: true, problems: [] })
    expect(existsSync(log.stateDir)).toBe(false)
  })

  it('starts a file each month, and never goes back to an older one', () => {
    const log = newLog()
    const write = (id: string, at: string): void => {
      appendLedger(log.stateDir, { kind: 'checkpoint', id }, { now: () => new Date(at) })
    }
    write('a', '2026-11-30T23:59:59.000Z')
    write('b', '2026-12-01T00:00:00.000Z')
    write('c', '2026-11-30T23:59:58.000Z')
    expect(
      readLedger(log.stateDir).lines.map(({ file, value }) => [file, value.kind === 'checkpoint' && value.id]),
    ).toEqual([
      ['2026-11.ndjson', 'a'],
      ['2026-12.ndjson', 'b'],
      ['2026-12.ndjson', 'c'],
    ])
  })

  it('writes a whole line again after a short write, and gives up loudly', () => {
    const log = newLog()
    let calls = 0
    const once = {
      ...disk,
      write: (fd: number, bytes: Uint8Array) => disk.write(fd, calls++ === 0 ? bytes.subarray(0, 9) : bytes),
    }
    appendLedger(log.stateDir, { kind: 'checkpoint', id: 'a' }, { now: log.clock.now, disk: once })
    expect(readLedger(log.stateDir)).toMatchObject({ lines: [{ value: { id: 'a' } }], torn: [{ cut: true }] })
    const never = { ...disk, write: (fd: number, bytes: Uint8Array) => disk.write(fd, bytes.subarray(0, 5)) }
    expect(() => {
      appendLedger(log.stateDir, { kind: 'checkpoint', id: 'b' }, { now: log.clock.now, disk: never })
    }).toThrow(expect.objectContaining({ exit: 73 }))
    expect(readLedger(log.stateDir).lines).toHaveLength(1)
  })

  it('survives a crash at every byte: a torn line spoils only itself, and is told from one that was changed', () => {
    const log = newLog()
    for (const id of ['a', 'b', 'c']) appendLedger(log.stateDir, { kind: 'checkpoint', id }, { now: log.clock.now })
    const file = `${log.stateDir}/audit/ledger/2026-11.ndjson`
    const whole = readFileSync(file)
    const lineBytes = whole.length / 3
    for (let cut = 0; cut <= whole.length; cut++) {
      for (const zeros of [0, 3, 4096]) {
        writeFileSync(file, Buffer.concat([whole.subarray(0, cut), Buffer.alloc(zeros)]))
        appendLedger(log.stateDir, { kind: 'checkpoint', id: 'after' }, { now: log.clock.now })
        const { lines, torn } = readLedger(log.stateDir)
        expect(lines.length).toBeGreaterThanOrEqual(Math.floor(cut / lineBytes) + 1)
        expect(lines.at(-1)).toMatchObject({ value: { id: 'after' } })
        expect(torn.every((line) => line.cut)).toBe(true)
      }
    }
  })

  it('knows a changed line from one that a crash cut, whichever byte it was', () => {
    const log = newLog()
    for (const id of ['a', 'b', 'c']) appendLedger(log.stateDir, { kind: 'checkpoint', id }, { now: log.clock.now })
    const file = `${log.stateDir}/audit/ledger/2026-11.ndjson`
    const whole = readFileSync(file)
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole)
      changed[at] = (whole[at] ?? 0) ^ 1
      writeFileSync(file, changed)
      const { lines, torn } = readLedger(log.stateDir)
      expect(torn.some((line) => !line.cut) || lines.some(({ text }) => !isLineWhole(text)), `byte ${String(at)}`).toBe(
        true,
      )
    }
  })

  it('reads no line of a shape that it does not know', () => {
    const log = newLog()
    mkdirSync(`${log.stateDir}/audit/ledger`, { recursive: true })
    const shapes = [
      { kind: 'opened' },
      { kind: 'future', at: start },
      { at: start, kind: 'opened', segment: 'x', actor: 'a', process: { pid: 'one' } },
      {
        at: start,
        kind: 'parked',
        segment: 'x',
        records: 1,
        bytes: 1,
        head: 'h',
        torn: 0,
        needs: [{ kind: 'answer' }],
      },
      { at: start, kind: 'closed', segment: 'x', records: -1, bytes: 1, head: 'h', torn: 0 },
      [],
      null,
    ]
    writeFileSync(
      `${log.stateDir}/audit/ledger/2026-11.ndjson`,
      shapes.map((shape) => `\n${JSON.stringify(shape)}\n`).join(''),
    )
    expect(readLedger(log.stateDir)).toMatchObject({ lines: [], torn: shapes.map(() => ({ cut: false })) })
    expect(isLineWhole(encodeLedgerLine({ kind: 'x' }))).toBe(true)
  })
})

describe('the list of runs', () => {
  it('follows each run through parking, taking up and its end', () => {
    const log = newLog()
    const a = log.open({ summary: { graph: 'tree/no-fills', title: 'No fills', locks: ['model:signal'] } })
    log.clock.forward(1000)
    const b = log.open({ summary: { graph: 'runbook/reconciliation', title: 'Reconcile' } })
    const halt = log.open({ run: log.id('halt') })
    expect(listRuns(log.stateDir)).toMatchObject([
      {
        run: a.run,
        graph: 'tree/no-fills',
        title: 'No fills',
        locks: ['model:signal'],
        openedAt: start,
        by: 'oncall',
        state: 'open',
        segments: 1,
      },
      { run: b.run, state: 'open' },
    ])
    a.park({ needs: [need], resumeAt: '2026-11-23T14:30:00.000Z' })
    b.close({ outcome: 'failed', reason: 'positions differ' })
    expect(listRuns(log.stateDir)).toMatchObject([
      { state: 'parked', needs: [need], resumeAt: '2026-11-23T14:30:00.000Z', locks: ['model:signal'] },
      { state: 'closed', outcome: 'failed', endedAt: '2026-11-20T12:00:01.000Z' },
    ])
    const again = log.open({
      run: a.run,
      k: 1,
      header: { event: 'continued' },
      envelope: { actor: 'risk', host: 'h', traceId: 't' },
    })
    expect(listRuns(log.stateDir)[0]).toMatchObject({
      state: 'open',
      by: 'oncall',
      segments: 2,
      title: 'No fills',
      locks: ['model:signal'],
    })
    expect(listRuns(log.stateDir)[0]).not.toHaveProperty('needs')
    again.close({ outcome: 'ok' })
    expect(listRuns(log.stateDir)[0]).toMatchObject({ state: 'closed', outcome: 'ok' })
    expect(listRuns(log.stateDir, 'halt')).toMatchObject([{ run: halt.run, state: 'open' }])
  })

  it('is not turned back by the last line of a holder that was overtaken', () => {
    const log = newLog()
    const first = log.open()
    const file = `${log.stateDir}/audit/ledger/2026-11.ndjson`
    first.park({ needs: [need] })
    const parked =
      readFileSync(file, 'utf8')
        .split('\n')
        .find((line) => line.includes('"parked"')) ?? ''
    log.open({ run: first.run, k: 1 })
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n${parked}\n`)
    expect(listRuns(log.stateDir)).toMatchObject([{ state: 'open', segments: 2 }])
  })
})

describe('the quick check', () => {
  it('sees a segment that is gone, cut or longer, and a ledger that was changed or cannot be read', () => {
    const log = newLog()
    const writer = log.open()
    writer.append({ event: 'a' })
    const path = segmentPath(log.stateDir, writer.name)
    writeFileSync(`${path}.bak`, readFileSync(path))
    writer.close()
    expect(quickCheck(log.stateDir).ok).toBe(true)
    const size = readFileSync(path).length
    truncateSync(path, size - 1)
    expect(quickCheck(log.stateDir)).toMatchObject({
      ok: false,
      problems: [expect.stringContaining(`it has ${String(size - 1)}`)],
    })
    truncateSync(path, size + 1)
    expect(quickCheck(log.stateDir).ok).toBe(false)
    rmSync(path)
    expect(quickCheck(log.stateDir)).toMatchObject({ ok: false, problems: [expect.stringContaining('it is gone')] })
    const dir = `${log.stateDir}/audit/ledger`
    const [file = ''] = readdirSync(dir)
    writeFileSync(`${dir}/${file}`, readFileSync(`${dir}/${file}`, 'utf8').replace('"opened"', '"openee"'))
    expect(quickCheck(log.stateDir).problems).toContainEqual(expect.stringContaining('was changed'))
    rmSync(dir, { recursive: true })
    writeFileSync(dir, 'not a directory')
    expect(quickCheck(log.stateDir)).toMatchObject({ ok: false, problems: [expect.stringContaining('cannot be read')] })
  })
})
