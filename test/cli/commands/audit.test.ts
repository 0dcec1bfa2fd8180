import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { recordEvidence } from '../../../src/audit/evidence.ts'
import { segmentPath } from '../../../src/audit/layout.ts'
import type { SegmentWriter } from '../../../src/audit/segment.ts'
import { search, show, tail } from '../../../src/cli/commands/audit.ts'
import { checkpoint } from '../../../src/cli/commands/audit-checkpoint.ts'
import { verify, whyStale } from '../../../src/cli/commands/audit-verify.ts'
import { newLog, type Log } from '../../audit/writing.ts'
import { say, type Said } from './said.ts'

/** A run that asked something, and a halt in between. */
function sample(): Log & { readonly run: SegmentWriter; readonly halt: SegmentWriter } {
  const log = newLog()
  const run = log.open({ summary: { graph: 'runbook/reconciliation', title: 'Reconcile' } })
  log.clock.forward(60_000)
  run.append({
    event: 'sample',
    step: 'positions',
    expected: 'size(breaks) == 0',
    observed: { breaks: ['AAPL \u001b[2J', 'x'.repeat(90)] },
    result: 'failed',
  })
  log.clock.forward(1000)
  const halt = log.open({
    run: log.id('halt'),
    header: { event: 'kill.engaged', level: 'alarm', data: { reason: 'no fills' } },
  })
  halt.close()
  log.clock.forward(60_000)
  run.append({
    event: 'answer',
    actor: 'risk',
    data: {
      kind: 'answer',
      at: { path: 'no-fills/q1', visit: 1 },
      answer: 'yes',
      evidence: { source: 'venue primary', observed: 'up' },
    },
  })
  recordEvidence(log.stateDir, run, { event: 'reconciliation.completed', status: 'fail' }, log.clock.now)
  run.close({ outcome: 'failed' })
  return { ...log, run, halt }
}

const jsonOf = (said: Said): unknown => JSON.parse(said.out)

describe('desk audit tail', () => {
  it('shows the latest records, grouped by run, within 80 columns and without control characters', async () => {
    const log = sample()
    const said = await say(log, tail, { lines: '4' })
    expect(said).toMatchObject({ exit: 0, err: '' })
    expect(said.out).toBe(
      [
        `${log.run.run}  2026-11-20  oncall@host-1`,
        '     1  12:01:00  sample  positions  failed',
        `${log.halt.run}  2026-11-20  oncall@host-1`,
        '     0  12:01:01  kill.engaged    ALARM',
        `${log.run.run}  2026-11-20  risk@host-1`,
        '     2  12:02:01  answer                    no-fills/q1  yes',
        '     3  12:02:01  reconciliation.completed               fail by oncall',
        '',
      ].join('\n'),
    )
    expect(jsonOf(await say(log, tail, { lines: '1' }, { json: true }))).toMatchObject({
      schema: 1,
      records: [{ segment: log.run.name, seq: 3, event: 'reconciliation.completed' }],
    })
  })

  it('says so where there is nothing, and refuses a count that is none', async () => {
    const log = newLog()
    expect(await say(log, tail, {})).toEqual({ exit: 0, out: '', err: 'no record\n' })
    for (const lines of ['0', '-1', 'x', '99999', '1e3'])
      await expect(say(log, tail, { lines })).rejects.toMatchObject({ exit: 64 })
  })
})

describe('desk audit show', () => {
  it('shows one run with what was expected and seen', async () => {
    const log = sample()
    const { out } = await say(log, show, { run: log.run.run })
    expect(out).toContain('expected  size(breaks) == 0')
    expect(out).toContain('observed  breaks AAPL \\u001b[2J, xxx')
    expect(out).toContain('source    venue primary')
    expect(out).not.toContain('kill.engaged')
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(out).not.toContain('\u001b')
  })

  it('takes any part that only one id has, and suggests what is near', async () => {
    const log = sample()
    expect((await say(log, show, { run: 'halt' })).out).toContain(log.halt.run)
    expect((await say(log, show, { run: log.run.run.slice(-6) })).exit).toBe(0)
    await expect(say(log, show, { run: log.run.run.slice(3, 10) })).rejects.toMatchObject({
      exit: 64,
      code: 'ambiguous-id',
    })
    await expect(say(log, show, { run: `${log.run.run.slice(0, -1)}!` })).rejects.toMatchObject({
      exit: 64,
      code: 'unknown-id',
      hint: `did you mean "${log.run.run}"?`,
    })
    await expect(say(log, show, { run: '../../../etc/passwd' })).rejects.toMatchObject({ exit: 64 })
  })

  it('reports damage, and shows what is sound before it', async () => {
    const log = sample()
    const path = segmentPath(log.stateDir, log.run.name)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"risk"', '"rusk"'))
    const said = await say(log, show, { run: log.run.run })
    expect(said.exit).toBe(1)
    expect(said.out).toContain('positions')
    expect(said.err).toContain(`${log.run.name}:3\n  chain-broken, record 2: the line differs from its hash`)
  })
})

describe('desk audit search', () => {
  it.each([
    [{ event: 'kill' }, ['kill.engaged']],
    [{ event: 'answer' }, ['answer']],
    [{ event: 'kil' }, []],
    [{ actor: 'risk' }, ['answer']],
    [{ run: 'halt-' }, ['kill.engaged']],
    [{ text: 'NO FILLS' }, ['kill.engaged']],
    [{ since: '2026-11-20T12:02:00Z' }, ['answer', 'reconciliation.completed']],
    [{ since: '2026-11-20T07:01:00-05:00', until: '2026-11-20T12:01:01Z' }, ['sample', 'kill.engaged']],
    [{ until: '2026-11-20' }, []],
    [{ since: '2026-11-20', event: 'reconciliation' }, ['reconciliation.completed']],
  ])('%j', async (options, events) => {
    const answer = jsonOf(await say(sample(), search, options, { json: true }))
    expect(answer).toMatchObject({ schema: 1, problems: [], records: events.map((event) => ({ event })) })
  })

  it('refuses a moment that is none', async () => {
    for (const since of ['yesterday', '2026-13-01', '2026-11-20T12:00', ''])
      await expect(say(newLog(), search, { since })).rejects.toMatchObject({ exit: 64 })
  })
})

describe('desk audit verify', () => {
  it('is 0 for a log that nobody touched, and says how far it is anchored', async () => {
    const log = sample()
    expect((await say(log, verify, {})).out).toContain('anchored to nothing')
    const note = await say(log, checkpoint, {})
    expect(note.out).toMatch(/^desk\/\S+\n6\n\S+=\ntime 2026-11-20T12:02:01\.000Z\n\n— desk/)
    log.open({ run: log.id('note') }).close()
    const said = await say(log, verify, {})
    expect(said).toMatchObject({ exit: 0, err: '' })
    expect(said.out).toContain(
      ': valid\n  valid to record 6, ledger of 8 lines\n  anchored to line 6 by the checkpoint of 2026-11-20T12:02:01.000Z\n  2 later lines are vouched for only by themselves\n',
    )
    expect(jsonOf(await say(log, verify, {}, { json: true }))).toMatchObject({
      schema: 1,
      ok: true,
      records: 6,
      anchoredTo: 6,
      ledgerSize: 8,
      problems: [],
      notes: [],
    })
  })

  it('is 1 for one that somebody changed, with the place', async () => {
    const log = sample()
    const path = segmentPath(log.stateDir, log.halt.name)
    writeFileSync(path, '')
    const said = await say(log, verify, {})
    expect(said.exit).toBe(1)
    expect(said.out).toContain(`: CHANGED\n`)
    expect(said.out).toContain(`${log.halt.name}:1\n  truncated, record 0: 0 records are left of 1\n`)
    expect(jsonOf(await say(log, verify, {}, { json: true }))).toMatchObject({
      ok: false,
      problems: [{ segment: log.halt.name, seq: 0, line: 1, code: 'truncated' }],
    })
  })

  it('takes checkpoints that were kept elsewhere', async () => {
    const log = sample()
    const kept = `${log.stateDir}/kept.note`
    writeFileSync(kept, (await say(log, checkpoint, {})).out)
    expect((await say(log, verify, { checkpoints: [kept] })).exit).toBe(0)
    writeFileSync(kept, readFileSync(kept, 'utf8').replace('\n6\n', '\n7\n'))
    expect((await say(log, verify, { checkpoints: [kept] })).out).toContain('checkpoint-invalid')
    await expect(say(log, verify, { checkpoints: [`${kept}.gone`] })).rejects.toMatchObject({
      exit: 2,
      code: 'audit-unreadable',
    })
  })

  it('is 2 where nobody can tell', async () => {
    const log = newLog()
    writeFileSync(log.stateDir, 'no directory')
    await expect(say(log, verify, {})).rejects.toMatchObject({ exit: 2, code: 'audit-unreadable' })
  })

  it('asks on a live desk for a checkpoint that is not older than the last session', () => {
    const monday = new Date('2026-11-23T12:00:00Z') // before the open; Friday's session opened at 14:30 UTC
    expect(whyStale('XNYS', undefined, monday)).toContain('no checkpoint')
    expect(whyStale('XNYS', '2026-11-20T14:29:59.000Z', monday)).toContain('older than the session of 2026-11-20')
    expect(whyStale('XNYS', '2026-11-20T14:30:00.000Z', monday)).toBeUndefined()
    expect(whyStale('XNYS', '2026-11-20T20:00:00.000Z', new Date('2026-11-23T22:00:00Z'))).toContain('2026-11-23')
    expect(whyStale('LSE', '2026-11-20T14:30:00.000Z', monday)).toContain('no calendar LSE')
  })
})
