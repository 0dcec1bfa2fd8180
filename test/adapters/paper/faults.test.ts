/** What each fault changes, and that nothing is left of it once it is off. */
import { expect, test } from 'vitest'
import type { FaultId } from '../../../src/adapters/paper/faults.ts'
import { faults } from '../../../src/adapters/paper/faults.ts'
import type { Args } from './desk.ts'
import { PaperDesk, thursdayNoon } from './desk.ts'
import { modelProbes } from './models/probes.ts'
import { operationsProbes } from './operations/probes.ts'

const model = { model: 'signal' }
type Probe = readonly [
  method: string,
  args: Args,
  path: readonly (string | number)[],
  healthy: unknown,
  faulty: unknown,
]
const unreachable = 'unreachable'
/** Every fault has a question that it turns. A reading that fails counts as `unreachable` or `failure`. */
const probes: Readonly<Record<Exclude<FaultId, `adapter-${string}`>, readonly Probe[]>> = {
  'venue-silent': [
    ['venue.ping', {}, ['venue'], 'primary', unreachable],
    ['venue.fetchOpenOrders', {}, ['open'], 7, unreachable],
    ['venue.fetchStatus', {}, ['status'], 'ok', 'ok'],
    ['venue.fetchOpenOrders', { venue: 'backup' }, ['open'], 4, 4],
  ],
  'status-red': [['venue.fetchStatus', {}, ['status'], 'ok', 'outage']],
  'bad-lots': [
    ['orders.conformance', { lookbackMinutes: 60 }, ['violations', 'length'], 0, 2],
    ['orders.conformance', { lookbackMinutes: 60 }, ['violations', 0, 'rule'], undefined, 'lot'],
    [
      'config.log',
      { path: 'orders', last: 1 },
      ['commits', 0, 'subject'],
      'Round orders to lots and ticks',
      'Simplify how orders are rounded',
    ],
  ],
  'rate-limit-gone': [['venue.fetchRateLimit', {}, ['remaining'], 300, 0]],
  'blank-rejects': [['venue.fetchRejects', { lookbackMinutes: 120 }, ['blank'], 0, 4]],
  'stale-one': [
    ['data.freshness', {}, ['stale'], 0, 1],
    ['data.fetchCorporateActions', { symbols: ['NVDA'] }, ['actions', 'length'], 0, 0],
    ['data.freshness', { vendor: 'backup' }, ['stale'], 0, 0],
  ],
  'stale-one-corporate-action': [
    ['data.freshness', {}, ['stale'], 0, 1],
    ['data.fetchCorporateActions', { symbols: ['NVDA'] }, ['actions', 0, 'type'], undefined, 'split'],
  ],
  'stale-all': [
    ['data.freshness', {}, ['stale'], 0, 6],
    ['data.freshness', { vendor: 'backup' }, ['stale'], 0, 0],
    ['data.countBars', { lookbackMinutes: 60 }, ['total'], 360, 270],
  ],
  'backup-dead': [
    ['data.freshness', { vendor: 'backup' }, ['stale'], 0, 6],
    ['data.ping', { vendor: 'backup' }, ['vendor'], 'backup', unreachable],
    ['data.freshness', {}, ['stale'], 0, 0],
  ],
  'old-hash': [['inference.healthz', {}, ['hosts', 'length'], 8, 8]],
  'host-missing': [['inference.healthz', {}, ['hosts', 'length'], 8, 7]],
  'registry-unreachable': [
    ['registry.getVersionByAlias', { ...model, alias: 'production' }, ['version'], 'v1.4.0', unreachable],
  ],
  'pnl-outside-1': [
    ['metrics.pnlBand', model, ['consecutiveExits'], 0, 1],
    ['metrics.pnlBand', model, ['inside'], true, false],
    ['metrics.bandExits', { ...model, sessions: 5 }, ['exits'], 0, 1],
  ],
  'pnl-outside-3': [
    ['metrics.pnlBand', model, ['consecutiveExits'], 0, 3],
    ['metrics.bandExits', { ...model, sessions: 2 }, ['exits'], 0, 2],
  ],
  'replay-disagrees': [['research.replay', model, ['agrees'], true, false]],
  'alert-storm-unrelated': [
    ['alerts.rootCauses', { lookbackMinutes: 30 }, ['total'], 0, 49],
    ['alerts.rootCauses', { lookbackMinutes: 30 }, ['causes', 'length'], 0, 4],
  ],
  'alert-storm-parent': [
    ['alerts.rootCauses', { lookbackMinutes: 30 }, ['rootCause'], undefined, 'broker-gateway'],
    ['tickets.find', { rootCause: 'broker-gateway', status: 'open' }, ['tickets', 'length'], 0, 0],
  ],
  'alert-storm-known-parent': [
    ['alerts.rootCauses', { lookbackMinutes: 30 }, ['rootCause'], undefined, 'broker-gateway'],
    ['tickets.find', { rootCause: 'broker-gateway', status: 'open', kind: 'incident' }, ['tickets', 'length'], 0, 1],
  ],
  'config-hot-edit': [
    ['config.diff', {}, ['same'], true, false],
    ['config.diff', {}, ['loosens'], false, false],
    ['config.changes', { sinceMinutes: 120 }, ['deploys', 'length'], 0, 0],
  ],
  'config-hot-edit-after-deploy': [
    ['config.diff', {}, ['files', 0], undefined, 'strategy/config.yml'],
    ['config.changes', { sinceMinutes: 120 }, ['deploys', 'length'], 0, 1],
  ],
  'limits-softened': [
    ['risk.limits', {}, ['softened'], 0, 1],
    ['config.diff', {}, ['loosens'], false, true],
  ],
  'predictions-nan': [['inference.predictions', { ...model, last: 100 }, ['nan'], 0, 7]],
  'slippage-undocumented': [['reports.executionQuality', {}, ['undocumented'], 0, 1]],
  ...modelProbes,
  'acks-lost': [
    ['venue.fetchMyTrades', { since: '2026-11-18T21:00:00Z' }, ['trades', 'length'], 0, 1],
    ['book.snapshot', { since: '2026-11-18T21:00:00Z' }, ['executions', 'length'], 0, 0],
  ],
  ...operationsProbes,
  'duplicate-fills': [
    ['book.snapshot', { since: '2026-11-18T21:00:00Z' }, ['executions', 'length'], 0, 2],
    ['venue.fetchMyTrades', { since: '2026-11-18T21:00:00Z' }, ['trades', 'length'], 0, 2],
  ],
  'fill-never-happened': [['book.positions', {}, ['positions', 0, 'quantity'], '300', '310']],
  'side-flipped': [
    ['venue.fetchMyTrades', { since: '2026-11-18T21:00:00Z' }, ['trades', 0, 'side'], undefined, 'buy'],
    ['book.snapshot', { since: '2026-11-18T21:00:00Z' }, ['executions', 0, 'side'], undefined, 'sell'],
  ],
  'position-drift': [['venue.listStops', {}, ['stops', 'length'], 4, 4]],
  'external-position': [['venue.fetchPositions', {}, ['positions', 'length'], 4, 5]],
  'split-unbooked': [['data.fetchCorporateActions', { symbols: ['NVDA'] }, ['actions', 0, 'type'], undefined, 'split']],
  'external-order': [
    ['venue.fetchOpenOrders', {}, ['open'], 7, 8],
    ['orders.pending', {}, ['count'], 5, 5],
  ],
  'orders-unresolved': [
    ['orders.pending', {}, ['count'], 5, 6],
    ['orders.unresolved', {}, ['count'], 0, 1],
    ['orders.unresolved', {}, ['orders', 0, 'ageSeconds'], undefined, 180],
  ],
  'average-price-off': [
    ['book.snapshot', { since: '2026-11-18T21:00:00Z' }, ['positions', 1, 'averagePrice'], '417.8', '417.85'],
  ],
  'cash-off': [
    ['book.cash', {}, ['cash'], '1250000', '1249862.5'],
    ['book.cash', {}, ['calculated'], '1250000', '1250000'],
  ],
  'oversized-position': [['book.affected', { sinceMinutes: 60 }, ['mismatches'], 0, 1]],
  'backup-fills-slow': [['orders.fillBand', { first: 5 }, ['inside'], true, true]],
  'symbol-halted': [
    ['data.fetchTradingStatus', { symbols: ['NVDA'] }, ['symbols', 0, 'status'], 'trading', 'halted'],
    ['data.fetchTradingStatus', { symbols: ['SPY'] }, ['symbols', 0, 'status'], 'trading', 'trading'],
    ['data.fetchCorporateActions', { symbols: ['NVDA'] }, ['actions', 0, 'type'], undefined, 'halt'],
    ['data.freshness', {}, ['stale'], 0, 0],
    ['data.freshness', {}, ['symbols', 4, 'halted'], false, true],
    ['data.freshness', { vendor: 'backup' }, ['symbols', 4, 'stale'], false, true],
    ['venue.fetchInstrument', { symbol: 'NVDA' }, ['tradable'], true, false],
  ],
  'feed-unsubscribed': [
    ['data.freshness', {}, ['stale'], 0, 6],
    ['data.freshness', { vendor: 'backup' }, ['stale'], 0, 0],
  ],
  'missing-bars': [
    ['data.missingBars', { sessions: 2 }, ['missing'], 0, 15],
    ['data.missingBars', { sessions: 2 }, ['symbols', 'length'], 0, 2],
    ['data.missingBars', { sessions: 2, vendor: 'backup' }, ['missing'], 0, 0],
  ],
  'bar-count-mismatch': [
    ['data.compareCounts', { sessions: 5 }, ['primary'], 11700, 11700],
    ['data.compareCounts', { sessions: 5 }, ['backup'], 11700, 11520],
    ['data.compareCounts', { sessions: 5 }, ['current'], true, true],
    ['data.countBars', { vendor: 'backup', lookbackMinutes: 80 }, ['total'], 480, 468],
  ],
  'vendor-format-changed': [
    ['features.psi', { ...model, top: 10 }, ['drifted'], 0, 1],
    ['research.driftCause', { feature: 'volume_z' }, ['vendorFormatChanged'], false, true],
    ['data.schema', {}, ['matches'], true, false],
    ['data.schema', {}, ['changedAt'], undefined, '2026-11-14T12:00:00.000Z'],
    ['data.schema', { vendor: 'backup' }, ['matches'], true, true],
    ['data.fetchLatestBar', { symbol: 'SPY' }, ['volume'], 7219, 72],
  ],
  'price-jump': [
    ['data.priceJumps', { lookbackMinutes: 5 }, ['largest'], 0.000497, 0.250042],
    ['data.priceJumps', { vendor: 'backup', lookbackMinutes: 5 }, ['largest'], 0.000497, 0.000497],
    ['data.fetchLatestBar', { symbol: 'MSFT' }, ['close'], '418.1', '522.63'],
    ['data.fetchLatestBar', { vendor: 'backup', symbol: 'MSFT' }, ['close'], '418.1', '418.1'],
  ],
  'heartbeat-lost': [
    ['venue.heartbeat', { last: 6 }, ['consecutiveFailed'], 0, 3],
    ['venue.ping', {}, ['venue'], 'primary', unreachable],
    ['venue.fetchOpenOrders', {}, ['open'], 7, 7],
  ],
  'latency-high': [
    ['venue.latency', { last: 20 }, ['missing'], 0, 0],
    ['venue.latency', { last: 20 }, ['p95Ms'], 16.766, 134.129],
    ['venue.latency', { last: 20, venue: 'backup' }, ['p95Ms'], 18.705, 18.705],
  ],
  'backup-venue-down': [
    ['venue.ping', { venue: 'backup' }, ['venue'], 'backup', unreachable],
    ['venue.fetchBalance', { venue: 'backup' }, ['cash'], '250000', unreachable],
    ['venue.fetchStatus', { venue: 'backup' }, ['status'], 'ok', 'outage'],
    ['venue.heartbeat', { venue: 'backup', last: 6 }, ['failed'], 0, 3],
    ['venue.heartbeat', { last: 6 }, ['failed'], 0, 0],
  ],
  'auth-refused-on-backup': [
    ['venue.fetchBalance', { venue: 'backup' }, ['credential'], 'v1', 'failure'],
    ['venue.fetchOpenOrders', { venue: 'backup' }, ['open'], 4, 'failure'],
    ['venue.ping', { venue: 'backup' }, ['venue'], 'backup', 'backup'],
    ['venue.fetchBalance', {}, ['credential'], 'v1', 'v1'],
  ],
  'credentials-revoked-early': [
    ['venue.fetchBalance', {}, ['cash'], '1000000', 'failure'],
    ['venue.fetchOpenOrders', {}, ['open'], 7, 'failure'],
    ['venue.listCredentials', {}, ['credentials', 0, 'status'], 'active', 'revoked'],
  ],
}

async function ask(desk: PaperDesk, [method, args, path]: Probe): Promise<unknown> {
  const reading = await desk.read(method, args)
  if (reading.kind === 'failure') return reading.unreachable ? unreachable : 'failure'
  return (await desk.value(method, args)).at(...path)
}

const world = faults.flatMap(({ id }) => (id in probes ? [id] : []))
test('every fault but those of the adapter itself has its questions', () => {
  expect(Object.keys(probes).sort()).toEqual(
    faults
      .map(({ id }) => id)
      .filter((id) => !id.startsWith('adapter-'))
      .sort(),
  )
})

/** What stays after the fault, because it really happened. */
const lasting = new Set(['config.log', 'config.changes', 'venue.fetchMyTrades', 'book.snapshot'])

test.each(world)('%s', async (id) => {
  const desk = new PaperDesk()
  desk.moment = '2026-11-16T08:00:00-05:00'
  await desk.done('inference.startShadow', { ...model, version: 'v1.5.0' }, 'shadow')
  desk.moment = thursdayNoon
  const [, questions = []] = Object.entries(probes).find(([name]) => name === id) ?? []
  for (const probe of questions) expect(await ask(desk, probe), `${probe[0]} before`).toEqual(probe[3])
  await desk.set(id)
  await desk.set(id)
  for (const probe of questions) expect(await ask(desk, probe), `${probe[0]} under ${id}`).toEqual(probe[4])
  await desk.set(id, false)
  for (const probe of questions.filter(([method]) => !lasting.has(method))) {
    expect(await ask(desk, probe), `${probe[0]} after`).toEqual(probe[3])
  }
})

test('the largest share of a storm lies above or below 60 % as its fault says', async () => {
  const desk = new PaperDesk()
  const share = async (): Promise<unknown> =>
    (await desk.value('alerts.rootCauses', { lookbackMinutes: 30 })).at('largestShare')
  await desk.set('alert-storm-unrelated')
  expect(await share()).toBeLessThan(0.6)
  await desk.set('alert-storm-unrelated', false)
  await desk.set('alert-storm-parent')
  expect(await share()).toBeGreaterThan(0.6)
  expect(
    (await desk.done('alerts.silenceChildren', { rootCause: 'broker-gateway', minutes: 60 }, 'k')).at('silenced'),
  ).toBe(40)
  expect((await desk.value('alerts.rootCauses', { lookbackMinutes: 30 })).at('total')).toBe(9)
  desk.moment = '2026-11-19T13:30:00-05:00'
  expect((await desk.value('alerts.rootCauses', { lookbackMinutes: 30 })).at('total')).toBe(49)
})

test('exactly one host of eight is on the old hash, and a restart does not help it', async () => {
  const desk = new PaperDesk()
  const hashes = async (): Promise<readonly unknown[]> =>
    (await desk.value('inference.healthz')).list('hosts').map((host) => host.at('modelHash'))
  const pinned = (await desk.value('registry.getVersionByAlias', { ...model, alias: 'production' })).at('hash')
  expect(new Set(await hashes())).toEqual(new Set([pinned]))
  await desk.set('old-hash')
  await desk.done('inference.restartAll', model, 'k')
  expect((await hashes()).filter((hash) => hash !== pinned)).toHaveLength(1)
})

test('a silent venue takes an order and a cancel, and nobody knows; asked later it tells', async () => {
  const desk = new PaperDesk()
  await desk.set('venue-silent')
  const order = { symbol: 'SPY', side: 'buy', quantity: '5', price: '592.12' }
  expect(await desk.act('venue.createOrder', order, 'o')).toMatchObject({ kind: 'unknown' })
  expect(await desk.lookup('venue.createOrder', order, 'o')).toMatchObject({ kind: 'cannot-tell' })
  expect(await desk.act('venue.cancelAllOrders', { venue: 'primary' }, 'c')).toMatchObject({ kind: 'unknown' })
  await desk.set('venue-silent', false)
  expect(await desk.lookup('venue.createOrder', order, 'o')).toMatchObject({
    kind: 'done',
    value: { status: 'accepted' },
  })
  expect(await desk.lookup('venue.createOrder', order, 'never')).toMatchObject({ kind: 'not-done' })
  expect((await desk.value('venue.fetchOpenOrders')).json).toMatchObject({ open: 0, pendingCancel: 7 })
})

test('fills that nobody acknowledged make the book differ until it is adjusted to broker truth', async () => {
  const desk = new PaperDesk()
  await desk.set('acks-lost')
  const aapl = async (method: string): Promise<unknown> =>
    (await desk.value(method, method === 'venue.fetchPositions' ? { venue: 'primary' } : {}))
      .list('positions')
      .find((each) => each.at('symbol') === 'AAPL')
      ?.at('quantity')
  expect([await aapl('venue.fetchPositions'), await aapl('book.positions')]).toEqual(['320', '300'])
  const [trade] = (await desk.value('venue.fetchMyTrades', { since: '2026-11-18T21:00:00Z' })).list('trades')
  const executions = [{ account: 'paper', executionId: trade?.at('executionId'), venue: 'primary' }]
  const difference = { class: 'filled-not-reported', venue: 'primary', symbol: 'AAPL', subject: 'position' }
  const entries = [{ id: 'd1', ...difference, internal: '300', broker: '320' }]
  const stale = [{ id: 'd2', ...difference, internal: '299', broker: '320' }]
  expect(await desk.act('book.adjust', { entries: stale, executions }, 'k0')).toMatchObject({ kind: 'failed' })
  const before = { at: new Date(desk.now().getTime() - 1000).toISOString() }
  for (const key of ['k1', 'k1', 'k2']) await desk.act('book.adjust', { entries, executions }, key)
  expect(await aapl('book.positions')).toBe('320')
  expect((await desk.value('book.positions', before)).at('positions', 0, 'quantity')).toBe('300')
  // The acknowledgement arrives after all, and is not booked a second time.
  await desk.set('acks-lost', false)
  expect(await aapl('book.positions')).toBe('320')
  expect((await desk.value('book.source')).at('source')).toBe('broker')
})

test('a probe order is cancelled at once, and in a halt a fourth one is refused', async () => {
  const desk = new PaperDesk()
  desk.haltedAt = desk.now()
  for (const key of ['a', 'b', 'c', 'c']) {
    expect((await desk.done('venue.probeOrder', { symbol: 'SPY' }, key)).json).toMatchObject({
      accepted: true,
      cancelled: true,
    })
  }
  expect(await desk.act('venue.probeOrder', { symbol: 'SPY' }, 'd')).toMatchObject({ kind: 'failed' })
  expect((await desk.value('venue.fetchOpenOrders')).at('open')).toBe(7)
})

test('an incident ticket of an earlier halt is not the one of this halt', async () => {
  const desk = new PaperDesk()
  await desk.done('tickets.open', { kind: 'incident', title: 'earlier' }, 'a')
  expect((await desk.value('tickets.latestIncident')).at('ticket', 'title')).toBe('earlier')
  desk.haltedAt = new Date(desk.now().getTime() + 1000)
  expect((await desk.value('tickets.latestIncident')).json).toEqual({ found: false })
  const cause = { rootCause: 'a cable', causeClass: 'mistaken-kill', fixVerifiedIn: 'staging' }
  expect(await desk.act('tickets.documentCause', cause, 'b')).toMatchObject({ kind: 'failed' })
  desk.moment = desk.haltedAt.toISOString()
  await desk.done('tickets.open', { kind: 'incident', title: 'this one' }, 'c')
  for (const fixVerifiedIn of ['Production', ' PROD ', 'live', ' '])
    expect(await desk.act('tickets.documentCause', { ...cause, fixVerifiedIn }, fixVerifiedIn)).toMatchObject({
      kind: 'failed',
    })
  await desk.done('tickets.documentCause', cause, 'd')
  expect((await desk.value('tickets.latestIncident')).at('ticket')).toMatchObject({ title: 'this one', ...cause })
})
