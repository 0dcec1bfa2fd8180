import { describe, expect, it } from 'vitest'
import { everyVenue } from '../../src/adapters/every-venue.ts'
import type { Adapter, Call, Effected, Reading, Settlement } from '../../src/ports/adapter.ts'
import { catalogue } from '../../src/ports/catalogue.ts'

const asOf = '2026-03-02T15:00:00Z'
const value = (v: unknown, at = asOf): Reading => ({ kind: 'value', value: v, asOf: at, source: 'x', complete: true })
const done = (v: unknown): Effected => ({ kind: 'done', value: v, asOf, source: 'x' })
const call = (method: string, args: Call['args'] = {}): Call => ({
  port: 'venues',
  method,
  args,
  timeoutMs: 1000,
  signal: new AbortController().signal,
})
const keyed = (method: string, args?: Call['args']) => ({ ...call(method, args), key: 'k1' })

interface Fake {
  readonly read?: (venue: string, call: Call) => Reading
  readonly act?: (venue: string, key: string, call: Call) => Effected | Promise<Effected>
  readonly lookup?: (venue: string, key: string) => Settlement
}
const venueOf = (c: Call): string => String(c.args['venue'])
const notAsked = (): never => {
  throw new Error('not expected to be asked')
}
const fake = ({ read, act, lookup }: Fake): Adapter => ({
  name: 'fake',
  has: new Set([...catalogue.keys()].filter((name) => name.startsWith('venue.'))),
  read: (c) => Promise.resolve(read?.(venueOf(c), c) ?? notAsked()),
  act: (c) => Promise.resolve(act?.(venueOf(c), c.key, c) ?? notAsked()),
  lookup: (c) => Promise.resolve(lookup?.(venueOf(c), c.key) ?? notAsked()),
})
const over = (f: Fake, venues: readonly string[] = ['primary', 'backup']) => everyVenue(fake(f), venues)

describe('every venue at once', () => {
  it('lists and places protective stops at each', async () => {
    const stop = { id: 's', symbol: 'SPY', side: 'sell', quantity: '1', stopPrice: '500' }
    const stops = over({ read: (venue) => value({ venue, stops: venue === 'primary' ? [stop, stop] : [] }) })
    expect(await stops.read(call('listStops'))).toMatchObject({
      value: {
        venues: [
          { venue: 'primary', stops: 2 },
          { venue: 'backup', stops: 0 },
        ],
      },
    })
    const asked: string[] = []
    const placing = over({
      act: (venue, _key, { method }) => {
        asked.push(`${venue} ${method}`)
        return done({ placed: 1 })
      },
    })
    expect(await placing.act(keyed('placeStops'))).toMatchObject({
      value: {
        venues: [
          { venue: 'primary', placed: 1 },
          { venue: 'backup', placed: 1 },
        ],
      },
    })
    expect(asked).toEqual(['primary placeStops', 'backup placeStops'])
    expect(await over({ read: (venue) => value({ venue, stops: 4 }) }).read(call('listStops'))).toMatchObject({
      kind: 'failure',
    })
  })

  it('serves every method of the venues port, and nothing that the adapter below lacks', () => {
    const declared = [...catalogue.keys()].filter((name) => name.startsWith('venues.'))
    expect([...over({}).has].sort()).toEqual(declared.sort())
    const half = everyVenue({ ...fake({}), has: new Set(['venue.fetchOpenOrders']) }, ['primary'])
    expect([...half.has]).toEqual(['venues.countOpenOrders'])
  })

  it('adds up readings in the shape of the port, as old as the oldest of them', async () => {
    const reading = await over({
      read: (venue, c) => {
        expect([c.port, c.method]).toEqual(['venue', 'fetchOpenOrders'])
        return value(
          { venue, open: 1, pendingCancel: 0, unknown: 2, orders: [] },
          venue === 'backup' ? '2026-03-02T14:59:00Z' : asOf,
        )
      },
    }).read(call('countOpenOrders'))
    expect(reading).toMatchObject({ kind: 'value', asOf: '2026-03-02T14:59:00Z', complete: true })
    const parsed = catalogue.get('venues.countOpenOrders')?.result.parse(reading.kind === 'value' ? reading.value : {})
    expect(parsed).toEqual({
      venues: [
        { venue: 'primary', open: 1, pendingCancel: 0, unknown: 2 },
        { venue: 'backup', open: 1, pendingCancel: 0, unknown: 2 },
      ],
    })
  })

  it('counts positions that are not flat, short ones too', async () => {
    const quantities = ['0', '-0.00', '10', '-0.5', '0.000']
    const reading = await over({
      read: () => value({ venue: 'v', positions: quantities.map((quantity) => ({ symbol: 'A', quantity })) }),
    }).read(call('countPositions'))
    expect(reading).toMatchObject({ value: { venues: [{ positions: 2 }, { positions: 2 }] } })
  })

  it('fails as a whole where one venue cannot be read, answers nonsense or is not read to the end', async () => {
    const good = value({ venue: 'primary', open: 0, pendingCancel: 0, unknown: 0, orders: [] })
    const failing: Reading = { kind: 'failure', reason: 'silent', source: 'x', unreachable: true }
    const one = (backup: Reading) =>
      over({ read: (v) => (v === 'primary' ? good : backup) }).read(call('countOpenOrders'))
    expect(await one(failing)).toMatchObject({ kind: 'failure', reason: 'backup: silent', unreachable: true })
    expect(await one(value({ open: 0, pendingCancel: null, unknown: 0 }))).toMatchObject({ kind: 'failure' })
    const partial = { kind: 'value', value: { open: 0, pendingCancel: 0, unknown: 0 }, asOf, source: 'x' } as const
    expect(await one({ ...partial, complete: false })).toMatchObject({ kind: 'value', complete: false })
    const mixed = over({ read: (v) => (v === 'primary' ? value({}) : failing) })
    expect(await mixed.read(call('countOpenOrders'))).toMatchObject({ kind: 'failure', reason: 'backup: silent' })
    const refusing: Reading = { ...failing, reason: 'refused', unreachable: false }
    const both = over({ read: (v) => (v === 'primary' ? refusing : failing) })
    expect(await both.read(call('countOpenOrders'))).toMatchObject({
      reason: 'primary: refused; backup: silent',
      unreachable: false,
    })
  })

  it('never takes no venues for no orders', async () => {
    expect(await over({}, []).read(call('countOpenOrders'))).toMatchObject({ kind: 'failure' })
    expect(await over({}, []).act(keyed('cancelAllOrders'))).toMatchObject({ kind: 'failed' })
    expect(await over({}, []).lookup(keyed('cancelAllOrders'))).toMatchObject({ kind: 'cannot-tell' })
  })

  it('sends to every venue before any of them has answered, each under its own key', async () => {
    const sent: string[] = []
    const release: (() => void)[] = []
    const running = over({
      act: (venue, key) => {
        sent.push(`${venue} ${key}`)
        return new Promise((resolve) =>
          release.push(() => {
            resolve(done({ venue, requested: 3 }))
          }),
        )
      },
    }).act(keyed('cancelAllOrders'))
    await Promise.resolve()
    expect(sent).toEqual(['primary k1/primary', 'backup k1/backup'])
    for (const go of release) go()
    expect(await running).toMatchObject({ kind: 'done', value: { venues: [{ requested: 3 }, { requested: 3 }] } })
  })

  it('hands the other arguments to each venue', async () => {
    const seen: unknown[] = []
    await over({ act: (_v, _k, c) => (seen.push(c.args), done({ tightened: 1 })) }).act(
      keyed('tightenStops', { factor: '0.5' }),
    )
    expect(seen).toEqual([
      { factor: '0.5', venue: 'primary' },
      { factor: '0.5', venue: 'backup' },
    ])
  })

  it.each([
    ['failed', ['done', 'failed']],
    ['unknown', ['failed', 'unknown']],
    ['unknown', ['unknown', 'done']],
  ] as const)('is %s when the venues say %j', async (expected, kinds) => {
    const answers = new Map([
      ['primary', kinds[0]],
      ['backup', kinds[1]],
    ])
    const effected = await over({
      act: (venue) => {
        const kind = answers.get(venue) ?? 'done'
        return kind === 'done' ? done({ requested: 0 }) : { kind, reason: 'because', source: 'x' }
      },
    }).act(keyed('cancelAllOrders'))
    expect(effected.kind).toBe(expected)
  })

  it('settles half-done cancels as not done, and half-done closing as a matter for a person', async () => {
    const adapter = over({
      lookup: (venue) =>
        venue === 'primary'
          ? { kind: 'done', value: { requested: 1, closed: 1 }, asOf, source: 'x' }
          : { kind: 'not-done', asOf, source: 'x' },
    })
    expect((await adapter.lookup(keyed('cancelAllOrders'))).kind).toBe('not-done')
    expect(await adapter.lookup(keyed('closeAllPositions'))).toEqual({
      kind: 'cannot-tell',
      reason: 'done at primary, not done at backup',
    })
  })
})
