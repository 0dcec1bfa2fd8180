import { describe, expect, test, vi } from 'vitest'
import { guarded } from '../../src/adapters/guarded.ts'
import type { Adapter } from '../../src/ports/adapter.ts'
import { adapterWith, asOf, callOf, doneWith, hanging, now, valueOf } from './support.ts'

const ping = { venue: 'primary', latencyMs: 3 }
const cancel = callOf('venue.cancelAllOrders', { venue: 'primary' })
const cancelled = { venue: 'primary', requested: 2 }
const guard = (adapter: Adapter, secrets: readonly string[] = []): Adapter => guarded(adapter, { secrets, now })
/** The time is up as soon as anybody waits. */
const impatient = (adapter: Adapter): Adapter =>
  guarded(adapter, {
    secrets: [],
    now,
    startTimer: (_ms, fire) => {
      const timer = setImmediate(fire)
      return () => {
        clearImmediate(timer)
      }
    },
  })

const nonsense: readonly (readonly [string, unknown, RegExp])[] = [
  ['nothing', undefined, /no reading/],
  ['a text', 'ok', /no reading/],
  ['a list', [], /no reading/],
  ['another kind', { ...valueOf(ping), kind: 'fine' }, /no reading/],
  ['no moment', { ...valueOf(ping), asOf: undefined }, /asOf/],
  ['a moment without offset', { ...valueOf(ping), asOf: '2026-11-20T14:00:00' }, /asOf/],
  ['a moment that is none', { ...valueOf(ping), asOf: '2026-99-20T14:00:00Z' }, /asOf/],
  ['only a part', { ...valueOf(ping), complete: false }, /could not read all/],
  ['completeness unsaid', { ...valueOf(ping), complete: undefined }, /could not read all/],
  ['a minute ago and more', { ...valueOf(ping), asOf: '2026-11-20T13:58:59.000Z' }, /stale: its asOf lies 61 s back/],
  ['a time to come', { ...valueOf(ping), asOf: '2026-11-20T14:01:01.000Z' }, /not of now: its asOf lies 61 s ahead/],
  ['NaN', valueOf({ ...ping, latencyMs: Number.NaN }), /latencyMs/],
  ['an infinity', valueOf({ ...ping, latencyMs: Number.NEGATIVE_INFINITY }), /latencyMs/],
  ['a field too few', valueOf({ venue: 'primary' }), /latencyMs/],
  ['a field too many', valueOf({ ...ping, jitterMs: 1 }), /jitterMs/],
  ['the wrong type', valueOf({ ...ping, latencyMs: '3' }), /latencyMs/],
  ['no value', valueOf(undefined), /value/],
]

describe('a reading', () => {
  test('passes unchanged when it is right', async () => {
    const reading = await guard(adapterWith({ read: () => valueOf(ping) })).read(callOf('venue.ping'))
    expect(reading).toEqual(valueOf(ping))
  })
  for (const [what, answer, reason] of nonsense) {
    test(`of ${what} is a failure`, async () => {
      const reading = await guard(adapterWith({ read: () => answer })).read(callOf('venue.ping'))
      expect(reading).toMatchObject({ kind: 'failure', reason: expect.stringMatching(reason) as string })
    })
  }
  test('of the last minute is believed', async () => {
    const minuteOld = { ...valueOf(ping), asOf: '2026-11-20T13:59:00.000Z' }
    expect(await guard(adapterWith({ read: () => minuteOld })).read(callOf('venue.ping'))).toEqual(minuteOld)
  })
  test('may be measured while it is waited for', async () => {
    const times = [asOf, '2026-11-20T14:09:00.000Z']
    const slow = guarded(adapterWith({ read: () => ({ ...valueOf(ping), asOf: '2026-11-20T14:05:00.000Z' }) }), {
      secrets: [],
      now: () => new Date(times.shift() ?? asOf),
    })
    expect(await slow.read(callOf('venue.ping'))).toMatchObject({ kind: 'value' })
  })
  test('that counts what it does not list contradicts itself', async () => {
    const read = () => valueOf({ venue: 'primary', open: 2, pendingCancel: 0, unknown: 0, orders: [] })
    const reading = await guard(adapterWith({ read })).read(callOf('venue.fetchOpenOrders'))
    expect(reading).toMatchObject({ kind: 'failure', reason: expect.stringContaining('contradicts itself') as string })
  })
  test('deep inside a list is checked, and its place is named', async () => {
    const order = { id: '1', clientOrderId: 'c', symbol: 'SPY', side: 'buy', quantity: '1', filled: '0', price: '1e3' }
    const value = {
      venue: 'primary',
      open: 1,
      pendingCancel: 0,
      unknown: 0,
      orders: [{ ...order, status: 'open', protective: false }],
    }
    const reading = await guard(adapterWith({ read: () => valueOf(value) })).read(callOf('venue.fetchOpenOrders'))
    expect(reading).toMatchObject({ kind: 'failure', reason: expect.stringContaining('orders.0.price') as string })
  })
  test('of an adapter that throws is a failure with its words, on one line', async () => {
    const read = (): never => {
      throw new Error(`broken\n${'x'.repeat(10_000)}`)
    }
    const reading = await guard(adapterWith({ read })).read(callOf('venue.ping'))
    expect(reading).toMatchObject({
      kind: 'failure',
      reason: expect.stringMatching(/^the adapter threw: broken x+…$/) as string,
    })
  })
  test('of an adapter that hangs is an unreachable failure, and the adapter is told to stop', async () => {
    let stopped = false
    const adapter = adapterWith({
      read: ({ signal }) => {
        signal.addEventListener('abort', () => {
          stopped = true
        })
        return hanging()
      },
    })
    const reading = await impatient(adapter).read(callOf('venue.ping'))
    expect(reading).toMatchObject({ kind: 'failure', reason: 'no answer within 5000 ms', unreachable: true })
    expect(stopped).toBe(true)
  })
  test('ends when the caller gives up', async () => {
    const caller = new AbortController()
    const reading = guard(adapterWith({ read: hanging })).read({ ...callOf('venue.ping'), signal: caller.signal })
    caller.abort()
    expect(await reading).toMatchObject({ kind: 'failure', reason: 'interrupted' })
    const again = await guard(adapterWith({})).read({ ...callOf('venue.ping'), signal: caller.signal })
    expect(again).toMatchObject({ kind: 'failure', reason: 'interrupted' })
  })
  test('of a failure keeps its reason and whether anybody was there', async () => {
    const answer = { kind: 'failure', reason: 'no route\u001b[2J', source: 'fix', unreachable: true }
    const reading = await guard(adapterWith({ read: () => answer })).read(callOf('venue.ping'))
    expect(reading).toEqual({ ...answer, reason: 'no route [2J' })
  })
})

describe('what is asked', () => {
  test.each([
    ['venue.nothing', {}, /no method/],
    ['venue.ping', { venue: 1 }, /venue/],
    ['venue.ping', { venu: 'primary' }, /venu/],
    ['data.countBars', { lookbackMinutes: 1.5 }, /lookbackMinutes/],
    ['venue.cancelAllOrders', { venue: 'primary' }, /has an effect/],
  ])('%s %j never reaches the adapter', async (name, args, reason) => {
    const read = vi.fn()
    const reading = await guard(adapterWith({ read })).read(callOf(name, args))
    expect(reading).toMatchObject({ kind: 'failure', reason: expect.stringMatching(reason) as string })
    expect(read).not.toHaveBeenCalled()
  })
  test('an effect with wrong arguments has failed, because nothing was sent', async () => {
    const act = vi.fn()
    expect(await guard(adapterWith({ act })).act(callOf('venue.cancelAllOrders'))).toMatchObject({ kind: 'failed' })
    expect(await guard(adapterWith({ act })).act(callOf('venue.ping'))).toMatchObject({ kind: 'failed' })
    expect(act).not.toHaveBeenCalled()
  })
})

describe('an effect', () => {
  test('passes unchanged when it is right', async () => {
    const answer = await guard(adapterWith({ act: () => doneWith(cancelled) })).act(cancel)
    expect(answer).toEqual(doneWith(cancelled))
    const refused = { kind: 'failed', reason: 'closed', source: 'fix' }
    expect(await guard(adapterWith({ act: () => refused })).act(cancel)).toEqual(refused)
  })
  test.each([
    ['nothing', undefined],
    ['another kind', { ...doneWith(cancelled), kind: 'ok' }],
    ['NaN', doneWith({ ...cancelled, requested: Number.NaN })],
    ['a field too few', doneWith({ venue: 'primary' })],
    ['no moment', { ...doneWith(cancelled), asOf: 'now' }],
  ])('that answers %s is unknown', async (_what, answer) => {
    expect(await guard(adapterWith({ act: () => answer })).act(cancel)).toMatchObject({ kind: 'unknown' })
  })
  test('that throws or hangs is unknown', async () => {
    const act = (): never => {
      throw new Error('reset by peer')
    }
    expect(await guard(adapterWith({ act })).act(cancel)).toMatchObject({ kind: 'unknown' })
    expect(await impatient(adapterWith({ act: hanging })).act(cancel)).toMatchObject({ kind: 'unknown' })
  })
  test('is seen through although the caller gives up', async () => {
    const caller = new AbortController()
    caller.abort()
    const answer = await guard(
      adapterWith({ act: ({ signal }) => (signal.aborted ? undefined : doneWith(cancelled)) }),
    ).act({
      ...cancel,
      signal: caller.signal,
    })
    expect(answer).toMatchObject({ kind: 'done' })
  })
})

describe('a lookup', () => {
  test('passes when it is right', async () => {
    for (const answer of [doneWith(cancelled), { kind: 'not-done', asOf, source: 'test' }])
      expect(await guard(adapterWith({ lookup: () => answer })).lookup(cancel)).toEqual(answer)
  })
  test.each([undefined, { kind: 'done' }, { kind: 'not-done' }, doneWith({}), { kind: 'maybe', asOf, source: '' }])(
    'that answers %j cannot tell',
    async (answer) => {
      expect(await guard(adapterWith({ lookup: () => answer })).lookup(cancel)).toMatchObject({ kind: 'cannot-tell' })
    },
  )
  test('that was not done an hour ago cannot tell, or it would be done twice', async () => {
    const lookup = () => ({ kind: 'not-done', asOf: '2026-11-20T13:00:00.000Z', source: 'test' })
    expect(await guard(adapterWith({ lookup })).lookup(cancel)).toMatchObject({ kind: 'cannot-tell' })
    const earlier = { ...doneWith(cancelled), asOf: '2026-11-20T13:00:00.000Z' }
    expect(await guard(adapterWith({ lookup: () => earlier })).lookup(cancel)).toEqual(earlier)
  })
  test('that throws or hangs cannot tell', async () => {
    const lookup = (): never => {
      throw new Error('reset by peer')
    }
    expect(await guard(adapterWith({ lookup })).lookup(cancel)).toMatchObject({ kind: 'cannot-tell' })
    expect(await impatient(adapterWith({ lookup: hanging })).lookup(cancel)).toMatchObject({ kind: 'cannot-tell' })
  })
})

test('configured secrets are blacked out of values, reasons and sources', async () => {
  const secret = 'hunter2-hunter2'
  const secrets = [secret]
  const said = JSON.stringify([
    await guard(adapterWith({ read: () => valueOf({ venue: `at ${secret}`, latencyMs: 3 }) }), secrets).read(
      callOf('venue.ping'),
    ),
    await guard(
      adapterWith({ read: () => ({ kind: 'failure', reason: `401 ${secret}`, source: secret, unreachable: false }) }),
      secrets,
    ).read(callOf('venue.ping')),
    await guard(
      adapterWith({
        act: () => {
          throw new Error(secret)
        },
      }),
      secrets,
    ).act(cancel),
    await guard(adapterWith({ lookup: () => ({ kind: 'cannot-tell', reason: secret }) }), secrets).lookup(cancel),
  ])
  expect(said).not.toContain(secret)
  expect(said.match(/\[redacted\]/g)).toHaveLength(5)
})
