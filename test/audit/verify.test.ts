import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listCheckpoints } from '../../src/audit/checkpoint.ts'
import { Fenced } from '../../src/audit/failure.ts'
import { loadOrCreateKey, loadVerifierKey } from '../../src/audit/key.ts'
import { openNote, signNote } from '../../src/audit/note.ts'
import { appendLedger, encodeLedgerLine } from '../../src/audit/ledger.ts'
import { readLedger } from '../../src/audit/ledger-read.ts'
import { firstLink } from '../../src/audit/record.ts'
import { readSegment } from '../../src/audit/segment-read.ts'
import { sealAbandoned } from '../../src/audit/recovery.ts'
import { Tree } from '../../src/audit/tree.ts'
import { verify } from '../../src/audit/verify.ts'
import type { SegmentWriter } from '../../src/audit/segment.ts'
import { lineOf } from './plain-line.ts'
import { dayMs, sample, sevenYearsMs, type Sample } from './sample-log.ts'
import { newLog } from './writing.ts'
import { sha256 } from '../../src/model/sha256.ts'

const ledgerOf = (stateDir: string): string => `${stateDir}/audit/ledger/2026-11.ndjson`
const fileOf = (stateDir: string, writer: SegmentWriter): string => `${stateDir}/audit/segments/${writer.name}`
const rewrite = (path: string, change: (text: string) => string): void => {
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

/** Part of a sentence; typed, which the matcher itself is not. */
const saying = (text: string): unknown => expect.stringContaining(text)

describe('verify', () => {
  it('is content with a log that nobody touched, also with an empty one', () => {
    const log = sample()
    expect(log.check()).toMatchObject({
      ok: true,
      records: 6,
      anchoredTo: 8,
      ledgerSize: 8,
      problems: [],
      notes: [],
      anchoredAt: '2026-11-20T12:00:01.000Z',
    })
    expect(log.check({ elsewhere: true })).toMatchObject({ ok: true })
    log.open().close()
    log.anchor()
    // What this host signs itself since then vouches for nothing where there are checkpoints that it cannot reach.
    expect([log.check().anchoredTo, log.check({ elsewhere: true }).anchoredTo]).toEqual([11, 8])
    expect(newLog().stateDir).not.toBe(log.stateDir)
    expect(verify(newLog().stateDir, undefined, { now: new Date(), keepMs: () => 0 })).toMatchObject({
      ok: true,
      records: 0,
      anchoredTo: 0,
    })
  })

  const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')
  const whole = (all: readonly (string | undefined)[]): string => `${all.join('\n')}\n`
  const spaced = (all: readonly (string | undefined)[]): string => all.map((line) => `\n${line ?? ''}\n`).join('')
  const tampering: readonly [string, (log: Sample) => void, object][] = [
    [
      'the last record of a closed segment cut',
      (l) => {
        rewrite(fileOf(l.stateDir, l.closed), (t) => whole(lines(t).slice(0, -1)))
      },
      { code: 'truncated', seq: 2, line: 3 },
    ],
    [
      'a closed segment emptied',
      (l) => {
        rewrite(fileOf(l.stateDir, l.closed), () => '')
      },
      { code: 'truncated', seq: 0, line: 1 },
    ],
    [
      'a record deleted in the middle',
      (l) => {
        rewrite(fileOf(l.stateDir, l.closed), (t) => whole([lines(t)[0], lines(t)[2]]))
      },
      { code: 'chain-broken', seq: 1, line: 2 },
    ],
    [
      'two records swapped',
      (l) => {
        rewrite(fileOf(l.stateDir, l.closed), (t) => whole([lines(t)[0], lines(t)[2], lines(t)[1]]))
      },
      { code: 'chain-broken', seq: 1 },
    ],
    [
      'a record repeated',
      (l) => {
        rewrite(fileOf(l.stateDir, l.closed), (t) => whole([lines(t)[0], lines(t)[1], lines(t)[1], lines(t)[2]]))
      },
      { code: 'chain-broken', seq: 2, line: 3 },
    ],
    [
      'a record appended by hand',
      (l) => {
        rewrite(fileOf(l.stateDir, l.closed), (t) => t + appended(l, 3))
      },
      { code: 'extended', seq: 3, line: 4 },
    ],
    [
      'bytes appended',
      (l) => {
        rewrite(fileOf(l.stateDir, l.closed), (t) => `${t}{"v":1`)
      },
      { code: 'extended', seq: 3 },
    ],
    [
      'a segment rewritten with a sound chain',
      (l) => {
        rewrite(fileOf(l.stateDir, l.parked), (t) => rechained(l.parked, t, '"answer"', '"denial"'))
      },
      { code: 'rewritten', seq: 1 },
    ],
    [
      'a segment deleted',
      (l) => {
        rmSync(fileOf(l.stateDir, l.closed))
      },
      { code: 'deleted' },
    ],
    [
      'a segment put in the place of another',
      (l) => {
        cpSync(fileOf(l.stateDir, l.closed), fileOf(l.stateDir, l.parked))
      },
      { code: 'chain-broken', seq: 0, line: 1 },
    ],
    [
      'a segment nobody announced',
      (l) => {
        forgeSegment(l)
      },
      { code: 'unannounced' },
    ],
    [
      'a file of another name among the segments',
      (l) => {
        cpSync(fileOf(l.stateDir, l.closed), `${l.stateDir}/audit/segments/copy.ndjson`)
      },
      { code: 'foreign-file', segment: 'segments/copy.ndjson' },
    ],
    [
      'something else under the name of a segment',
      (l) => {
        const name = l.closed.name.replace(/.\.0\./, (end) => `${end.startsWith('0') ? '1' : '0'}.0.`)
        writeFileSync(`${l.stateDir}/audit/segments/${name}`, 'hi\n')
      },
      { code: 'unannounced' },
    ],
    [
      'a deletion excused by a forged line',
      (l) => {
        rmSync(fileOf(l.stateDir, l.closed))
        const head =
          readLedger(l.stateDir)
            .lines.map(({ value }) => (value.kind === 'closed' ? value.head : ''))
            .find((h) => h !== '') ?? ''
        appendLedger(
          l.stateDir,
          { kind: 'expired', segment: l.closed.name, head, olderThan: '2030-01-01T00:00:00.000Z' },
          { now: l.clock.now },
        )
      },
      { code: 'deleted-early' },
    ],
    [
      'an artefact deleted',
      (l) => {
        rmSync(`${l.stateDir}/audit/artefacts`, { recursive: true })
      },
      { code: 'artefact-missing', seq: 1 },
    ],
    [
      'a ledger line removed',
      (l) => {
        rewrite(ledgerOf(l.stateDir), (t) => spaced(lines(t).filter((_, i) => i !== 5)))
      },
      { code: 'ledger-truncated' },
    ],
    [
      'a ledger line removed and another one added',
      (l) => {
        rewrite(ledgerOf(l.stateDir), (t) => spaced(lines(t).filter((_, i) => i !== 1)))
        appendLedger(l.stateDir, { kind: 'checkpoint', id: 'x' }, { now: l.clock.now })
      },
      { code: 'ledger-changed' },
    ],
    [
      'two ledger lines swapped',
      (l) => {
        rewrite(ledgerOf(l.stateDir), (t) => spaced(swapped(lines(t), 0, 1)))
      },
      { code: 'ledger-changed' },
    ],
    [
      'a ledger line written anew with a sound hash',
      (l) => {
        rewrite(ledgerOf(l.stateDir), (t) =>
          spaced(lines(t).map((line) => (line.includes('Reconcile') ? encodeLedgerLine(renamed(line)) : line))),
        )
      },
      { code: 'ledger-changed' },
    ],
    [
      'the ledger cut below the anchor',
      (l) => {
        rewrite(ledgerOf(l.stateDir), (t) => spaced(lines(t).slice(0, 4)))
      },
      { code: 'ledger-truncated', seq: 4 },
    ],
    [
      'the ledger deleted',
      (l) => {
        rmSync(`${l.stateDir}/audit/ledger`, { recursive: true })
      },
      { code: 'ledger-truncated', segment: 'ledger' },
    ],
    [
      'the ledger renamed into another month',
      (l) => {
        renameSync(ledgerOf(l.stateDir), ledgerOf(l.stateDir).replace('2026-11', 'older'))
      },
      { code: 'ledger-truncated' },
    ],
    [
      'old lines said to be pruned, although they are young',
      (l) => {
        forgePruning(l)
      },
      { code: 'pruned-early' },
    ],
    [
      'a piece of evidence that no record bears out',
      (l) => {
        appendLedger(
          l.stateDir,
          { kind: 'evidence', event: 'drill', status: 'pass', segment: l.closed.name, seq: 1 },
          { now: l.clock.now },
        )
      },
      { code: 'evidence-differs', seq: 1, line: 2 },
    ],
    [
      'a second end of a segment',
      (l) => {
        appendLedger(
          l.stateDir,
          { kind: 'closed', segment: l.closed.name, records: 1, bytes: 1, head: 'x', torn: 0 },
          { now: l.clock.now },
        )
      },
      { code: 'ledger-disagrees' },
    ],
    [
      'checkpoints of another key',
      (l) => {
        rmSync(`${l.stateDir}/audit/key.pem`)
        rmSync(`${l.stateDir}/audit/key.pub`)
        l.anchor()
      },
      { code: 'checkpoint-invalid' },
    ],
    [
      'a checkpoint of another log, signed with the same key',
      (l) => {
        const [own] = listCheckpoints(l.stateDir)
        const verifier = loadVerifierKey(l.stateDir)
        const text = own === undefined || verifier === undefined ? undefined : openNote(own.note, verifier)
        if (text === undefined) throw new Error('the log has no checkpoint')
        const signer = loadOrCreateKey(l.stateDir, 'desk/paper', l.id())
        const others = signNote(text.replace(/^desk\/paper\n/, 'desk/equities\n'), signer)
        writeFileSync(join(l.stateDir, 'audit', 'checkpoints', own?.name ?? ''), others)
      },
      { code: 'checkpoint-invalid' },
    ],
  ]
  it.each(tampering)('finds %s', (_, change, problem) => {
    const log = sample()
    change(log)
    expect(log.check().problems).toContainEqual(expect.objectContaining(problem))
    expect(log.check().ok).toBe(false)
  })

  it('signs a new month only when no late writer can still add to the old one', () => {
    const log = sample()
    log.clock.forward(Date.parse('2026-12-01T00:00:00.000Z') - log.clock.now().getTime())
    log.open().close()
    expect(log.anchor()).toBe(8)
    // One that had chosen its file just before midnight.
    const late = encodeLedgerLine({ at: log.clock.now().toISOString(), kind: 'checkpoint', id: 'late' })
    rewrite(ledgerOf(log.stateDir), (text) => `${text}\n${late}\n`)
    expect(log.check()).toMatchObject({ ok: true, anchoredTo: 8, ledgerSize: 12 })
    log.clock.forward(60_000)
    expect(log.anchor()).toBe(13)
    expect(log.check()).toMatchObject({ ok: true, anchoredTo: 13 })
  })

  it('finds a whole log replaced, by a checkpoint that was kept elsewhere', () => {
    const log = sample()
    rmSync(`${log.stateDir}/audit`, { recursive: true })
    expect(existsSync(`${log.stateDir}/audit`)).toBe(false)
    expect(log.check({ elsewhere: true }).problems).toMatchObject([
      { code: 'ledger-truncated', message: saying('0 lines are left of 8') },
    ])
  })

  it('finds an open segment cut or rewritten below what a checkpoint saw; above it only a torn tail shows', () => {
    const log = sample()
    const open = log.open()
    open.append({ event: 'intent' })
    log.anchor()
    open.append({ event: 'acted' })
    const path = fileOf(log.stateDir, open)
    const before = readFileSync(path, 'utf8')
    expect(log.check()).toMatchObject({ ok: true, notes: [] })
    writeFileSync(path, `${before}{"v":1,"se`)
    expect(log.check()).toMatchObject({ ok: true, notes: [saying('torn tail of 10 bytes')] })
    writeFileSync(path, whole(lines(before).slice(0, 1)))
    expect(log.check().problems).toMatchObject([{ segment: open.name, code: 'truncated', seq: 1 }])
    writeFileSync(path, rechained(open, before, '"intent"', '"indent"'))
    expect(log.check().problems).toMatchObject([{ segment: open.name, code: 'rewritten' }])
  })

  it('tells what came too late after a take-over, and finds a take-over that was forged', () => {
    const log = sample()
    const first = log.open()
    first.append({ event: 'intent' })
    log.open({ run: first.run, k: 1 })
    expect(() => first.append({ event: 'late' })).toThrow(Fenced)
    expect(log.check()).toMatchObject({ ok: true, notes: [saying('written after it was taken over')] })
    const path = fileOf(log.stateDir, first)
    rewrite(path, (text) => whole(lines(text).slice(0, 1)))
    expect(log.check().problems).toMatchObject([{ segment: first.name, code: 'takeover-differs', seq: 1 }])
  })

  it('finds a header that pins another end than the ledger says', () => {
    const log = sample()
    const first = log.open()
    const second = log.open({ run: first.run, k: 1 })
    const { head } = readSegment(log.stateDir, first.name)
    const path = fileOf(log.stateDir, second)
    writeFileSync(path, rechained(second, readFileSync(path, 'utf8'), head, '0'.repeat(64)))
    expect(log.check().problems).toMatchObject([{ segment: second.name, code: 'takeover-differs', seq: 0, line: 1 }])
  })

  it('holds a segment that was sealed for the dead to what it was', () => {
    const log = sample()
    const open = log.open()
    open.append({ event: 'intent' })
    sealAbandoned(log.stateDir, () => false, log.clock.now)
    expect(log.check().ok).toBe(true)
    rewrite(fileOf(log.stateDir, open), (text) => whole(lines(text).slice(0, 1)))
    expect(log.check().problems).toMatchObject([{ segment: open.name, code: 'truncated', seq: 1 }])
  })

  it('accepts that a segment expires, by an honest line and not before its time', () => {
    const log = sample()
    const head = readSegment(log.stateDir, log.closed.name).head
    log.clock.forward(sevenYearsMs + dayMs)
    appendLedger(
      log.stateDir,
      { kind: 'expired', segment: log.closed.name, head, olderThan: log.clock.now().toISOString() },
      { now: log.clock.now },
    )
    rmSync(fileOf(log.stateDir, log.closed))
    expect(log.check().problems).toMatchObject([{ code: 'deleted-early', message: saying('no checkpoint signs') }])
    log.clock.forward(60_000) // a new month is not signed at once
    log.anchor()
    expect(log.check()).toMatchObject({ ok: true, notes: [`${log.closed.name}: expired`] })
    expect(log.check({ afterMs: -2 * dayMs }).problems).toMatchObject([{ code: 'deleted-early' }])
    const forged = sample()
    forged.clock.forward(sevenYearsMs + dayMs)
    const line = { kind: 'expired', segment: forged.closed.name, olderThan: forged.clock.now().toISOString() } as const
    appendLedger(forged.stateDir, { ...line, head: '0'.repeat(64) }, { now: forged.clock.now })
    rmSync(fileOf(forged.stateDir, forged.closed))
    forged.clock.forward(60_000)
    forged.anchor()
    expect(forged.check().problems).toMatchObject([
      { code: 'deleted-early', message: saying('is not what was written') },
    ])
    rmSync(fileOf(log.stateDir, log.parked))
    const other = { kind: 'expired', segment: log.parked.name, head, olderThan: log.clock.now().toISOString() } as const
    appendLedger(log.stateDir, other, { now: log.clock.now })
    expect(log.check().problems).toMatchObject([{ segment: log.parked.name, code: 'deleted-early' }])
  })

  it('finds a record rewritten after a checkpoint saw it, although segment and ledger agree', () => {
    const log = sample()
    const writer = log.open()
    writer.append({ event: 'answer', data: 'yes' })
    log.anchor()
    writer.close({ outcome: 'ok' })
    expect(log.check()).toMatchObject({ ok: true })
    const path = fileOf(log.stateDir, writer)
    const { head: before, entries } = readSegment(log.stateDir, writer.name)
    let prev = firstLink(writer.name)
    const forged = entries.map(({ h: _, ...record }) => {
      const line = lineOf({ ...record, ...(record.data === 'yes' ? { data: 'not' } : {}), prev })
      prev = line.h
      return line.bytes
    })
    writeFileSync(path, Buffer.concat(forged))
    rewrite(ledgerOf(log.stateDir), (text) =>
      spaced(
        lines(text).map((line) => {
          if (!line.includes(before)) return line
          const { h: _, ...value } = Object.fromEntries(Object.entries(JSON.parse(line) as object))
          return encodeLedgerLine({ ...value, head: prev })
        }),
      ),
    )
    expect(log.check().problems).toMatchObject([
      { segment: writer.name, code: 'rewritten', message: saying('a checkpoint saw other records') },
    ])
  })
})

function swapped(lines: readonly string[], a: number, b: number): (string | undefined)[] {
  return lines.map((line, i) => (i === a ? lines[b] : i === b ? lines[a] : line))
}

function renamed(line: string): object {
  const value: unknown = JSON.parse(line.replace('Reconcile', 'Reconciled'))
  if (typeof value !== 'object' || value === null) throw new TypeError('not a line')
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'h'))
}

/** The text with one replacement and every hash behind it made anew. */
function rechained(writer: SegmentWriter, text: string, from: string, to: string): string {
  let prev = firstLink(writer.name)
  return text
    .replace(from, to)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const body = line.slice(0, -',"h":""}'.length - 64).replace(/"prev":"[0-9a-f]{64}"$/, `"prev":"${prev}"`)
      prev = sha256(body)
      return `${body},"h":"${prev}"}\n`
    })
    .join('')
}

function appended(log: Sample, seq: number): string {
  const { head } = readSegment(log.stateDir, log.closed.name)
  const { h: _, ...last } = readSegment(log.stateDir, log.closed.name).entries[seq - 1] ?? { h: '' }
  if (!('event' in last)) throw new TypeError('no such record')
  return lineOf({ ...last, seq, prev: head }).bytes.toString()
}

function forgeSegment(log: Sample): void {
  const other = newLog()
  const writer = other.open({ run: log.id() })
  writer.append({ event: 'forged' })
  cpSync(fileOf(other.stateDir, writer), fileOf(log.stateDir, writer))
}

/** Somebody who removes the ledger and puts the right compact range over all of it in its place, with the checkpoint still there. */
function forgePruning(log: Sample): void {
  log.clock.forward(dayMs)
  log.open().close()
  const tree = new Tree()
  for (const { text } of readLedger(log.stateDir).lines) tree.add(text)
  rmSync(ledgerOf(log.stateDir))
  writeFileSync(
    ledgerOf(log.stateDir).replace('2026-11', '2019-01-pruned'),
    `\n${encodeLedgerLine({ at: '2019-01-01T00:00:00.000Z', kind: 'pruned', before: tree.range() })}\n`,
  )
}
