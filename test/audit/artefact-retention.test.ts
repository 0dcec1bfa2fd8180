import { existsSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { deleteUnneeded, findUnneeded } from '../../src/audit/artefact-retention.ts'
import { asideOf, getArtefact, putArtefact } from '../../src/audit/artefact.ts'
import { makeCheckpoint } from '../../src/audit/checkpoint.ts'
import { loadOrCreateKey, loadVerifierKey } from '../../src/audit/key.ts'
import { artefactsDir } from '../../src/audit/layout.ts'
import { announceExpiry, deleteExpired, planExpiry } from '../../src/audit/retention.ts'
import { verify } from '../../src/audit/verify.ts'
import { newLog, type Log } from './writing.ts'

const dayMs = 86_400_000
const now = new Date()
const keepMs = (): number => 1000 * dayMs
const put = (log: Log, text: string): string => putArtefact(log.stateDir, Buffer.from(text), log.id('note'))
const pathOf = (log: Log, name: string): string => `${artefactsDir(log.stateDir)}/${name}`
const age = (log: Log, ...names: readonly string[]): void => {
  const then = new Date(now.getTime() - 2 * dayMs)
  for (const name of names) utimesSync(pathOf(log, name), then, then)
}
const check = (log: Log) => verify(log.stateDir, loadVerifierKey(log.stateDir), { now: log.clock.now(), keepMs })

/** One run that has long ended, and one of today; each has a document of its own, and both have one. */
function sample() {
  const log = newLog()
  const [old = '', both = '', young = ''] = ['old', 'both', 'young'].map((text) => put(log, text))
  const pin = (...hashes: readonly string[]) => ({ pinned: { documents: hashes.map((sha256) => ({ sha256 })) } })
  const first = log.open({ header: { event: 'opened', data: pin(old, both) } })
  first.close({ outcome: 'ok' })
  log.clock.forward(1001 * dayMs)
  const second = log.open({ header: { event: 'opened', data: pin(both) } })
  second.append({ event: 'seen', observed: { artefact: young } })
  second.close({ outcome: 'ok' })
  age(log, old, both, young)
  return { ...log, old, both, young, first: first.name }
}

function expireSegments(log: Log): readonly string[] {
  const plan = planExpiry(log.stateDir, { now: log.clock.now(), keepMs })
  announceExpiry(log.stateDir, plan, log.clock.now)
  log.clock.forward(60_000)
  const key = loadOrCreateKey(log.stateDir, 'desk/paper', log.id('note'))
  return deleteExpired(log.stateDir, plan, makeCheckpoint(log.stateDir, key, log.id('note'), log.clock.now).size)
}

describe('an artefact', () => {
  it('goes with the last segment that names it, and what remains is proved as before', () => {
    const log = sample()
    expect(findUnneeded(log.stateDir, new Set(), now)).toEqual([])
    expect(findUnneeded(log.stateDir, new Set([log.first]), now)).toEqual([log.old])
    expect(deleteUnneeded(log.stateDir, now)).toEqual([])
    expect(expireSegments(log)).toEqual([log.first])
    expect(deleteUnneeded(log.stateDir, now)).toEqual([log.old])
    expect(readdirSync(artefactsDir(log.stateDir)).sort()).toEqual([log.both, log.young].sort())
    expect(check(log)).toMatchObject({ ok: true, problems: [] })
  })

  it('that goes while a record names it is found', () => {
    const log = sample()
    expireSegments(log)
    renameSync(pathOf(log, log.young), `${log.stateDir}/elsewhere`)
    expect(check(log).problems).toMatchObject([{ code: 'artefact-missing' }])
  })

  it('stays for a day after it was stored or used again: its record may be on its way', () => {
    const log = newLog()
    const [stored, used] = [put(log, 'stored'), put(log, 'used')]
    age(log, stored, used)
    expect(put(log, 'used')).toBe(used)
    expect(deleteUnneeded(log.stateDir, now)).toEqual([stored])
    expect(getArtefact(log.stateDir, used).kind).toBe('content')
  })

  it('is named also by a segment that is damaged or torn', () => {
    const log = sample()
    expireSegments(log)
    const other = put(log, 'other')
    age(log, other)
    writeFileSync(`${log.stateDir}/audit/segments/${log.id()}.0.ndjson`, `{"torn":"${other}`)
    expect(deleteUnneeded(log.stateDir, now)).toEqual([log.old])
  })

  it('that was put aside when the process died is still there, and comes back or goes the next time', () => {
    const log = sample()
    for (const name of [log.old, log.both]) renameSync(pathOf(log, name), pathOf(log, asideOf(name)))
    expect(getArtefact(log.stateDir, log.both).kind).toBe('content')
    expect(check(log).problems).toEqual([])
    // Meanwhile somebody stores one of them anew.
    put(log, 'both')
    expireSegments(log)
    expect(deleteUnneeded(log.stateDir, now)).toEqual([log.old])
    expect(readFileSync(pathOf(log, log.both), 'utf8')).toBe('both')
    expect(readdirSync(artefactsDir(log.stateDir)).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('left as a draft by a writer that died goes after a day', () => {
    const log = sample()
    const draft = `.${log.old}.${log.id('note')}`
    writeFileSync(pathOf(log, draft), 'ol')
    expect(deleteUnneeded(log.stateDir, now)).toEqual([])
    age(log, draft)
    expect(deleteUnneeded(log.stateDir, now)).toEqual([draft])
    expect(existsSync(pathOf(log, draft))).toBe(false)
    expect(deleteUnneeded(newLog().stateDir, now)).toEqual([])
  })
})
