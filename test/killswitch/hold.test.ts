import { existsSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type HoldOrder, liftHold, placeHold } from '../../src/killswitch/hold.ts'
import { mayTrade } from '../../src/killswitch/gate.ts'
import { inspectPermits } from '../../src/killswitch/inspect.ts'
import { readTrading } from '../../src/killswitch/trading.ts'
import { type HoldKind, type Scope, parseScope } from '../../src/killswitch/scope.ts'
import { isMarked } from '../../src/killswitch/mark.ts'
import { grant, request } from '../../src/killswitch/permit.ts'
import { boot, freshDesk, halt, permits, type TestDesk } from './support.ts'

const scopeOf = (text: string): Scope => {
  const scope = parseScope(text)
  if (scope === undefined) throw new Error(text)
  return scope
}
const hold = (desk: TestDesk, scope: string, rule: string, kind: HoldKind = 'no-new') =>
  placeHold(desk.stateDir, boot, { scope: scopeOf(scope), kind, rule, reason: 'failed' }, desk.means)
const lift = (desk: TestDesk, scope: string, rule: string) =>
  liftHold(
    desk.stateDir,
    boot,
    { scope: scopeOf(scope), rule, reason: 'passed' } satisfies Omit<HoldOrder, 'kind'>,
    desk.means,
  )
const allowed = (desk: TestDesk) =>
  mayTrade({ stateDir: desk.stateDir, venue: 'primary', model: 'signal', symbol: 'AAPL' }).allowed
const scopes = ['desk', 'venue:primary', 'model:signal', 'symbol:AAPL']

test.each(scopes)('%s: held by a rule, open again by that rule alone', async (scope) => {
  const desk = freshDesk()
  expect(hold(desk, scope, 'daily#D2')).toMatchObject({ held: true, marked: true, recorded: { recorded: true } })
  expect(allowed(desk)).toBe('none')
  expect(readTrading(desk.stateDir, desk.clock.ms).holds).toMatchObject([
    { rule: 'daily#D2', kind: 'no-new', reason: 'failed' },
  ])
  expect(await lift(desk, scope, 'daily#D1')).toEqual({ kind: 'not-held' })
  expect(allowed(desk)).toBe('none')
  expect(await lift(desk, scope, 'daily#D2')).toEqual({ kind: 'lifted' })
  expect(allowed(desk)).toBe('all')
  expect(permits(desk).filter((name) => name.includes('hold') || name.includes('+'))).toEqual([])
  expect(inspectPermits(desk.stateDir, boot, desk.means)).toEqual({ kind: 'sound' })
})

test.each(scopes)('%s: held by two rules, it opens with the second', async (scope) => {
  const desk = freshDesk()
  hold(desk, scope, 'daily#D2')
  hold(desk, scope, 'weekly#W1')
  expect(await lift(desk, scope, 'daily#D2')).toEqual({ kind: 'still-held', by: ['weekly#W1'] })
  expect(allowed(desk)).toBe('none')
  expect(await lift(desk, scope, 'weekly#W1')).toEqual({ kind: 'lifted' })
  expect(allowed(desk)).toBe('all')
})

test.each(scopes)('%s: a reduce-only hold lets reductions pass, the stricter one wins', async (scope) => {
  const desk = freshDesk()
  hold(desk, scope, 'risk#1', 'reduce-only')
  expect(allowed(desk)).toBe('reduce-only')
  hold(desk, scope, 'daily#D2')
  expect(allowed(desk)).toBe('none')
  expect(await lift(desk, scope, 'daily#D2')).toEqual({ kind: 'still-held', by: ['risk#1'] })
  expect(allowed(desk)).toBe('reduce-only')
  expect(await lift(desk, scope, 'risk#1')).toEqual({ kind: 'lifted' })
  expect(allowed(desk)).toBe('all')
})

test('placing a hold again changes nothing, and one lift is enough', async () => {
  const desk = freshDesk()
  hold(desk, 'model:signal', 'daily#D2')
  hold(desk, 'model:signal', 'daily#D2')
  expect(await lift(desk, 'model:signal', 'daily#D2')).toEqual({ kind: 'lifted' })
  expect(allowed(desk)).toBe('all')
})

test.each(['venue:primary', 'symbol:AAPL'])('a rule cannot lift what a person halted: %s', async (scope) => {
  const desk = freshDesk()
  hold(desk, scope, 'daily#D2')
  halt(desk, scopeOf(scope))
  expect(await lift(desk, scope, 'daily#D2')).toMatchObject({ kind: 'still-held' })
  expect(allowed(desk)).toBe('none')
})

test('lifting a hold of the desk does not lift its halt', async () => {
  const desk = freshDesk()
  hold(desk, 'desk', 'daily#D4')
  halt(desk)
  expect(await lift(desk, 'desk', 'daily#D4')).toEqual({ kind: 'lifted' })
  expect(allowed(desk)).toBe('none')
})

test('where nothing can be recorded a hold still holds, and is not lifted', async () => {
  const desk = freshDesk()
  renameSync(join(desk.stateDir, 'audit'), join(desk.stateDir, 'audit-away'))
  writeFileSync(join(desk.stateDir, 'audit'), '')
  expect(hold(desk, 'venue:primary', 'daily#D2')).toMatchObject({ held: true, recorded: { recorded: false } })
  expect(allowed(desk)).toBe('none')
  await expect(lift(desk, 'venue:primary', 'daily#D2')).rejects.toMatchObject({ code: 'history-unreadable' })
  expect(allowed(desk)).toBe('none')
  expect(existsSync(join(desk.permit, 'hold-venue=primary'))).toBe(true)
})

test('a hold whose scope is opened while it is being placed closes it once more', () => {
  const desk = freshDesk()
  const open = (): void => {
    request(desk.permit, 'venue=primary', 'hold-meanwhile', '{}')
    grant(desk.permit, ['venue=primary'], 'hold-meanwhile', boot)
  }
  let asked = 0
  // The clock is read for the mark: after the first look at what is in force, before the mark is there.
  const now = (): Date => {
    if (asked++ === 0) open()
    return desk.means.now()
  }
  const order = { scope: scopeOf('venue:primary'), kind: 'no-new', rule: 'daily#D2', reason: 'failed' } as const
  expect(placeHold(desk.stateDir, boot, order, { ...desk.means, now })).toMatchObject({ held: true, marked: true })
  expect(allowed(desk)).toBe('none')
})

test('what a lift asked for and did not get is not left lying there', async () => {
  const desk = freshDesk()
  hold(desk, 'venue:primary', 'daily#D2')
  hold(desk, 'venue:primary', 'weekly#W1')
  expect(await lift(desk, 'venue:primary', 'daily#D2')).toMatchObject({ kind: 'still-held' })
  expect(permits(desk).filter((name) => name.includes('+'))).toEqual([])
})

test('where it cannot be told who else holds, nothing is lifted and the hold stands', async () => {
  const desk = freshDesk()
  hold(desk, 'venue:primary', 'daily#D2')
  symlinkSync('hold-model=signal', join(desk.permit, 'hold-model=signal'))
  expect(await lift(desk, 'venue:primary', 'daily#D2')).toMatchObject({ kind: 'failed' })
  expect(allowed(desk)).toBe('none')
  const cause = { kind: 'rule', id: 'daily#D2' } as const
  expect(isMarked(desk.permit, scopeOf('venue:primary'), 'no-new', cause)).toBe(true)
})

test('wherever a lift breaks off, what it answers is what the gate says', async () => {
  const answered = new Set<string>()
  for (let broken = 1; broken < 60; broken++) {
    const desk = freshDesk()
    hold(desk, 'venue:primary', 'daily#D2')
    let asked = 0
    // Each record asks for the time, so every point between two system calls has one such question before it.
    const now = (): Date => {
      if (++asked === broken) throw new Error('broken off')
      return desk.means.now()
    }
    const order = { scope: scopeOf('venue:primary'), rule: 'daily#D2', reason: 'passed' }
    const lifted = await liftHold(desk.stateDir, boot, order, { ...desk.means, now }).catch(() => ({ kind: 'threw' }))
    answered.add(lifted.kind)
    expect([broken, lifted.kind, allowed(desk)]).toEqual([
      broken,
      lifted.kind,
      lifted.kind === 'lifted' ? 'all' : 'none',
    ])
    expect(await lift(desk, 'venue:primary', 'daily#D2')).toMatchObject({
      kind: lifted.kind === 'lifted' ? 'not-held' : 'lifted',
    })
    expect(allowed(desk)).toBe('all')
  }
  expect([...answered].sort()).toEqual(['failed', 'lifted', 'threw'])
})
