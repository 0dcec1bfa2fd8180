import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { getArtefact } from '../../../src/audit/artefact.ts'
import { readRun } from '../../../src/audit/segment-read.ts'
import { listRuns } from '../../../src/audit/runs.ts'
import { setFault } from '../../../src/adapters/paper/switch-fault.ts'
import { mayTradeInBoot } from '../../../src/killswitch/gate.ts'
import { openSession } from '../../../src/killswitch/session.ts'
import { readTrading } from '../../../src/killswitch/trading.ts'
import type { Effected } from '../../../src/ports/adapter.ts'
import { callOf } from '../support.ts'
import { composed, leaveEvidence, paperDesk, type TestDesk } from './support.ts'

const acting = (desk: TestDesk) => {
  const { adapter } = composed(desk)
  return {
    adapter,
    act: (name: string, args: Record<string, unknown>, key = 'k'): Promise<Effected> =>
      adapter.act({ ...callOf(`desk.${name}`, args), key }),
    lookup: (name: string, args: Record<string, unknown>, key = 'k') =>
      adapter.lookup({ ...callOf(`desk.${name}`, args), key }),
    read: (name: string, args: Record<string, unknown> = {}) => adapter.read(callOf(`desk.${name}`, args)),
  }
}
const trading = (desk: TestDesk) => readTrading(desk.stateDir, desk.now().getTime(), desk.boot)
const gate = (desk: TestDesk, ask: object = {}) => mayTradeInBoot({ stateDir: desk.stateDir, ...ask }, desk.boot)
const valueIn = (answer: unknown): Record<string, unknown> => (answer as { value: Record<string, unknown> }).value
/** Nothing can be kept any more: a file lies where a directory has to be. */
const blockLog = (desk: TestDesk): void => {
  for (const name of ['audit', 'effects']) {
    rmSync(`${desk.stateDir}/${name}`, { recursive: true, force: true })
    writeFileSync(`${desk.stateDir}/${name}`, '')
  }
}

describe('desk.halt', () => {
  test('halts, puts it on record, and tells so when it stands already', async () => {
    const desk = paperDesk()
    const { act, read, lookup } = acting(desk)
    expect(await lookup('halt', { scope: 'all', reason: 'drill' })).toMatchObject({ kind: 'not-done' })
    const first = await act('halt', { scope: 'all', reason: 'drill' })
    expect(first).toMatchObject({ kind: 'done', source: 'desk', value: { already: false } })
    expect(gate(desk).allowed).toBe('none')
    expect(trading(desk).halts).toMatchObject([{ id: valueIn(first)['epoch'], by: 'oncall', reason: 'drill' }])
    expect(await act('halt', { scope: 'all', reason: 'again' }, 'other')).toMatchObject({ value: { already: true } })
    const state = await read('trading')
    expect(state).toMatchObject({ value: { state: 'HALTED', sizeMultiplier: 0, since: valueIn(first)['at'] } })
  })
  test('the same key halts once; a halt whose outcome was lost is found by the state', async () => {
    const desk = paperDesk()
    const { act, lookup } = acting(desk)
    const args = { scope: 'all', reason: 'drill' }
    const first = await act('halt', args)
    desk.clock.forward(60_000)
    expect(await act('halt', args)).toEqual(first)
    expect(trading(desk).halts).toHaveLength(1)
    expect(await lookup('halt', args)).toMatchObject({ kind: 'done', value: valueIn(first) })
    expect(await lookup('halt', args, 'lost')).toMatchObject({
      kind: 'done',
      value: { epoch: valueIn(first)['epoch'] },
    })
  })
  test('the same key halts again where the halt no longer stands', async () => {
    const desk = paperDesk()
    const { act } = acting(desk)
    await act('halt', { scope: 'all', reason: 'drill' })
    for (const token of ['trade', 'open']) writeFileSync(`${desk.stateDir}/permit/${token}@${desk.boot}`, '{}')
    expect(gate(desk).allowed).toBe('all')
    expect(await act('halt', { scope: 'all', reason: 'drill' })).toMatchObject({ kind: 'done' })
    expect(gate(desk).allowed).toBe('none')
  })
  test('a scope halts only that; one that makes no sense halts everything', async () => {
    const desk = paperDesk()
    const { act } = acting(desk)
    await act('halt', { scope: 'venue:primary', reason: 'drill' })
    expect([gate(desk, { venue: 'primary' }).allowed, gate(desk, { venue: 'backup' }).allowed]).toEqual(['none', 'all'])
    const answer = await act('halt', { scope: 'venu:primary', reason: 'typo' }, 'other')
    expect(answer).toMatchObject({ kind: 'done', source: expect.stringContaining('everything is halted') as string })
    expect(gate(desk).allowed).toBe('none')
  })
  test('halts although nothing can be put on record, and says so', async () => {
    const desk = paperDesk()
    const { act } = acting(desk)
    blockLog(desk)
    const answer = await act('halt', { scope: 'all', reason: 'drill' })
    expect(answer).toMatchObject({ kind: 'done', source: expect.stringContaining('not on record') as string })
    expect(gate(desk).allowed).toBe('none')
  })
})

describe('desk.throttle', () => {
  test('takes the level at or below the ceiling and never raises', async () => {
    const desk = paperDesk()
    const { act } = acting(desk)
    const to = async (ceiling: string, key: string) =>
      valueIn(await act('throttle', { ceiling, reason: 'r' }, key))['sizeMultiplier']
    expect(await to('0.8', 'a')).toBe(0.5)
    expect(await to('1', 'b')).toBe(0.5)
    expect(await to('0.25', 'c')).toBe(0.25)
    expect(await to('0.5', 'd')).toBe(0.25)
    expect(await to('0.1', 'e')).toBe(0)
    expect(gate(desk).allowed).toBe('reduce-only')
  })
  test.each([{}, { ceiling: '-0.5' }, { ceiling: '1.5' }, { halve: false }])('%j is no throttle', async (args) => {
    const desk = paperDesk()
    expect(await acting(desk).act('throttle', { ...args, reason: 'r' })).toMatchObject({ kind: 'failed' })
    expect(gate(desk).sizeMultiplier).toBe(1)
  })
  test('halves once per key, whatever happened in between', async () => {
    const desk = paperDesk()
    const { act, lookup } = acting(desk)
    const args = { halve: true, reason: 'r' }
    expect(await lookup('throttle', args)).toMatchObject({ kind: 'not-done' })
    expect(await act('throttle', args)).toMatchObject({ value: { sizeMultiplier: 0.5 } })
    expect(await act('throttle', args)).toMatchObject({ value: { sizeMultiplier: 0.5 } })
    expect(gate(desk).sizeMultiplier).toBe(0.5)
    expect(await act('throttle', args, 'second')).toMatchObject({ value: { sizeMultiplier: 0.25 } })
    expect(await act('throttle', args, 'third')).toMatchObject({ value: { sizeMultiplier: 0 } })
  })
  test('a crash before its end was noted: the first plan holds, and the state tells that it took place', async () => {
    const desk = paperDesk()
    const { act, lookup } = acting(desk)
    const args = { halve: true, reason: 'r' }
    await act('throttle', args)
    for (const file of filesOf(desk, 'done')) rmSync(file)
    expect(await lookup('throttle', args)).toMatchObject({ kind: 'done', value: { sizeMultiplier: 0.5 } })
    expect(await act('throttle', args)).toMatchObject({ value: { sizeMultiplier: 0.5 } })
    expect(gate(desk).sizeMultiplier).toBe(0.5)
  })
  test('a file of an effect that makes no sense cannot tell', async () => {
    const desk = paperDesk()
    const { act, lookup } = acting(desk)
    await act('throttle', { halve: true, reason: 'r' })
    for (const file of filesOf(desk, 'done')) writeFileSync(file, 'torn')
    expect(await lookup('throttle', { halve: true, reason: 'r' })).toMatchObject({ kind: 'cannot-tell' })
  })
  test('lowers although nothing can be kept', async () => {
    const desk = paperDesk()
    blockLog(desk)
    expect(await acting(desk).act('throttle', { ceiling: '0.25', reason: 'r' })).toMatchObject({ kind: 'done' })
    expect(gate(desk).sizeMultiplier).toBe(0.25)
  })
  test('throttleOrders halves the rate once per key, to a quarter at least', async () => {
    const desk = paperDesk()
    const { act, lookup } = acting(desk)
    const rate = async (key: string) => valueIn(await act('throttleOrders', { reason: 'r' }, key))['orderRate']
    expect([await rate('a'), await rate('a'), await rate('b'), await rate('c')]).toEqual([0.5, 0.5, 0.25, 0.25])
    expect(gate(desk)).toMatchObject({ orderRate: 0.25, sizeMultiplier: 1 })
    expect(await lookup('throttleOrders', { reason: 'r' }, 'd')).toMatchObject({ kind: 'not-done' })
  })
})

/** By name, so that a test can lose or tear them. */
function filesOf(desk: TestDesk, stage: string): readonly string[] {
  const dir = `${desk.stateDir}/effects`
  const files = readdirSync(dir).filter((name) => name.endsWith(`.${stage}.json`))
  expect(files).not.toHaveLength(0)
  return files.map((name) => `${dir}/${name}`)
}

describe('desk.hold and desk.liftHold', () => {
  const order = { rule: 'gates/daily/D2', scopes: ['model:signal', 'symbol:NVDA'], kind: 'no-new', reason: 'r' }
  test('holds every scope until that rule lifts it, and nothing else', async () => {
    const desk = paperDesk()
    const { act, lookup, read } = acting(desk)
    expect(await lookup('hold', order)).toMatchObject({ kind: 'not-done' })
    expect(await act('hold', order)).toMatchObject({ kind: 'done', value: { placed: 2 } })
    expect(await lookup('hold', order, 'lost')).toMatchObject({ kind: 'done', value: { placed: 2 } })
    expect(await read('trading')).toMatchObject({ value: { state: 'ACTIVE', holds: 2 } })
    const allowed = () => [
      gate(desk, { model: 'signal' }).allowed,
      gate(desk, { symbol: 'NVDA' }).allowed,
      gate(desk).allowed,
    ]
    expect(allowed()).toEqual(['none', 'none', 'all'])
    expect(await act('liftHold', { rule: 'another' }, 'l1')).toMatchObject({ value: { lifted: 0 } })
    expect(allowed()).toEqual(['none', 'none', 'all'])
    expect(await lookup('liftHold', { rule: order.rule }, 'l2')).toMatchObject({ kind: 'not-done' })
    expect(await act('liftHold', { rule: order.rule }, 'l2')).toMatchObject({ value: { lifted: 2 } })
    expect(allowed()).toEqual(['all', 'all', 'all'])
    expect(await lookup('liftHold', { rule: order.rule }, 'lost')).toMatchObject({ kind: 'done' })
  })
  test('a scope that makes no sense fails, and the others are held', async () => {
    const desk = paperDesk()
    const answer = await acting(desk).act('hold', { ...order, scopes: ['model:signal', 'symbol:../x'] })
    expect(answer).toMatchObject({ kind: 'failed', reason: 'no scope: "symbol:../x"' })
    expect(gate(desk, { model: 'signal' }).allowed).toBe('none')
  })
  test('no scope at all fails', async () => {
    expect(await acting(paperDesk()).act('hold', { ...order, scopes: [] })).toMatchObject({ kind: 'failed' })
  })
  test('a hold that could not be marked is not called lifted', async () => {
    const desk = paperDesk()
    const { act, lookup } = acting(desk)
    // As a full disk leaves it: the directory is there, the file that names the cause is not.
    mkdirSync(join(desk.stateDir, 'permit', 'hold-desk'))
    expect(await act('liftHold', { rule: order.rule }, 'l')).toMatchObject({
      kind: 'failed',
      reason: 'still closed by a hold that names no cause: all',
    })
    expect(await lookup('liftHold', { rule: order.rule }, 'lost')).toMatchObject({ kind: 'not-done' })
  })
  test('nothing is lifted that cannot be put on record', async () => {
    const desk = paperDesk()
    const { act } = acting(desk)
    await act('hold', order)
    blockLog(desk)
    expect(await act('liftHold', { rule: order.rule }, 'l')).toMatchObject({ kind: 'failed' })
    expect(gate(desk, { model: 'signal' }).allowed).toBe('none')
  })
})

describe('desk.evidence', () => {
  const event = 'reconciliation.completed'
  test('tells nothing found, passes and failures, with their age', async () => {
    const desk = paperDesk()
    const { read } = acting(desk)
    expect(valueIn(await read('evidence', { event }))).toEqual({ found: false, passed: false, sinceHalt: false })
    leaveEvidence(desk, event, 'pass')
    const at = desk.now().toISOString()
    desk.clock.forward(90_000)
    expect(valueIn(await read('evidence', { event }))).toEqual({
      ...{ found: true, passed: true, sinceHalt: true },
      ageMinutes: 1.5,
      at,
    })
    leaveEvidence(desk, event, 'fail')
    expect(valueIn(await read('evidence', { event }))).toMatchObject({ found: true, passed: false, ageMinutes: 0 })
  })
  test('counts as since the halt only when it is younger than every halt that stands', async () => {
    const desk = paperDesk()
    const { act, read } = acting(desk)
    const sinceHalt = async () => valueIn(await read('evidence', { event }))['sinceHalt']
    leaveEvidence(desk, event, 'pass')
    expect(await sinceHalt()).toBe(true)
    desk.clock.forward(1000)
    await act('halt', { scope: 'all', reason: 'drill' })
    expect(await sinceHalt()).toBe(false)
    leaveEvidence(desk, event, 'pass')
    expect(await sinceHalt()).toBe(false)
    desk.clock.forward(1)
    leaveEvidence(desk, event, 'pass')
    expect(await sinceHalt()).toBe(true)
    desk.clock.forward(1000)
    await act('halt', { scope: 'venue:backup', reason: 'drill' }, 'other')
    expect(await sinceHalt()).toBe(false)
  })
  test('is not since the halt where nobody knows when it began', async () => {
    const desk = paperDesk()
    leaveEvidence(desk, event, 'pass')
    rmSync(`${desk.stateDir}/permit/trade@${desk.boot}`)
    expect(valueIn(await acting(desk).read('evidence', { event }))['sinceHalt']).toBe(false)
  })
  test('that was tampered with is a failure', async () => {
    const desk = paperDesk()
    leaveEvidence(desk, event, 'fail')
    const segment = `${desk.stateDir}/audit/segments/${listRuns(desk.stateDir)[0]!.run}.0.ndjson`
    chmodSync(segment, 0o600)
    writeFileSync(segment, readFileSync(segment, 'utf8').replace('"fail"', '"pass"'))
    expect(await acting(desk).read('evidence', { event })).toMatchObject({ kind: 'failure' })
  })
})

describe('desk.trading and desk.session', () => {
  test('the state is told while the tickets are away, and how many incidents are open is not', async () => {
    const desk = paperDesk()
    await setFault(desk, 'adapter-throws', true)
    const read = await acting(desk).read('trading')
    expect(read).toMatchObject({ kind: 'value', value: { state: 'ACTIVE' } })
    expect(read.kind === 'value' ? read.value : {}).not.toHaveProperty('openIncidents')
  })
  test('the state is not told where nobody knows since when it is', async () => {
    const desk = paperDesk()
    rmSync(`${desk.stateDir}/permit/trade@${desk.boot}`)
    expect(await acting(desk).read('trading')).toMatchObject({ kind: 'failure', reason: /nobody knows since when/ })
  })
  test('the session in progress, none, and beyond the calendar', async () => {
    const desk = paperDesk()
    const { read } = acting(desk)
    expect(valueIn(await read('session'))).toMatchObject({ inSession: true, minutesToClose: 330 })
    desk.clock.forward(330 * 60_000)
    expect(valueIn(await read('session'))).toMatchObject({ inSession: false })
    expect(valueIn(await read('session'))).not.toHaveProperty('minutesToClose')
    expect(valueIn(await read('session'))).toHaveProperty('minutesToOpen')
    desk.clock.forward(10 * 365 * 86_400_000)
    expect(await read('session')).toMatchObject({ kind: 'failure' })
  })
})

describe('desk.snapshot', () => {
  test('keeps positions, hosts and predictions under their hash', async () => {
    const desk = paperDesk()
    const answer = await acting(desk).act('snapshot', { minutes: 10 })
    expect(answer).toMatchObject({ kind: 'done', value: { positions: 6, hosts: 8 } })
    const artefact = getArtefact(desk.stateDir, String(valueIn(answer)['sha256']))
    expect(artefact.kind).toBe('content')
    expect(artefact.kind === 'content' && artefact.content.toString()).toContain('"symbol":"NVDA"')
  })
  test('with a part missing has failed, and keeps the rest', async () => {
    const desk = paperDesk()
    await setFault(desk, 'venue-silent', true)
    const answer = await acting(desk).act('snapshot', { minutes: 10 })
    expect(answer).toMatchObject({ kind: 'failed', reason: /fetchPositions of primary/ })
    const sha256 = /[0-9a-f]{64}/.exec(answer.kind === 'failed' ? answer.reason : '')?.[0] ?? ''
    expect(getArtefact(desk.stateDir, sha256).kind).toBe('content')
  })
})

describe('desk.note', () => {
  const notes = (desk: TestDesk) =>
    listRuns(desk.stateDir, 'note').flatMap(({ run }) => readRun(desk.stateDir, run).segments.flatMap((s) => s.entries))
  test('puts a sentence on record once per key, with who said it', async () => {
    const desk = paperDesk()
    const { act, lookup } = acting(desk)
    expect(await lookup('note', { text: 'watching' })).toMatchObject({ kind: 'not-done' })
    await act('note', { text: 'watching' })
    desk.clock.forward(5000)
    await act('note', { text: 'watching' })
    expect(notes(desk)).toMatchObject([{ event: 'note', actor: 'oncall', data: { text: 'watching' } }])
    for (const file of filesOf(desk, 'done')) rmSync(file)
    expect(await lookup('note', { text: 'watching' })).toMatchObject({ kind: 'done' })
    await act('note', { text: 'watching' })
    expect(notes(desk)).toHaveLength(1)
  })
  test('that cannot be put on record has failed', async () => {
    const desk = paperDesk()
    blockLog(desk)
    expect(await acting(desk).act('note', { text: 'watching' })).toMatchObject({ kind: 'failed' })
  })
})

describe('desk.requestRelease', () => {
  test('asks once per key, permits nothing, and is found again', async () => {
    const desk = paperDesk()
    const { act, lookup } = acting(desk)
    const args = { reason: 'reviewed' }
    expect(await act('requestRelease', args, 'early')).toMatchObject({ kind: 'failed', reason: /not halted/ })
    await act('halt', { scope: 'all', reason: 'drill' })
    expect(await lookup('requestRelease', args, 'ask')).toMatchObject({ kind: 'not-done' })
    const asked = await act('requestRelease', args, 'ask')
    expect(asked).toMatchObject({ kind: 'done', value: { expires: '2026-11-20T16:00:00.000Z' } })
    expect(await act('requestRelease', args, 'ask')).toEqual(asked)
    expect(gate(desk).allowed).toBe('none')
    expect(existsSync(`${desk.stateDir}/permit/trade+${String(valueIn(asked)['request'])}`)).toBe(true)
    for (const file of filesOf(desk, 'done')) rmSync(file)
    expect(await lookup('requestRelease', args, 'ask')).toMatchObject({ kind: 'done', value: valueIn(asked) })
  })
})

describe('desk.rearm', () => {
  const old = '00000000-0000-4000-8000-000000000000'
  const restart = ({ stateDir, boot }: TestDesk): void => {
    for (const name of readdirSync(`${stateDir}/permit`))
      renameSync(`${stateDir}/permit/${name}`, `${stateDir}/permit/${name.replace(boot, old)}`)
  }

  test('takes up what was permitted before a reboot, once', async () => {
    const desk = paperDesk()
    const { act, lookup } = acting(desk)
    restart(desk)
    expect(gate(desk).allowed).toBe('none')
    expect(await lookup('rearm', {}, 'up')).toMatchObject({ kind: 'not-done' })
    expect(await act('rearm', {}, 'up')).toMatchObject({ kind: 'done', value: { rearmed: true } })
    expect(gate(desk)).toMatchObject({ allowed: 'all', sizeMultiplier: 1 })
    expect(await act('rearm', {}, 'again')).toMatchObject({ kind: 'done', value: { rearmed: false } })
  })

  test('lifts no halt, and fails where something was copied in', async () => {
    const halted = paperDesk()
    await acting(halted).act('halt', { scope: 'all', reason: 'drill' })
    expect(await acting(halted).act('rearm', {})).toMatchObject({ kind: 'done', value: { rearmed: false } })
    expect(gate(halted).allowed).toBe('none')
    const copied = paperDesk()
    restart(copied)
    writeFileSync(`${copied.stateDir}/permit/trade@${old}`, '{"grant":"release-x"}')
    expect(await acting(copied).act('rearm', {})).toMatchObject({ kind: 'failed' })
    expect(gate(copied).allowed).toBe('none')
  })

  test('permits nothing on a live desk that nobody known as an operator starts', async () => {
    const desk = paperDesk()
    restart(desk)
    const { adapter } = composed(desk, { profile: 'live', by: 'deploy' })
    const answer = await adapter.act({ ...callOf('desk.rearm', {}), key: 'up' })
    expect(answer).toMatchObject({ kind: 'failed', reason: expect.stringContaining('deploy is no operator') as string })
    expect(gate(desk).allowed).toBe('none')
  })
})

describe('desk.closeSession', () => {
  test('takes the permission of the session back, as often as it is asked', async () => {
    const desk = paperDesk()
    const { act } = acting(desk)
    const means = { now: desk.now, random: desk.random, host: 'test', traceId: 'test' }
    const order = { by: 'oncall', reason: 'the gates passed', until: '2026-11-20T20:50:00.000Z' }
    const session = `${desk.stateDir}/permit/session@${desk.boot}`
    for (const key of ['close', 'close']) {
      expect(await openSession(desk.stateDir, desk.boot, order, means)).toEqual({ kind: 'opened' })
      expect(existsSync(session)).toBe(true)
      expect(await act('closeSession', { reason: 'close-only' }, key)).toMatchObject({ kind: 'done' })
      expect(existsSync(session)).toBe(false)
    }
  })
})
