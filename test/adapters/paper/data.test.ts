/** Feeds of the paper vendors: bars, counts, gaps and their filling, by one truth whichever method tells of it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeStateDir, PaperDesk } from './desk.ts'

const backup = { vendor: 'backup' }
const freshness = async (desk: PaperDesk): Promise<unknown> => (await desk.value('data.freshness')).at('stale')
const missing = async (desk: PaperDesk, args = {}): Promise<unknown> =>
  (await desk.value('data.missingBars', { sessions: 3, ...args })).at('missing')

test('bars join: each opens where the one before closed, and lies between its low and its high', async () => {
  const desk = new PaperDesk()
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: Date.parse('2022-01-10T00:00:00Z'), max: Date.parse('2030-06-01T00:00:00Z') }),
      fc.constantFrom('SPY', 'NVDA'),
      async (ms, symbol) => {
        desk.moment = new Date(ms).toISOString()
        const { bars, missing: gone } = (await desk.value('data.fetchBars', { symbol, lookbackMinutes: 20 })).json as {
          bars: { at: string; open: string; high: string; low: string; close: string }[]
          missing: number
        }
        expect([bars.length, gone]).toEqual([20, 0])
        bars.forEach(({ at, open, high, low, close }, index) => {
          const before = bars[index - 1]
          if (before !== undefined && Date.parse(at) - Date.parse(before.at) === 60_000) expect(open).toBe(before.close)
          expect(Number(low)).toBeLessThanOrEqual(Math.min(Number(open), Number(close)))
          expect(Number(high)).toBeGreaterThanOrEqual(Math.max(Number(open), Number(close)))
          expect(Date.parse(at)).toBeLessThanOrEqual(ms)
        })
        const latest = await desk.value('data.fetchLatestBar', { symbol })
        expect(latest.json).toMatchObject({ at: bars.at(-1)?.at, close: bars.at(-1)?.close })
        expect(latest.at('ageSeconds')).toBeLessThan(60)
      },
    ),
    { numRuns: 40 },
  )
})

test('a stale symbol shows in every method', async () => {
  const desk = new PaperDesk()
  await desk.set('stale-one')
  const nvda = { symbol: 'NVDA' }
  expect((await desk.value('data.fetchLatestBar', nvda)).json).toMatchObject({
    at: '2026-11-19T16:45:00.000Z',
    ageSeconds: 920,
  })
  expect((await desk.value('data.fetchBars', { ...nvda, lookbackMinutes: 20 })).at('missing')).toBe(15)
  expect(await desk.read('data.fetchBars', { ...nvda, lookbackMinutes: 10 })).toMatchObject({ kind: 'failure' })
  expect(await missing(desk)).toBe(15)
  expect((await desk.value('data.fetchBars', { symbol: 'SPY', lookbackMinutes: 20 })).at('missing')).toBe(0)
})

test('a dead vendor gives no bar and takes no subscription, and its history of the days before is known', async () => {
  const desk = new PaperDesk()
  await desk.set('backup-dead')
  const unreachable = { kind: 'failure', unreachable: true }
  for (const [method, args] of [
    ['data.fetchLatestBar', { symbol: 'SPY' }],
    ['data.fetchBars', { symbol: 'SPY', lookbackMinutes: 5 }],
    ['data.schema', {}],
    ['data.fetchTradingStatus', { symbols: ['SPY'] }],
  ] as const)
    expect(await desk.read(method, { ...args, ...backup }), method).toMatchObject(unreachable)
  expect(await desk.act('data.subscribe', { symbols: ['SPY'], ...backup }, 'a')).toMatchObject({ kind: 'failed' })
  expect(await desk.act('data.backfill', { sessions: 1, ...backup }, 'b')).toMatchObject({ kind: 'failed' })
  expect((await desk.value('data.compareCounts', { sessions: 5 })).json).toMatchObject({
    sessions: 5,
    divergence: 0,
    current: false,
  })
  // The last parallel sessions were before it died.
  desk.moment = '2026-11-23T12:00:00-05:00'
  expect(await desk.read('data.compareCounts', { sessions: 5 })).toMatchObject({ kind: 'failure' })
})

test('subscriptions that were lost are back when they are made again, each for itself', async () => {
  const desk = new PaperDesk()
  await desk.set('feed-unsubscribed')
  desk.moment = '2026-11-19T12:30:00-05:00'
  expect(await freshness(desk)).toBe(6)
  const some = await desk.done('data.subscribe', { symbols: ['SPY', 'QQQ'] }, 'a')
  expect(some.json).toEqual({ vendor: 'primary', subscribed: 2 })
  expect(await freshness(desk)).toBe(4)
  const { traded } = (await desk.value('universe.list')).json as { traded: string[] }
  expect((await desk.done('data.subscribe', { symbols: traded }, 'b')).at('subscribed')).toBe(6)
  expect(await freshness(desk)).toBe(0)
  // What was not sent meanwhile has to be filled in.
  const gone = Number(await missing(desk))
  expect(gone).toBe(6 * 44)
  expect((await desk.done('data.backfill', { sessions: 1 }, 'c')).at('filled')).toBe(gone)
  expect(await missing(desk)).toBe(0)
})

test('missing bars are filled once; a gap that appears later needs a backfill of its own', async () => {
  const desk = new PaperDesk()
  expect((await desk.done('data.backfill', { sessions: 2 }, 'early')).at('filled')).toBe(0)
  desk.moment = '2026-11-19T12:01:20-05:00'
  await desk.set('missing-bars')
  expect(await missing(desk)).toBe(15)
  expect(await missing(desk, { sessions: 1 })).toBe(0)
  expect((await desk.done('data.backfill', { sessions: 1 }, 'a')).at('filled')).toBe(0)
  for (const key of ['b', 'b']) expect((await desk.done('data.backfill', { sessions: 2 }, key)).at('filled')).toBe(15)
  expect((await desk.done('data.backfill', { sessions: 2 }, 'c')).at('filled')).toBe(0)
  expect(await missing(desk)).toBe(0)
})

test('a backup that lacks bars diverges by the share that it lacks, until its history is filled in', async () => {
  const desk = new PaperDesk()
  await desk.set('bar-count-mismatch')
  const divergence = async (sessions: number) => (await desk.value('data.compareCounts', { sessions })).at('divergence')
  expect(await divergence(1)).toBeCloseTo(0.025, 2)
  expect(await divergence(5)).toBeGreaterThan(0.005)
  await desk.done('data.backfill', { sessions: 5, ...backup }, 'a')
  expect(await divergence(5)).toBe(0)
  desk.moment = '2026-11-20T12:00:00-05:00'
  expect(await divergence(1)).toBeGreaterThan(0.005)
  expect(await desk.read('data.compareCounts', { sessions: 0 })).toMatchObject({ kind: 'failure' })
})

test.each(['2026-11-21T09:00:00Z', '2026-11-21T12:00:00Z', '2026-11-22T20:00:00Z', '2026-11-23T20:00:00Z'])(
  'a format that changed did so on a Saturday that is over (%s)',
  async (moment) => {
    const desk = new PaperDesk(makeStateDir(), moment)
    await desk.set('vendor-format-changed')
    const changed = new Date((await desk.value('data.schema')).text('changedAt'))
    expect(changed.getUTCDay()).toBe(6)
    const ageMs = Date.parse(moment) - changed.getTime()
    expect(ageMs).toBeGreaterThanOrEqual(0)
    expect(ageMs).toBeLessThanOrEqual(7.5 * 86_400_000)
  },
)

test('a halted symbol is shown, not counted, and its orders are rejected', async () => {
  const desk = new PaperDesk()
  await desk.set('symbol-halted')
  const order = { symbol: 'NVDA', side: 'buy', quantity: '1', price: '100' }
  for (const venue of ['primary', 'backup'])
    expect((await desk.done('venue.createOrder', { ...order, venue }, venue)).at('rejectCode')).toBe('HALTED')
  expect((await desk.done('venue.createOrder', { ...order, symbol: 'SPY' }, 'c')).at('status')).toBe('accepted')
})

test('suppressed symbols are traded again when they are restored', async () => {
  const desk = new PaperDesk()
  const before = (await desk.value('universe.list')).json
  await desk.done('universe.suppress', { symbols: ['NVDA', 'SPY'], reason: 'stale' }, 'a')
  expect((await desk.done('universe.restore', { symbols: ['NVDA', 'AAPL'] }, 'b')).json).toEqual({ restored: ['NVDA'] })
  expect((await desk.value('universe.list')).at('suppressed', 0, 'symbol')).toBe('SPY')
  expect((await desk.done('universe.restore', { symbols: ['NVDA', 'SPY'] }, 'c')).json).toEqual({ restored: ['SPY'] })
  expect((await desk.value('universe.list')).json).toEqual(before)
  expect(await desk.act('universe.restore', { symbols: ['NOPE'] }, 'd')).toMatchObject({ kind: 'failed' })
})

test('a price that jumps is told where it is, by the vendor that sent it, and not as the night between sessions', async () => {
  const desk = new PaperDesk()
  const jumps = async (args = {}): Promise<unknown> =>
    (await desk.value('data.priceJumps', { lookbackMinutes: 5, ...args })).json
  desk.moment = '2026-11-19T15:30:00.000Z'
  expect(await jumps()).toMatchObject({ traded: 6, silent: 0 })
  await desk.set('price-jump')
  expect((await desk.value('data.priceJumps', { lookbackMinutes: 5 })).at('largest')).toBeCloseTo(0.25, 3)
  expect(JSON.stringify(await jumps())).toContain('{"symbol":"MSFT","at":"2026-11-19T15:30:00.000Z","change":0.25')
  expect((await desk.value('data.priceJumps', { lookbackMinutes: 5, ...backup })).at('largest')).toBeLessThan(0.01)
  // The bar after it falls back as far; five minutes later both are out of the window.
  desk.moment = '2026-11-19T15:31:00.000Z'
  expect((await desk.value('data.priceJumps', { lookbackMinutes: 1 })).at('largest')).toBeLessThan(0.01)
  expect((await desk.value('data.priceJumps', { lookbackMinutes: 2 })).at('largest')).toBeCloseTo(0.25, 3)
  desk.moment = '2026-11-19T15:36:00.000Z'
  expect((await desk.value('data.priceJumps', { lookbackMinutes: 5 })).at('largest')).toBeLessThan(0.01)
  // Bars of two sessions, with the night between them.
  desk.moment = '2026-11-23T14:32:00.000Z'
  expect((await desk.value('data.priceJumps', { lookbackMinutes: 10 })).at('largest')).toBeLessThan(0.01)
})

test('symbols without a bar are counted, and change nothing', async () => {
  const desk = new PaperDesk()
  await desk.set('stale-one')
  expect((await desk.value('data.priceJumps', { lookbackMinutes: 5 })).json).toMatchObject({ traded: 6, silent: 1 })
  await desk.set('stale-all')
  expect((await desk.value('data.priceJumps', { lookbackMinutes: 5 })).json).toMatchObject({
    ...{ silent: 6, largest: 0, symbols: [] },
  })
  await desk.set('backup-dead')
  const dead = await desk.read('data.priceJumps', { vendor: 'backup', lookbackMinutes: 5 })
  expect(dead).toMatchObject({ kind: 'failure', unreachable: true })
})
