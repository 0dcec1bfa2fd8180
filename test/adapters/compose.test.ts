import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { composeAdapters } from '../../src/adapters/compose.ts'
import { setFault } from '../../src/adapters/paper/switch-fault.ts'
import { type Config, loadConfig } from '../../src/config/load.ts'
import { catalogue } from '../../src/ports/catalogue.ts'
import { composed, paperDesk } from './desk/support.ts'
import { callOf } from './support.ts'

describe('every port as one adapter', () => {
  test('serves every method of the catalogue on paper', () => {
    const { adapter } = composed(paperDesk())
    expect([...adapter.has].sort()).toEqual([...catalogue.keys()].sort())
  })

  test('a healthy paper desk answers, also through desk itself', async () => {
    const { adapter } = composed(paperDesk())
    expect(await adapter.read(callOf('venue.ping'))).toMatchObject({ kind: 'value' })
    expect(await adapter.read(callOf('venues.countOpenOrders'))).toMatchObject({ kind: 'value' })
    expect(await adapter.read(callOf('desk.trading'))).toMatchObject({
      kind: 'value',
      value: { state: 'ACTIVE', sizeMultiplier: 1, orderRate: 1, openIncidents: 0, holds: 0 },
    })
    expect(await adapter.read(callOf('reconciliation.brokerTruth'))).toMatchObject({
      kind: 'value',
      value: { equal: true, venues: 2 },
    })
    expect(await adapter.act(callOf('exec.run', { file: 'true' }))).toMatchObject({ kind: 'done' })
  })

  test('an unknown method and one of nobody are answers, not crashes', async () => {
    const { adapter } = composed(paperDesk())
    expect(await adapter.read(callOf('venue.nothing'))).toMatchObject({ kind: 'failure' })
    const live = composed(paperDesk(), { profile: 'live' }).adapter
    expect(await live.read(callOf('venue.ping'))).toMatchObject({ reason: 'no adapter serves venue.ping' })
    expect(await live.act(callOf('venue.cancelAllOrders', { venue: 'x' }))).toMatchObject({ kind: 'failed' })
    expect(await live.lookup(callOf('venue.cancelAllOrders', { venue: 'x' }))).toMatchObject({ kind: 'cannot-tell' })
    expect(live.has.has('venue.ping')).toBe(false)
  })

  test.each([
    ['adapter-throws', /threw/],
    ['adapter-nonsense', /nonsense/],
  ] as const)('the fault %s becomes failures and unknowns', async (fault, reason) => {
    const desk = paperDesk()
    await setFault(desk, fault, true)
    const { adapter } = composed(desk)
    const wanted = { reason: expect.stringMatching(reason) as string }
    expect(await adapter.read(callOf('venue.ping'))).toMatchObject({ kind: 'failure', ...wanted })
    expect(await adapter.read(callOf('reconciliation.compare'))).toMatchObject({ kind: 'failure', ...wanted })
    expect(await adapter.act(callOf('venue.cancelAllOrders', { venue: 'primary' }))).toMatchObject({ kind: 'unknown' })
  })

  test('a configured program is asked instead, one method before its port', async () => {
    const echo = (reason: string) => [
      process.execPath,
      '-e',
      `console.log(JSON.stringify({kind:'failure',reason:'${reason}',unreachable:false}))`,
    ]
    const adapters = [
      { serves: ['venue.ping'], kind: 'exec' as const, command: echo('one method') },
      { serves: ['venue'], kind: 'exec' as const, command: echo('whole port') },
    ]
    const { adapter } = composed(paperDesk(), { adapters })
    expect(await adapter.read(callOf('venue.ping'))).toMatchObject({ reason: 'one method' })
    expect(await adapter.read(callOf('venue.fetchStatus'))).toMatchObject({ reason: 'whole port' })
    expect(await adapter.read(callOf('routing.getBroker'))).toMatchObject({ kind: 'value' })
    expect(await adapter.read(callOf('venues.countPositions'))).toMatchObject({ reason: /whole port/ })
  })

  const wrong: readonly (readonly [Config['adapters'][number], RegExp])[] = [
    [{ serves: ['desk.trading'], kind: 'exec', command: ['x'] }, /desk serves desk itself/],
    [{ serves: ['reconciliation'], kind: 'paper' }, /desk serves reconciliation itself/],
    [{ serves: ['venu'], kind: 'paper' }, /no port or method "venu"/],
    [{ serves: ['venue'], kind: 'exec' }, /needs a command/],
    [{ serves: ['venue'], kind: 'fix' }, /needs sessions/],
    [{ serves: ['venue.fetchBalance'], kind: 'fix', sessions: {} }, /kind fix does not serve venue.fetchBalance/],
    [{ serves: ['routing'], kind: 'fix', sessions: {} }, /kind fix does not serve routing/],
  ]
  test.each(wrong)('an entry that cannot be right is refused: %j', (entry, message) => {
    expect(() => composed(paperDesk(), { adapters: [entry] })).toThrow(message)
  })

  test('what speaks FIX serves what it has, and the rest of the port stays where it was', async () => {
    const session = { host: '127.0.0.1', port: 1, sender: 'DESK', target: 'VENUE' }
    const adapters = [{ serves: ['venue'], kind: 'fix' as const, sessions: { primary: session, other: session } }]
    const { adapter } = composed(paperDesk(), { adapters })
    const venue = { venue: 'primary' }
    expect(await adapter.read(callOf('venue.fetchOpenOrders', venue))).toMatchObject({ reason: /ECONNREFUSED/ })
    expect(await adapter.read(callOf('venue.fetchStatus', venue))).toMatchObject({ kind: 'value' })
    // A call that names none goes where orders are routed.
    expect(await adapter.read(callOf('venue.ping'))).toMatchObject({ source: 'fix/primary' })
    const live = composed(paperDesk(), { adapters, profile: 'live' }).adapter
    expect(live.has.has('venue.cancelAllOrders')).toBe(true)
    expect(live.has.has('venue.fetchStatus')).toBe(false)
    expect(await live.read(callOf('venue.ping'))).toMatchObject({ reason: /a venue without a name/ })
  })

  test('a live desk takes nothing from the paper desk', () => {
    const adapters = [{ serves: ['venue'], kind: 'paper' as const }]
    expect(() => composed(paperDesk(), { adapters, profile: 'live' })).toThrow(/never served by the paper desk/)
  })

  test('composing touches nothing', () => {
    const desk = { ...paperDesk(), stateDir: join(paperDesk().stateDir, 'none') }
    const { config } = loadConfig({ project: '/no/such/file' })
    composeAdapters({
      ...{ config, profile: 'paper', deskName: 'paper', env: {}, by: { id: 'oncall', via: 'paper' } },
      ...{ stateDir: desk.stateDir, now: desk.now, random: desk.random, host: 'test', traceId: 'test' },
    })
    expect(existsSync(desk.stateDir)).toBe(false)
  })
})
