import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Places, deskOf, desksToHalt, paperDesk, readLiveRegistry } from '../../src/killswitch/desks.ts'
import { isSamePerson, recognise } from '../../src/killswitch/person.ts'
import { exitOfDesk, worstKillExit } from '../../src/killswitch/report.ts'
import { isToken, nameScope, parseScope } from '../../src/killswitch/scope.ts'
import { scratch } from './support.ts'

const places = (env: Places['env'] = {}, text?: string): Places => {
  const registry = join(scratch(), 'live')
  if (text !== undefined) writeFileSync(registry, text)
  return { env, home: '/home/oncall', registry }
}
const two = '# live desks of this host\nequities /var/lib/desk/equities\nfutures\t/var/lib/desk/futures/ # night\n\n'
const names = (found: { readonly desks: readonly { readonly name: string }[] }) => found.desks.map((desk) => desk.name)

test.each([
  [{}, '/home/oncall/.local/state/desk/paper'],
  [{ XDG_STATE_HOME: '/state' }, '/state/desk/paper'],
  [{ XDG_STATE_HOME: 'relative' }, '/home/oncall/.local/state/desk/paper'],
  [{ XDG_STATE_HOME: '/state', DESK_STATE_DIR: '/tmp/mine/' }, '/tmp/mine'],
  [{ DESK_STATE_DIR: 'relative' }, '/home/oncall/.local/state/desk/paper'],
  [{ DESK_STATE_DIR: '' }, '/home/oncall/.local/state/desk/paper'],
])('the paper desk of %j lies in %s', (env, stateDir) => {
  expect(paperDesk(places(env))).toEqual({ profile: 'paper', name: 'paper', stateDir })
})

test('a halt means every desk of the host, live ones first, unless one is named', () => {
  expect(names(desksToHalt(places({}, two), undefined))).toEqual(['equities', 'futures', 'paper'])
  expect(names(desksToHalt(places({}), undefined))).toEqual(['paper'])
  expect(names(desksToHalt(places({}, two), 'live'))).toEqual(['equities', 'futures'])
  expect(names(desksToHalt(places({}, two), 'futures'))).toEqual(['futures'])
  expect(names(desksToHalt(places({ DESK_PROFILE: 'paper' }, two), undefined))).toEqual(['paper'])
  expect(names(desksToHalt(places({ DESK_PROFILE: 'paper' }, two), 'live'))).toEqual(['equities', 'futures'])
  expect(names(desksToHalt(places({ DESK_STATE_DIR: '/tmp/mine' }, two), undefined))).toEqual(['paper'])
  expect(names(desksToHalt(places({ DESK_STATE_DIR: 'relative' }, two), undefined))).toEqual([
    'equities',
    'futures',
    'paper',
  ])
})

test('a profile that nobody knows narrows nothing and is reported', () => {
  for (const wanted of ['futurse', 'live']) {
    const found = desksToHalt(places({}), wanted)
    expect(names(found)).toEqual(['paper'])
    expect(found.problems).toEqual([])
    expect(found.misuse).toBeDefined()
  }
})

test('a registry that is broken or unreadable is a problem, never an empty list of desks', () => {
  const file = places({}, 'equities relative/dir\nequities\npaper /var/lib/desk/paper\nfutures /a\nfutures /b\n')
  const found = readLiveRegistry(file.registry)
  expect(names(found)).toEqual(['futures'])
  expect(found.problems).toHaveLength(4)
  expect(readLiveRegistry('/proc/self').problems).toHaveLength(1)
  expect(readLiveRegistry('/nowhere/live')).toEqual({ desks: [], problems: [] })
})

test('any other command works on one desk', () => {
  expect(deskOf(places({}, two), undefined)?.name).toBe('paper')
  expect(deskOf(places({}, two), 'futures')?.stateDir).toBe('/var/lib/desk/futures')
  expect(deskOf(places({}, two), 'live')).toBeUndefined()
  expect(deskOf(places({}, 'equities /a\n'), 'live')?.name).toBe('equities')
  expect(deskOf(places({}), 'nobody')).toBeUndefined()
})

test('on paper people say who they are; on a live desk the kernel does', () => {
  const dir = scratch()
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text)
    return join(dir, name)
  }
  const passwdFile = file('passwd', 'root:x:0:0::/:\nrisk:x:1001:1001::/:\n')
  const live = (uid: string) =>
    recognise('live', {
      env: { DESK_OPERATOR: 'chief' },
      userName: 'chief',
      passwdFile,
      loginUidFile: file('loginuid', uid),
    })
  const files = { loginUidFile: '/nowhere', passwdFile: '/nowhere' }
  expect(recognise('paper', { env: { DESK_OPERATOR: 'risk' }, userName: 'oncall', ...files })).toEqual({
    id: 'risk',
    via: 'paper',
  })
  expect(recognise('paper', { env: {}, userName: 'oncall', ...files })).toEqual({ id: 'oncall', via: 'login' })
  expect(recognise('paper', { env: { DESK_OPERATOR: 'a\nb' }, userName: 'oncall', ...files })).toBeUndefined()
  expect(live('1001\n')).toEqual({ id: 'risk', via: 'login' })
  expect(live('1002')).toEqual({ id: 'uid-1002', via: 'login' })
  expect(live('4294967295')).toBeUndefined()
  expect(live('')).toBeUndefined()
  expect(recognise('live', { env: {}, userName: 'x', loginUidFile: '/nowhere', passwdFile })).toBeUndefined()
  expect(isSamePerson('Risk', 'risk')).toBe(true)
  expect(isSamePerson('risk', 'oncall')).toBe(false)
})

test.each([
  'venue:',
  'venue:a/b',
  'venue:a\n',
  'symbol:a@b',
  'model:a+b',
  'desk:x',
  'everything',
  '',
  'venue',
  ':x',
  'symbol:-x',
])('%j is no scope', (text) => {
  expect(parseScope(text)).toBeUndefined()
})

test('scopes are written as they are read, symbols in upper case', () => {
  for (const text of ['all', 'venue:primary', 'model:signal', 'symbol:BRK.B', 'symbol:^GSPC']) {
    const scope = parseScope(text)
    expect(scope === undefined ? undefined : nameScope(scope)).toBe(text)
  }
  expect(parseScope('symbol:aapl')).toEqual({ kind: 'symbol', id: 'AAPL' })
  for (const token of ['trade', 'reduce', 'venue=x', 'reduce-model=signal']) expect(isToken(token)).toBe(true)
  for (const token of ['', 'Trade', 'venue=', 'venue=a/b', 'hold-symbol=A', 'symbol=A'])
    expect(isToken(token)).toBe(false)
})

const clear = { id: 'primary', open: 0, pendingCancel: 0, unknown: 0, unreachable: false, stops: [] }
const good = { halted: true, recorded: true, wasThere: true, venues: [clear], peers: [] }
test.each([
  [{}, 0],
  [{ venues: [{ ...clear, open: 1 }] }, 2],
  [{ venues: [{ ...clear, pendingCancel: 1 }] }, 2],
  [{ venues: [clear, { ...clear, unknown: 1 }] }, 2],
  [{ venues: [{ ...clear, unknown: 1, unreachable: true }] }, 69],
  [{ peers: [{ id: 'standby', state: 'halted' }] }, 0],
  [{ peers: [{ id: 'standby', state: 'absent' }] }, 0],
  [{ peers: [{ id: 'standby', state: 'unverified' }] }, 2],
  [{ peers: [{ id: 'standby', state: 'unreached' }] }, 69],
  [{ peers: [{ id: 'standby', state: 'not-halted' }] }, 1],
  [{ recorded: false, venues: [{ ...clear, unknown: 1 }] }, 73],
  [{ wasThere: false, venues: [] }, 78],
  [{ halted: false, recorded: false, wasThere: false }, 1],
] as const)('%j ends with %d', (change, exit) => {
  expect(exitOfDesk({ ...good, ...change })).toBe(exit)
})

test('of several desks the worst one ends the command', () => {
  expect(worstKillExit([0, 69, 1, 73])).toBe(1)
  expect(worstKillExit([0, 2, 78])).toBe(2)
  expect(worstKillExit([64, 0])).toBe(64)
  expect(worstKillExit([])).toBe(0)
})
