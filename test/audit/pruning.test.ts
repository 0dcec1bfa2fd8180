/** Ledger files that go: what is left still proves itself, and what takes their place cannot be changed. */
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { listCheckpoints, parseCheckpoint, type StoredNote } from '../../src/audit/checkpoint.ts'
import { quickCheck } from '../../src/audit/health.ts'
import { glanceAtLog } from '../../src/audit/glance.ts'
import { ledgerDir } from '../../src/audit/layout.ts'
import { appendLedger, encodeLedgerLine } from '../../src/audit/ledger.ts'
import { readLedger } from '../../src/audit/ledger-read.ts'
import { announcePruning, prune } from '../../src/audit/pruning.ts'
import { check, dayMs, expire, expired, filesIn, month, planned, settlingMs, sign } from './aged-log.ts'
import { newLog, type Log } from './writing.ts'
import { sha256 } from '../../src/model/sha256.ts'

const fileIn = (log: Log, name: string): string => `${ledgerDir(log.stateDir)}/${name}`

describe('a ledger file', () => {
  it('goes once all its segments have, and one line stands for it', () => {
    const log = expired({})
    const [first = '', second = '', latest = ''] = filesIn(log)
    const before = check(log)
    expect(before).toMatchObject({ ok: true })
    const lines = readLedger(log.stateDir).lines.filter(({ file }) => file === first || file === second).length
    const gone = expire(log)
    expect(gone).toEqual([first, second])
    expect(filesIn(log)).toEqual([`${second.slice(0, 7)}-pruned.ndjson`, latest])
    const { lines: left } = readLedger(log.stateDir)
    expect(left[0]?.value).toMatchObject({ kind: 'pruned', before: { size: lines } })
    expect(left.filter(({ value }) => value.kind === 'pruned')).toHaveLength(1)
    const peaks = left[0]?.value.kind === 'pruned' ? left[0].value.before.peaks.length : Infinity
    expect(peaks).toBeLessThanOrEqual(Math.log2(lines) + 1)
    const report = check(log)
    expect(report.problems).toEqual([])
    expect(report).toMatchObject({ ok: true, anchoredTo: before.ledgerSize + 2, ledgerSize: before.ledgerSize + 2 })
    expect(report.notes).toContainEqual(expect.stringMatching(/checkpoints? (?:is|are) older than what is kept/))
    expect(quickCheck(log.stateDir)).toEqual({ ok: true, problems: [] })
    expect(glanceAtLog(log.stateDir, () => false).health).toEqual({ ok: true, problems: [] })
    expect(expire(log)).toEqual([])
  })

  it('is vouched for by checkpoints from elsewhere: those that are as long as what is gone, and later ones', () => {
    const log = expired({})
    const copies = listCheckpoints(log.stateDir)
    expire(log)
    const goneTo = readLedger(log.stateDir).lines.flatMap(({ value }) =>
      value.kind === 'pruned' ? [value.before.size] : [],
    )[0]
    const sizeOf = ({ note }: StoredNote): number => parseCheckpoint(note)?.size ?? 0
    const longEnough = copies.filter((copy) => sizeOf(copy) >= (goneTo ?? Infinity))
    expect(longEnough.length).toBeGreaterThan(0)
    const newest = Math.max(...longEnough.map(sizeOf))
    expect(check(log, longEnough)).toMatchObject({ ok: true, anchoredTo: newest })
    const tooShort = copies.filter((copy) => !longEnough.includes(copy))
    expect(check(log, tooShort)).toMatchObject({ ok: true, anchoredTo: 0 })
  })

  it('leaves the lines of what is kept for ever, and the tree goes on around them', () => {
    const log = expired({ halt: true }, { halt: true })
    const halts = (): readonly string[] =>
      readLedger(log.stateDir).lines.flatMap(({ text, value }) =>
        'segment' in value && value.segment.startsWith('halt-') ? [text] : [],
      )
    const before = halts()
    expect(before).toHaveLength(4)
    expect(expire(log).length).toBeGreaterThan(2)
    expect(halts()).toEqual(before)
    expect(check(log)).toMatchObject({ ok: true, problems: [] })
    expect(quickCheck(log.stateDir)).toEqual({ ok: true, problems: [] })
  })

  it('stays while it speaks of a run that has not ended, and so do those after it', () => {
    const log = expired({}, { open: true }, {})
    const [first = '', second = '', ...later] = filesIn(log)
    const others = [second, ...later]
    const { heldBack } = planned(log)
    expect(heldBack?.file).toBe(second)
    expect(isStillOpen(log, heldBack?.segment ?? '')).toBe(true)
    expect(expire(log)).toEqual([first])
    // Also where nothing more goes, that is told.
    expect(planned(log)).toMatchObject({ files: [], heldBack: { file: second } })
    expect(filesIn(log)).toEqual([`${first.slice(0, 7)}-pruned.ndjson`, ...others])
    expect(check(log)).toMatchObject({ ok: true })
  })

  it('goes with what took the place of older ones before', () => {
    const log = expired({ halt: true }, { open: true }, {})
    expect(expire(log)).toHaveLength(1)
    // The process of the open run had died; what it did has long been settled.
    const [open] = readLedger(log.stateDir).lines.flatMap(({ value }) =>
      value.kind === 'opened' && isStillOpen(log, value.segment) ? [value.segment] : [],
    )
    log.open({ run: open?.slice(0, -'.0.ndjson'.length) ?? '', k: 1 }).close({ outcome: 'aborted' })
    sign(log)
    log.clock.forward(700 * dayMs)
    log.open().close()
    expect(expire(log)).toEqual([])
    log.clock.forward(settlingMs)
    const gone = expire(log)
    expect(gone[0]).toMatch(/-pruned\.ndjson$/)
    expect(check(log)).toMatchObject({ ok: true, problems: [] })
    expect(filesIn(log)).toHaveLength(2)
  })

  it('is not what shows tampering: that is evidence', () => {
    const log = expired({})
    const [first = ''] = filesIn(log)
    writeFileSync(fileIn(log, first), readFileSync(fileIn(log, first), 'utf8').replace('oncall', 'nobody'))
    expect(planned(log)).toMatchObject({ files: [], reason: 'the ledger does not verify' })
    expect(expire(log)).toEqual([])
  })

  it('is not what a forged tombstone let go: that its segment is missed is all that is left of it', () => {
    const log = newLog()
    const victim = log.open()
    month(log)
    log.clock.forward(700 * dayMs)
    log.open().close({ outcome: 'ok' })
    expire(log)
    const segment = `${victim.run}.0.ndjson`
    rmSync(`${log.stateDir}/audit/segments/${segment}`)
    const line = { kind: 'expired', segment, head: 'f'.repeat(64), olderThan: '2027-01-01T00:00:00.000Z' } as const
    appendLedger(log.stateDir, line, { now: log.clock.now })
    log.clock.forward(settlingMs)
    sign(log)
    expect(check(log).problems).toMatchObject([{ segment, code: 'deleted-early' }])
    expect(planned(log)).toMatchObject({ files: [], heldBack: { segment } })
    expect(expire(log)).toEqual([])
    expect(check(log).problems).toMatchObject([{ segment, code: 'deleted-early' }])
  })

  it('is not deleted for what somebody put in its place, though desk has signed whatever lay there', () => {
    const log = expired({ halt: true })
    const before = filesIn(log)
    // What a fold over the ledger would then find: nothing that was ever decided.
    const text = `\n${encodeLedgerLine({ at: log.clock.now().toISOString(), kind: 'pruned', before: { size: 1, peaks: [sha256('')] } })}\n`
    const file = '9998-12-pruned.ndjson'
    writeFileSync(fileIn(log, file), text)
    const announcing = { at: log.clock.now().toISOString(), kind: 'pruning', file, sha256: sha256(text) }
    writeFileSync(fileIn(log, '9999-01.ndjson'), `\n${encodeLedgerLine(announcing)}\n`)
    log.clock.forward(settlingMs)
    expect(planned(log).reason).toBe('the ledger does not verify')
    expect(expire(log)).toEqual([])
    expect(filesIn(log)).toEqual(expect.arrayContaining([...before]))
    expect(check(log).ok).toBe(false)
  })

  it('leaves no draft of a process that died, and none of one that may live', () => {
    const log = expired({})
    const [dead, young] = [`.2026-11-pruned.ndjson.${log.id()}`, `.2026-11-pruned.ndjson.${log.id()}`]
    const nowS = log.clock.now().getTime() / 1000
    for (const [name, ageS] of [
      [dead, 3 * 3600],
      [young, 60],
    ] as const) {
      writeFileSync(fileIn(log, name), 'cut sho')
      utimesSync(fileIn(log, name), nowS - ageS, nowS - ageS)
    }
    expect(expire(log).length).toBeGreaterThan(0)
    expect(readdirSync(ledgerDir(log.stateDir)).filter((name) => name.startsWith('.'))).toEqual([young])
  })
})

describe('what takes the place of old files', () => {
  const cases: readonly (readonly [string, (log: Log, file: string, text: string) => void, string])[] = [
    [
      'another compact range',
      (log, file, text) => {
        const other = text.replace(/"peaks":\["(.)/, (all, c: string) => all.replace(/.$/, c === 'A' ? 'B' : 'A'))
        writeFileSync(fileIn(log, file), rehashed(other))
      },
      'ledger-changed',
    ],
    [
      'another range whose line does not even carry its own hash',
      (log, file, text) => {
        writeFileSync(fileIn(log, file), text.replace(/"size":\d+/, '"size":1'))
      },
      'ledger-line-changed',
    ],
    [
      'a smaller size',
      (log, file, text) => {
        writeFileSync(fileIn(log, file), rehashed(text.replace(/"size":\d+/, '"size":1')))
      },
      'ledger-line-changed',
    ],
    [
      'fewer peaks',
      (log, file, text) => {
        writeFileSync(fileIn(log, file), rehashed(text.replace(/"peaks":\["[^"]*",?/, '"peaks":[')))
      },
      'ledger-line-changed',
    ],
    [
      'a line of what is kept for ever left out',
      (log, file, text) => {
        writeFileSync(
          fileIn(log, file),
          text
            .split('\n')
            .filter((line) => !/"kind":"closed"/.test(line))
            .join('\n'),
        )
      },
      'ledger-line-changed',
    ],
    [
      'nothing at all',
      (log, file) => {
        rmSync(fileIn(log, file))
      },
      'ledger-truncated',
    ],
  ]
  it.each(cases)('%s is found', (_, tamper, code) => {
    const log = expired({ halt: true })
    expire(log)
    const [file = ''] = filesIn(log)
    tamper(log, file, readFileSync(fileIn(log, file), 'utf8'))
    const { ok, problems } = check(log)
    expect(ok).toBe(false)
    expect(problems.map((each) => each.code)).toContain(code)
  })

  it('is found where it was never announced, though it be right and old enough', () => {
    const log = expired({ halt: true })
    const { successor } = planned(log)
    expect(successor).toBeDefined()
    writeFileSync(fileIn(log, successor?.file ?? ''), successor?.text ?? '')
    expect(check(log).problems.map(({ code }) => code)).toContain('pruned-otherwise')
    // Nor does desk take it for its own and delete what it stands for.
    expect(expire(log)).toEqual([])
    expect(filesIn(log)).toHaveLength(4)
    // Announced, and not signed, it is nothing either.
    const other = expired({ halt: true })
    const plan = planned(other)
    announcePruning(other.stateDir, plan, other.clock.now)
    expect(prune(other.stateDir, plan, 1, { unique: other.id(), nowMs: other.clock.now().getTime() })).toEqual([])
    expect(check(other)).toMatchObject({ ok: true })
  })

  it('is found where its lines are young, whatever was announced and signed', () => {
    const log = newLog()
    month(log)
    const [first = ''] = filesIn(log)
    const file = `${first.slice(0, 7)}-pruned.ndjson`
    const text = `\n${encodeLedgerLine({ at: '2026-11-30T00:00:00.000Z', kind: 'pruned', before: { size: 1, peaks: [sha256('')] } })}\n`
    appendLedger(log.stateDir, { kind: 'pruning', file, sha256: sha256(text) }, { now: log.clock.now })
    sign(log)
    writeFileSync(fileIn(log, file), text)
    expect(check(log).ok).toBe(false)
  })
})

function isStillOpen(log: Log, segment: string): boolean {
  const path = `${log.stateDir}/audit/segments/${segment}`
  return existsSync(path) && !readFileSync(path, 'utf8').includes('"event":"closed"') && segment.startsWith('run-')
}

/** Every line with a hash of its own again. */
const rehashed = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : encodeLedgerLine(withoutHash(line))))
    .join('\n')
function withoutHash(line: string): object {
  const value: unknown = JSON.parse(line)
  if (typeof value !== 'object' || value === null) throw new TypeError('not a line')
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'h'))
}
