/** What effects mend stays mended while the fault is still on, and what they may not do is refused. */
import { describe, expect, test } from 'vitest'
import type { FaultId } from '../../../../src/adapters/paper/faults.ts'
import { type Args, PaperDesk } from '../desk.ts'

type Path = readonly (string | number)[]
const mended: readonly (readonly [
  FaultId,
  read: string,
  Args,
  Path,
  faulty: unknown,
  effect: string,
  Args,
  after: unknown,
])[] = [
  ['stale-lock', 'system.locks', {}, ['stale'], 1, 'system.takeOverLocks', {}, 0],
  ['live-lock', 'system.locks', {}, ['locks', 'length'], 2, 'system.takeOverLocks', {}, 2],
  ['live-lock', 'system.locks', {}, ['locks', 'length'], 2, 'system.kill', {}, 1],
  ['agent-slow', 'agents.status', {}, ['agents', 1, 'queue'], 180, 'agents.restart', { agent: 'data' }, 180],
  [
    'agent-crashed',
    'agents.status',
    {},
    ['agents', 4, 'status'],
    'crashed',
    'agents.restart',
    { agent: 'execution' },
    'running',
  ],
  ['bus-backlog', 'system.ready', {}, ['ready'], false, 'bus.clearStale', { topics: ['quotes'] }, true],
  ['bus-backlog', 'system.ready', {}, ['ready'], false, 'bus.clearStale', { topics: ['bars'] }, false],
  ['slow-consumer', 'bus.consumers', {}, ['slow'], 1, 'bus.clearStale', { topics: ['bars'] }, 1],
  ['slow-consumer', 'bus.consumers', {}, ['slow'], 1, 'agents.restart', { agent: 'signal' }, 0],
  ['order-topic-backlog', 'bus.consumers', {}, ['slow'], 1, 'agents.restart', { agent: 'execution' }, 0],
  [
    'dns-moved',
    'site.dns',
    { record: 'trading' },
    ['to'],
    'parking',
    'site.pointDns',
    { record: 'trading', to: 'main', ifCurrent: 'parking' },
    'main',
  ],
  [
    'compliance-overdue',
    'compliance.deadlines',
    {},
    ['overdue'],
    1,
    'compliance.file',
    { deadline: 'large-trader-2026-11-18' },
    0,
  ],
  ['trades-unreported', 'compliance.reporting', {}, ['missing'], 3, 'compliance.report', {}, 0],
  [
    'drill-missing',
    'reports.drill',
    { kind: 'kill-switch', days: 7 },
    ['found'],
    false,
    'reports.fileDrill',
    { kind: 'kill-switch', text: 'flat in 40 s' },
    true,
  ],
  [
    'drill-missing',
    'reports.drill',
    { kind: 'kill-switch', days: 7 },
    ['found'],
    false,
    'reports.fileDrill',
    { kind: 'failover', text: 'done' },
    false,
  ],
  [
    'sla-breach',
    'reports.sla',
    { sessions: 5 },
    ['unfiled'],
    1,
    'tickets.open',
    { kind: 'vendor', title: 'away too long' },
    0,
  ],
  [
    'sla-breach',
    'reports.sla',
    { sessions: 5 },
    ['unfiled'],
    1,
    'tickets.open',
    { kind: 'broker', title: 'away too long' },
    1,
  ],
  [
    'alert-noise',
    'reports.alertNoise',
    { sessions: 5 },
    ['unreviewed'],
    1,
    'alerts.review',
    { name: 'host-disk-trend', decision: 'raised to 90 %' },
    0,
  ],
  [
    'host-disk-full',
    'hosts.disk',
    {},
    ['leastFreeGigabytes'],
    6,
    'storage.archiveLogs',
    {},
    expect.toSatisfy((free: number) => free > 10),
  ],
  ['access-unattested', 'access.list', {}, ['attestedDays'], 110, 'access.attest', {}, 0],
  [
    'access-unneeded',
    'access.list',
    {},
    ['unneeded', 'length'],
    1,
    'access.revoke',
    { principal: 'former-contractor' },
    0,
  ],
  ['backup-stale', 'storage.backups', {}, ['stale'], 4, 'storage.backup', { kind: 'positions' }, 3],
  [
    'restore-untested',
    'storage.backups',
    {},
    ['untested'],
    4,
    'storage.restore',
    { name: 'positions-2026-11-19T16:45:00.000Z', into: 'sandbox' },
    3,
  ],
  [
    'restore-untested',
    'storage.backups',
    {},
    ['untested'],
    4,
    'storage.restore',
    { name: 'positions-2026-11-19T16:45:00.000Z', into: 'desk' },
    4,
  ],
  [
    'ticket-unowned',
    'tickets.grooming',
    { sessions: 5 },
    ['unowned'],
    1,
    'tickets.assign',
    { ticket: 'T-1', role: 'oncall' },
    0,
  ],
  [
    'closed-without-postmortem',
    'tickets.grooming',
    { sessions: 5 },
    ['closedWithoutPostmortem'],
    1,
    'tickets.close',
    { ticket: 'T-1', artifact: 'a'.repeat(64) },
    0,
  ],
]

test.each(mended)(
  'under %s, %s%j%j is %j, and after %s%j it is %j',
  async (fault, read, args, path, faulty, effect, given, after) => {
    const desk = new PaperDesk()
    await desk.set(fault)
    expect((await desk.value(read, args)).at(...path)).toEqual(faulty)
    await desk.done(effect, given, 'k')
    expect((await desk.value(read, args)).at(...path)).toEqual(after)
  },
)

const refused: readonly (readonly [why: string, FaultId | undefined, effect: string, Args])[] = [
  ['the risk agent is never paused', undefined, 'agents.pause', { agent: 'risk' }],
  ['an agent that is not there', undefined, 'agents.restart', { agent: 'nobody' }],
  ['no default state', undefined, 'agents.useDefault', { agent: 'cio' }],
  ['orders are never dropped', undefined, 'bus.clearStale', { topics: ['quotes', 'orders'] }],
  ['a site that is not ready to be fenced for sure', 'fence-unproven', 'site.fence', { site: 'main' }],
  ['a desk that trades is not carried over', undefined, 'site.carryOver', { from: 'main', to: 'dr' }],
  ['two sites at once', undefined, 'site.start', { site: 'dr' }],
  ['the name has moved on', 'dns-moved', 'site.pointDns', { record: 'trading', to: 'dr', ifCurrent: 'main' }],
  [
    'a critical alert is never silenced',
    undefined,
    'alerts.silence',
    { name: 'broker-heartbeat', minutes: 5, reason: 'x' },
  ],
  ['an alert that did not come', undefined, 'alerts.acknowledge', { id: 'x', action: 'y' }],
  ['a compliance alert that is not there', undefined, 'compliance.review', { alert: 'CA-2026-01-01' }],
  ['nothing is said', undefined, 'compliance.logAction', { alert: 'CA-2026-11-18', action: ' ' }],
  ['the current secret', undefined, 'secrets.destroy', { name: 'broker-primary', version: 'v1' }],
  [
    'a version that is not there',
    undefined,
    'secrets.put',
    { name: 'broker-primary', version: 'v7', activation: '2026-11-19T18:00:00Z', ifCurrent: 'v1' },
  ],
  ['what everything is deployed with', undefined, 'access.revoke', { principal: 'release-pipeline' }],
  [
    'a damaged backup',
    'backup-corrupt',
    'storage.restore',
    { name: 'positions-2026-11-19T16:45:00.000Z', into: 'sandbox' },
  ],
  ['only positions go into the desk', undefined, 'storage.restore', { name: 'model-v1.3.2', into: 'desk' }],
]
test.each(refused)('refused: %s', async (_why, fault, effect, args) => {
  const desk = new PaperDesk()
  if (fault !== undefined) await desk.set(fault)
  expect(await desk.act(effect, args, 'k')).toMatchObject({
    kind: fault === 'fence-unproven' ? 'unknown' : 'failed',
    reason: expect.stringMatching(/./) as string,
  })
})

describe('a trading system', () => {
  const state = async (desk: PaperDesk): Promise<unknown> => (await desk.value('system.state')).at('state')

  test('stops in order, starts, and needs its moments for both', async () => {
    const desk = new PaperDesk()
    await desk.done('system.shutdown', {}, 'a')
    expect(await state(desk)).toBe('stopping')
    desk.moment = '2026-11-19T12:01:00-05:00'
    expect((await desk.value('system.state')).json).toEqual({ state: 'stopped', clean: true })
    expect((await desk.value('system.ready')).at('ready')).toBe(false)
    expect((await desk.value('agents.status')).at('agents', 0, 'status')).toBe('stopped')
    await desk.done('system.start', {}, 'b')
    expect(await state(desk)).toBe('starting')
    expect((await desk.value('system.ready')).at('ready')).toBe(false)
    desk.moment = '2026-11-19T12:01:20-05:00'
    expect(await state(desk)).toBe('running')
    expect((await desk.value('system.ready')).at('ready')).toBe(true)
  })

  test('withdraws its orders before it stops, and does not stop while a venue says nothing of them', async () => {
    const desk = new PaperDesk()
    const open = async (): Promise<readonly unknown[]> =>
      (await desk.value('venue.fetchOpenOrders')).list('orders').filter((each) => each.at('protective') === false)
    expect(await open()).not.toHaveLength(0)
    await desk.set('venue-silent')
    await desk.done('system.shutdown', {}, 'a')
    desk.moment = '2026-11-19T13:00:00-05:00'
    expect(await state(desk)).toBe('stopping')
    await desk.set('venue-silent', false)
    await desk.done('venue.cancelAllOrders', { venue: 'primary' }, 'b')
    expect(await open()).toHaveLength(0)
    expect(await state(desk)).toBe('stopped')
  })

  test('that was killed leaves a lock, and starts only once it is taken over', async () => {
    const desk = new PaperDesk()
    await desk.done('system.kill', {}, 'a')
    expect((await desk.value('system.state')).json).toEqual({ state: 'stopped', clean: false })
    expect(await desk.act('system.start', {}, 'b')).toMatchObject({ kind: 'failed' })
    expect((await desk.done('system.takeOverLocks', {}, 'c')).at('taken')).toBe(1)
    await desk.done('system.start', {}, 'd')
  })

  test('moves to the other site once the first one is fenced, and can only stay there', async () => {
    const desk = new PaperDesk()
    const proof = (await desk.done('site.fence', { site: 'main' }, 'a')).text('proof')
    expect((await desk.done('site.fence', { site: 'main' }, 'b')).text('proof')).toBe(proof)
    expect(await desk.act('site.start', { site: 'dr' }, 'c')).toMatchObject({ kind: 'failed' })
    expect((await desk.done('site.carryOver', { from: 'main', to: 'dr' }, 'd')).at('halted')).toBe(true)
    await desk.done('site.start', { site: 'dr' }, 'e')
    desk.moment = '2026-11-19T12:01:20-05:00'
    expect((await desk.value('site.health', { site: 'dr' })).at('healthy')).toBe(true)
    expect((await desk.value('site.health', { site: 'main' })).at('healthy')).toBe(false)
    expect((await desk.value('site.ready', { site: 'main' })).at('ready')).toBe(false)
    expect((await desk.value('system.ready')).at('ready')).toBe(true)
    expect(await desk.act('site.start', { site: 'main' }, 'f')).toMatchObject({ kind: 'failed' })
  })

  test('is carried over where the desk is halted', async () => {
    const desk = new PaperDesk()
    desk.haltedAt = desk.now()
    await desk.done('site.carryOver', { from: 'main', to: 'dr' }, 'a')
  })
})

test('a backlog grows as long as nobody does anything', async () => {
  const desk = new PaperDesk()
  await desk.set('bus-backlog')
  const backlog = async (): Promise<number> => Number((await desk.value('bus.stats')).at('backlog'))
  const first = await backlog()
  desk.moment = '2026-11-19T12:10:00-05:00'
  expect(await backlog()).toBeGreaterThan(first + 1000)
})

test('a compliance alert closes once it is reviewed, notified and acted on', async () => {
  const desk = new PaperDesk()
  await desk.set('compliance-alert')
  const alert = { alert: 'CA-2026-11-19' }
  const open = async (): Promise<unknown> => (await desk.value('compliance.alerts')).at('open')
  await desk.done('compliance.review', alert, 'a')
  await desk.done('compliance.notify', alert, 'b')
  expect((await desk.value('compliance.instructions', alert)).at('given')).toBe(true)
  expect(await open()).toBe(1)
  await desk.done('compliance.logAction', { ...alert, action: 'kept the symbol flat' }, 'c')
  expect(await open()).toBe(0)
})

test('a secret is held, staged, active and superseded; a system that does not reload keeps the old one', async () => {
  const desk = new PaperDesk()
  const name = 'broker-primary'
  const states = async (): Promise<unknown> =>
    (await desk.value('secrets.metadata', { name })).list('versions').map((each) => each.at('state'))
  const inUse = async (): Promise<unknown> => (await desk.value('secrets.inUse', { name })).at('version')
  await desk.done('venue.createCredential', {}, 'a')
  expect(await states()).toEqual(['active', 'held'])
  const put = { name, version: 'v2', activation: '2026-11-19T12:10:00-05:00', ifCurrent: 'v1' }
  expect(await desk.act('secrets.put', { ...put, ifCurrent: 'v2' }, 'b')).toMatchObject({ kind: 'failed' })
  expect(await desk.act('secrets.put', { ...put, activation: '2026-11-19T11:00:00-05:00' }, 'c')).toMatchObject({
    kind: 'failed',
  })
  await desk.done('secrets.put', put, 'd')
  expect([await states(), await inUse()]).toEqual([['active', 'staged'], 'v1'])
  await desk.set('secret-not-reloaded')
  desk.moment = '2026-11-19T12:15:00-05:00'
  expect([await states(), await inUse()]).toEqual([['superseded', 'active'], 'v1'])
  await desk.done('system.shutdown', {}, 'e')
  desk.moment = '2026-11-19T12:16:00-05:00'
  await desk.done('system.start', {}, 'f')
  expect(await inUse()).toBe('v2')
  await desk.done('secrets.destroy', { name, version: 'v1' }, 'g')
  expect(await states()).toEqual(['destroyed', 'active'])
  expect((await desk.value('secrets.metadata', { name })).at('ageDays')).toBe(0)
})

test('positions that changed since a backup are what they were after it is restored', async () => {
  const desk = new PaperDesk()
  const positions = async (): Promise<unknown> => (await desk.value('book.positions')).json
  const before = await positions()
  desk.moment = '2026-11-19T12:16:00-05:00'
  await desk.done('venue.closeAllPositions', { venue: 'primary' }, 'a')
  expect(await positions()).not.toEqual(before)
  const restored = await desk.done('storage.restore', { name: 'positions-2026-11-19T17:15:00.000Z', into: 'desk' }, 'b')
  const sorted = async (): Promise<unknown> =>
    (await desk.value('book.positions'))
      .list('positions')
      .map((each) => JSON.stringify(each.json))
      .sort()
  const after = await sorted()
  expect(restored.at('records')).toBe((before as { positions: unknown[] }).positions.length)
  expect(after).toEqual((before as { positions: unknown[] }).positions.map((each) => JSON.stringify(each)).sort())
  expect((await desk.value('book.source')).at('source')).toBe('internal')
})

test('alerts repeat every five minutes, are silenced by name, and end with what they warn of', async () => {
  const desk = new PaperDesk()
  await desk.set('agent-slow')
  desk.moment = '2026-11-19T12:12:20-05:00'
  const quiet = async (args: Args = { minutes: 30 }): Promise<unknown> =>
    (await desk.value('alerts.quiet', args)).at('count')
  expect(await quiet()).toBe(3)
  expect(await quiet({ minutes: 3 })).toBe(1)
  expect(await quiet({ minutes: 30, since: '2026-11-19T12:11:00-05:00' })).toBe(0)
  await desk.done('alerts.silence', { name: 'agent-latency', minutes: 10, reason: 'known' }, 'a')
  expect(await quiet()).toBe(0)
  expect((await desk.value('alerts.silences')).list('silences')).toHaveLength(1)
  await desk.done('alerts.expire', { name: 'agent-latency' }, 'b')
  expect(await quiet()).toBe(3)
  await desk.done('agents.restart', { agent: 'signal' }, 'c')
  expect(await quiet()).toBe(0)
})

test('a critical alert that somebody acted on is no longer open', async () => {
  const desk = new PaperDesk()
  await desk.set('alerts-critical-overnight')
  const list = () => desk.value('alerts.list', { lookbackMinutes: 960, level: 'critical' })
  const id = (await list()).text('alerts', 0, 'id')
  await desk.done('alerts.acknowledge', { id, action: 'restarted the snapshot job' }, 'a')
  expect((await list()).json).toMatchObject({ count: 1, critical: 1, criticalOpen: 0 })
})

test('a file edited in place is no valid configuration and an unexpected write, and can be committed by itself', async () => {
  const desk = new PaperDesk()
  const read = { path: 'strategy/config.yml' }
  const committed = (await desk.value('config.read', read)).text('text')
  expect((await desk.value('system.validateConfig')).json).toEqual({ valid: true, errors: [] })
  expect((await desk.value('access.audit', { lookbackMinutes: 60 })).at('unexpected')).toBe(0)
  await desk.set('config-hot-edit')
  await desk.set('limits-softened')
  expect((await desk.value('system.validateConfig')).at('valid')).toBe(false)
  expect((await desk.value('access.audit', { lookbackMinutes: 60 })).at('unexpected')).toBe(1)
  expect((await desk.value('alerts.quiet', { minutes: 30 })).at('count')).toBe(2)
  expect(await desk.act('config.commitLive', { message: 'all' }, 'a')).toMatchObject({ kind: 'failed' })
  expect(await desk.act('config.commitLive', { path: 'risk/limits.yml', message: 'one' }, 'b')).toMatchObject({
    kind: 'failed',
  })
  await desk.done('config.commitLive', { ...read, message: 'one' }, 'c')
  expect((await desk.value('config.diff')).at('files')).toEqual(['risk/limits.yml'])
  expect((await desk.value('config.read', read)).text('text')).not.toBe(committed)
  expect(await desk.read('config.read', { path: 'nothing.yml' })).toMatchObject({ kind: 'failure' })
})

test.each(['venue-silent', 'heartbeat-lost', 'credentials-revoked-early'] as const)(
  'under %s the trading system is not ready, until another venue is in use',
  async (fault) => {
    const desk = new PaperDesk()
    const ready = async (): Promise<unknown> => (await desk.value('system.ready')).at('ready')
    expect(await ready()).toBe(true)
    await desk.set(fault)
    expect(await ready()).toBe(false)
    await desk.done('routing.setBroker', { venue: 'backup', ifCurrent: 'primary' }, 'a')
    expect(await ready()).toBe(true)
  },
)
