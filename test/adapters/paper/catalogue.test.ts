/** Every method of the catalogue that the paper desk owes is there, and answers what its schema says, healthy and under every fault. */
import { expect, test } from 'vitest'
import { faults } from '../../../src/adapters/paper/faults.ts'
import { catalogue } from '../../../src/ports/catalogue.ts'
import type { Args } from './desk.ts'
import { PaperDesk, resultOf } from './desk.ts'
import { modelEffectArgs, modelReadArgs } from './models/args.ts'
import { operationsEffectArgs, operationsReadArgs } from './operations/args.ts'

const elsewhere = new Set(['desk', 'reconciliation', 'exec', 'http', 'venues'])
const owed = [...catalogue.values()].filter(({ port }) => !elsewhere.has(port))
const nameOf = ({ port, name }: (typeof owed)[number]): string => `${port}.${name}`

const model = { model: 'signal' }
const readArgs: Readonly<Record<string, Args>> = {
  'venue.fetchRejects': { lookbackMinutes: 120 },
  'venue.fetchMyTrades': { since: '2026-11-01T00:00:00Z' },
  'venue.fetchOrder': { clientOrderId: 'desk-primary-seed-41' },
  'venue.fetchInstrument': { symbol: 'SPY' },
  'venue.latency': { last: 20 },
  'venue.heartbeat': { last: 6 },
  'book.snapshot': { since: '2026-11-01T00:00:00Z' },
  'metrics.bandExits': { ...model, sessions: 5 },
  'orders.newSince': { since: '2026-11-01T00:00:00Z' },
  'orders.fillBand': { first: 5 },
  'book.affected': { sinceMinutes: 60 },
  'orders.conformance': { lookbackMinutes: 60 },
  'data.fetchCorporateActions': { symbols: ['NVDA'] },
  'data.fetchLatestBar': { symbol: 'SPY' },
  'data.fetchBars': { symbol: 'SPY', lookbackMinutes: 30 },
  'data.fetchTradingStatus': { symbols: ['NVDA', 'SPY'] },
  'data.compareCounts': { sessions: 5 },
  'data.missingBars': { sessions: 2 },
  'data.priceJumps': { lookbackMinutes: 60 },
  'data.countBars': { lookbackMinutes: 30 },
  'registry.getVersion': { ...model, version: 'v1.3.2' },
  'registry.getVersionByAlias': { ...model, alias: 'production' },
  'registry.verifyVersion': { ...model, alias: 'last_stable' },
  'registry.attestations': { ...model, version: 'v1.5.0' },
  'inference.predictions': { ...model, last: 100 },
  'inference.shadowLog': { ...model, version: 'v1.5.0' },
  'inference.allocation': model,
  'research.replay': { ...model, sessions: 5 },
  'metrics.pnlBand': model,
  'metrics.cumulativePnl': { ...model, sessions: 5, percentile: 5 },
  'metrics.predictionShift': model,
  'config.changes': { sinceMinutes: 120 },
  'config.log': { path: 'orders', last: 5 },
  'alerts.rootCauses': { lookbackMinutes: 30 },
  ...modelReadArgs,
  ...operationsReadArgs,
}
const effectArgs: Readonly<Record<string, Args>> = {
  'venue.createOrder': { symbol: 'SPY', side: 'buy', quantity: '5', price: '592.12' },
  'venue.probeOrder': { symbol: 'SPY' },
  'venue.tightenStops': { factor: '0.5' },
  'venue.cancelOrder': { clientOrderId: 'desk-primary-seed-41' },
  'venue.placeStops': {},
  'venue.cancelAllOrdersAfter': { venue: 'primary', seconds: 60 },
  'venue.closePosition': { venue: 'primary', symbol: 'AAPL' },
  'venue.createCredential': {},
  'venue.revokeCredential': { version: 'v2' },
  'venue.suspendTrading': { venue: 'backup' },
  'venue.resumeTrading': { venue: 'backup' },
  'orders.resolve': { clientOrderId: 'desk-primary-seed-42', action: 'confirm' },
  'book.recalculateCash': {},
  'venue.cancelAllOrders': { venue: 'primary' },
  'venue.closeAllPositions': { venue: 'backup' },
  'book.adjust': { entries: [], executions: [] },
  'routing.setBroker': { venue: 'backup', ifCurrent: 'primary' },
  'routing.setDataVendor': { vendor: 'backup', ifCurrent: 'primary' },
  'data.subscribe': { symbols: ['SPY'] },
  'data.backfill': { sessions: 2 },
  'universe.restore': { symbols: ['SPY'] },
  'universe.suppress': { symbols: ['NVDA'], reason: 'stale' },
  'registry.setAlias': { ...model, alias: 'production', version: 'v1.3.2', ifCurrent: 'v1.4.0' },
  'registry.setTag': { ...model, version: 'v1.5.0', tag: 'features_v2.3.0' },
  'inference.restartAll': model,
  'inference.startShadow': { ...model, version: 'v1.5.0' },
  'inference.setAllocation': { ...model, version: 'v1.5.0', share: '0.25' },
  'config.commitLive': { message: 'Keep what is live' },
  'config.push': {},
  'config.deploy': { commit: 'HEAD' },
  'alerts.silenceChildren': { rootCause: 'broker-gateway', minutes: 60 },
  'notify.post': { channel: 'oncall', text: 'hello' },
  'notify.page': { role: 'oncall', text: 'wake up' },
  'notify.openChannel': { name: 'incident-1' },
  'tickets.open': { kind: 'incident', title: 'something', dueInSessions: 5 },
  'tickets.documentCause': { rootCause: 'a cable', causeClass: 'venue', fixVerifiedIn: 'staging' },
  'tickets.linkAlerts': { ticket: 'T-1', rootCause: 'broker-gateway' },
  'tickets.assign': { ticket: 'T-1', role: 'commander' },
  'tickets.close': { ticket: 'T-1', artifact: 'a'.repeat(64) },
  'storage.put': { name: 'report', text: 'all is well' },
  ...modelEffectArgs,
  ...operationsEffectArgs,
}

test('the paper desk serves exactly what it owes', () => {
  expect([...new PaperDesk().has].sort()).toEqual(owed.map(nameOf).sort())
})

test('a healthy desk reads every value that its schema asks for', async () => {
  const desk = new PaperDesk()
  await desk.done('inference.startShadow', { ...model, version: 'v1.5.0' }, 'shadow')
  for (const method of owed.filter(({ effect }) => effect === 'none').map(nameOf)) {
    await desk.value(method, readArgs[method])
  }
})

test('every effect answers what its schema says, and is told done afterwards', async () => {
  const desk = new PaperDesk()
  const commit = (await desk.value('config.head')).text('commit')
  await desk.set('config-hot-edit')
  await desk.set('ticket-unowned')
  const trained = await desk.value('registry.getVersion', { ...model, version: 'v1.5.0' })
  const archive = { ...model, version: 'v1.5.0', dataHash: trained.text('dataHash'), from: trained.text('trainedFrom') }
  const all = { ...effectArgs, 'config.revert': { commit }, 'registry.archive': archive }
  for (const [method, args] of Object.entries(all)) {
    expect(await desk.lookup(method, args, `${method}-key`), method).toMatchObject({ kind: 'not-done' })
    const value = (await desk.done(method, args, `${method}-key`)).json
    expect(await desk.lookup(method, args, `${method}-key`), method).toMatchObject({ kind: 'done', value })
  }
  expect(Object.keys(all).sort()).toEqual(
    owed
      .filter(({ effect }) => effect !== 'none')
      .map(nameOf)
      .sort(),
  )
})

const inRepository: readonly string[] = faults
  .map(({ id }) => id)
  .filter((id) => /^(?:config|limits|bad-lots)/.test(id))
/** Git is slow to ask; a fault that leaves the repository alone need not ask it. */
const asksGit = (method: string): boolean =>
  /^(?:config|risk)\./.test(method) || ['reports.pnl', 'system.validateConfig', 'access.audit'].includes(method)
const readsTouchedBy = (fault: string): readonly string[] =>
  owed.filter((each) => each.effect === 'none' && (inRepository.includes(fault) || !asksGit(nameOf(each)))).map(nameOf)

const ofAdapter = ['adapter-throws', 'adapter-hangs', 'adapter-nonsense']
test.each(faults.filter(({ id }) => !ofAdapter.includes(id)))(
  'under $id every reading is a value of its schema or a failure with a reason',
  async ({ id }) => {
    const desk = new PaperDesk()
    await desk.done('inference.startShadow', { ...model, version: 'v1.5.0' }, 'shadow')
    await desk.set(id)
    for (const method of readsTouchedBy(id)) {
      const reading = await desk.read(method, readArgs[method])
      if (reading.kind === 'value') expect(() => resultOf(method, reading.value), method).not.toThrow()
      else expect(reading.reason, method).not.toBe('')
    }
  },
)

test('an adapter that is broken on purpose throws, never returns, or answers what no schema accepts', async () => {
  const desk = new PaperDesk()
  await desk.set('adapter-throws')
  await expect(desk.read('venue.ping')).rejects.toThrow('on purpose')
  await desk.set('adapter-throws', false)
  await desk.set('adapter-nonsense')
  await expect(desk.value('venue.ping')).rejects.toThrow('Unrecognized')
  await desk.set('adapter-nonsense', false)
  await desk.set('adapter-hangs')
  const first = await Promise.race([desk.read('venue.ping'), new Promise((resolve) => setImmediate(resolve, 'later'))])
  expect(first).toBe('later')
})
