import { describe, expect, test } from 'vitest'
import { guarded } from '../../../src/adapters/guarded.ts'
import { reconciliationAdapter } from '../../../src/adapters/reconciliation/adapter.ts'
import { setFault } from '../../../src/adapters/paper/switch-fault.ts'
import type { Adapter, Call, Reading } from '../../../src/ports/adapter.ts'
import { composed, paperDesk } from '../desk/support.ts'
import { adapterWith, asOf, callOf, doneWith, hanging, now, valueOf } from '../support.ts'

const valueIn = (answer: unknown) => (answer as { value: Record<string, unknown> }).value
const compare = (adapter: Adapter, args: Record<string, unknown> = {}) =>
  adapter.read(callOf('reconciliation.compare', args))
const adjust = (adapter: Adapter, comparison: unknown, key = 'k') =>
  adapter.act({ ...callOf('reconciliation.adjust', { comparison }), key })

describe('over the paper desk', () => {
  test('a healthy desk agrees, and confirming it books nothing', async () => {
    const { adapter } = composed(paperDesk())
    const found = valueIn(await compare(adapter))
    expect(found).toMatchObject({ count: 0, differences: [] })
    expect(await adjust(adapter, found['comparison'])).toMatchObject({ kind: 'done', value: { adjusted: 0 } })
    expect(valueIn(await adapter.read(callOf('book.source')))).toMatchObject({ source: 'broker' })
  })

  test('fills that were never heard of are found, classified, booked once, and gone', async () => {
    const desk = paperDesk()
    await setFault(desk, 'acks-lost', true)
    const { adapter } = composed(desk)
    const reading = await compare(adapter)
    const found = valueIn(reading)
    expect(found['count']).toBeGreaterThan(0)
    for (const difference of found['differences'] as { class: string; internal: string; broker: string }[])
      expect(difference).toMatchObject({ class: 'filled-not-reported' })
    expect(valueIn(await compare(adapter))['comparison']).toBe(found['comparison'])
    desk.clock.forward(1000)
    const booked = await adjust(adapter, found['comparison'])
    expect(booked).toMatchObject({ kind: 'done', value: { adjusted: found['count'] } })
    expect(valueIn(await compare(adapter))).toMatchObject({ count: 0 })
    expect(valueIn(await adapter.read(callOf('book.source')))).toMatchObject({ source: 'broker' })
    // Again with the same key: the answer of the first time. With another one: that comparison is no longer true.
    expect(await adjust(adapter, found['comparison'])).toEqual(booked)
    const settled = await adapter.lookup({ ...callOf('reconciliation.adjust', { comparison: '' }), key: 'k' })
    expect(settled).toMatchObject({ kind: 'done', value: { adjusted: found['count'] } })
    expect(await adjust(adapter, found['comparison'], 'other')).toMatchObject({ kind: 'failed' })
    expect(valueIn(await compare(adapter))).toMatchObject({ count: 0 })
  })

  test('executions that an adjustment brought in are not counted again when their reports arrive', async () => {
    const desk = paperDesk()
    await setFault(desk, 'acks-lost', true)
    const { adapter } = composed(desk)
    desk.clock.forward(1000)
    await adjust(adapter, valueIn(await compare(adapter))['comparison'])
    await setFault(desk, 'acks-lost', false)
    await adapter.act(callOf('venue.cancelAllOrders', { venue: 'primary' }))
    expect(valueIn(await compare(adapter))).toMatchObject({ count: 0 })
  })

  test.each(['venue-silent'] as const)(
    'with %s there is no comparison, never one without differences',
    async (fault) => {
      const desk = paperDesk()
      await setFault(desk, fault, true)
      const { adapter } = composed(desk)
      const wanted = { kind: 'failure', unreachable: true, reason: expect.stringContaining('primary') as string }
      expect(await compare(adapter)).toMatchObject(wanted)
      expect(await adapter.read(callOf('reconciliation.brokerTruth'))).toMatchObject(wanted)
    },
  )

  test.each(['', 'cmp-x', 'cmp-zzz-00', '../etc'])('%j names no comparison', async (comparison) => {
    const { adapter } = composed(paperDesk())
    expect(await adjust(adapter, comparison)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('names no comparison') as string,
    })
  })
})

/** One venue with one position, whose answers a test can replace. */
interface Answers {
  readonly [name: string]: ((call: Call) => unknown) | undefined
}
const held = { venue: 'primary', symbol: 'SPY', quantity: '10' }
const healthy: Answers = {
  'venue.fetchPositions': () => valueOf({ venue: 'primary', positions: [{ ...held, averagePrice: '1' }] }),
  'venue.fetchOpenOrders': () => valueOf({ venue: 'primary', open: 0, pendingCancel: 0, unknown: 0, orders: [] }),
  'venue.fetchMyTrades': () => valueOf({ venue: 'primary', trades: [] }),
  'venue.fetchBalance': () => valueOf({ venue: 'primary', cash: '100', currency: 'USD', credential: 'v1' }),
  'book.source': () => valueOf({ source: 'broker', reconciledAt: asOf }),
  'book.snapshot': () => valueOf({ atStart: [held], positions: [held], executions: [] }),
  'data.fetchCorporateActions': () => valueOf({ actions: [] }),
}
function over(changed: Answers, act?: (call: Call) => unknown): Adapter {
  const answers = { ...healthy, ...changed }
  const inner = adapterWith({
    read: (call) => answers[`${call.port}.${call.method}`]?.(call),
    act: act ?? ((): never => expect.unreachable()),
    lookup: () => ({ kind: 'not-done', asOf, source: 'test' }),
  })
  const options = { inner: guarded(inner, { secrets: [], now }), venues: ['primary'], vendors: ['primary'] }
  return guarded(reconciliationAdapter({ ...options, now }), { secrets: [], now })
}
const failing: Reading = { kind: 'failure', reason: 'gone', source: 'test', unreachable: true }

describe('over adapters that misbehave', () => {
  test('the healthy one agrees', async () => {
    expect(await compare(over({}))).toMatchObject({ kind: 'value', value: { count: 0 } })
  })

  const required = Object.keys(healthy).filter((name) => name !== 'data.fetchCorporateActions')
  for (const name of required) {
    test.each([
      ['fails', () => failing],
      [
        'throws',
        (): never => {
          throw new Error('reset')
        },
      ],
      ['answers nonsense', () => valueOf({})],
      ['answers only a part', (call: Call) => ({ ...(healthy[name]?.(call) as Reading), complete: false })],
    ])(`no comparison when ${name} %s`, async (_what, answer) => {
      expect(await compare(over({ [name]: answer }))).toMatchObject({ kind: 'failure' })
    })
  }

  test('no comparison when one of them hangs', async () => {
    const call = { ...callOf('reconciliation.compare'), timeoutMs: 20 }
    expect(await over({ 'venue.fetchPositions': hanging }).read(call)).toMatchObject({
      kind: 'failure',
      unreachable: true,
    })
  })

  test('no comparison while the venue moves, and broker truth is not equal', async () => {
    let asked = 0
    const moving = {
      'venue.fetchPositions': () =>
        valueOf({ venue: 'primary', positions: [{ ...held, quantity: String(++asked), averagePrice: '1' }] }),
    }
    expect(await compare(over(moving))).toMatchObject({ kind: 'failure', reason: /moved/ })
    expect(await over(moving).read(callOf('reconciliation.brokerTruth'))).toMatchObject({
      kind: 'value',
      value: { equal: false },
    })
  })

  test('the order in which a venue lists things is no movement', async () => {
    const two = [held, { ...held, symbol: 'QQQ' }].map((p) => ({ ...p, averagePrice: '1' }))
    let asked = 0
    const turning = {
      'venue.fetchPositions': () =>
        valueOf({ venue: 'primary', positions: asked++ % 2 === 0 ? two : two.toReversed() }),
    }
    expect(await over(turning).read(callOf('reconciliation.brokerTruth'))).toMatchObject({
      value: { equal: true, positions: 2 },
    })
  })

  test('no comparison when another venue answers', async () => {
    const stranger = { 'venue.fetchPositions': () => valueOf({ venue: 'backup', positions: [] }) }
    expect(await compare(over(stranger))).toMatchObject({ kind: 'failure', reason: 'backup answered for primary' })
  })

  test('no comparison when the venue contradicts itself', async () => {
    const trade = { account: 'a', executionId: 'x', orderId: 'o', symbol: 'SPY', side: 'buy', price: '1', at: asOf }
    const trades = [
      { ...trade, quantity: '1', cumulative: '1' },
      { ...trade, quantity: '2', cumulative: '2' },
    ]
    const twice = { 'venue.fetchMyTrades': () => valueOf({ venue: 'primary', trades }) }
    expect(await compare(over(twice))).toMatchObject({ kind: 'failure', reason: /twice with different content/ })
  })

  test('a book that was never reconciled needs to be told when the silence began', async () => {
    const never = { 'book.source': () => valueOf({ source: 'internal' }) }
    expect(await compare(over(never))).toMatchObject({ kind: 'failure', reason: /never reconciled/ })
    expect(await compare(over(never), { since: asOf })).toMatchObject({ kind: 'value' })
  })

  test('it starts at the silence, or at the last reconciliation where that was later', async () => {
    const starts: unknown[] = []
    const watching = over({
      'book.snapshot': (call) => {
        starts.push(call.args['since'])
        return healthy['book.snapshot']?.(call)
      },
    })
    await compare(watching)
    await compare(watching, { since: '2026-11-20T10:00:00-05:00' })
    await compare(watching, { since: '2026-11-19T10:00:00-05:00' })
    expect(starts).toEqual([asOf, '2026-11-20T15:00:00.000Z', asOf])
  })

  test('a vendor without an answer hides no difference', async () => {
    const split = {
      'venue.fetchPositions': () =>
        valueOf({ venue: 'primary', positions: [{ ...held, quantity: '20', averagePrice: '1' }] }),
      'data.fetchCorporateActions': () => valueOf({ actions: [{ symbol: 'SPY', type: 'split', date: '2026-11-20' }] }),
    }
    expect(await compare(over(split))).toMatchObject({ value: { differences: [{ class: 'corporate-action' }] } })
    const silent = { ...split, 'data.fetchCorporateActions': () => failing }
    expect(await compare(over(silent))).toMatchObject({ value: { differences: [{ class: 'quantity-mismatch' }] } })
  })

  test('books both sides of what was confirmed, with lasting ids and every execution', async () => {
    const trade = { account: 'a', executionId: 'x', orderId: 'o', symbol: 'SPY', side: 'buy', price: '1', at: asOf }
    const filled = {
      'venue.fetchMyTrades': () =>
        valueOf({ venue: 'primary', trades: [{ ...trade, quantity: '2', cumulative: '2' }] }),
      'venue.fetchPositions': () =>
        valueOf({ venue: 'primary', positions: [{ ...held, quantity: '12', averagePrice: '1' }] }),
    }
    const sent: Call[] = []
    const adapter = over(filled, (call) => {
      sent.push(call)
      return doneWith({ adjusted: 1 })
    })
    const { comparison, differences } = valueIn(await compare(adapter))
    expect(await adjust(adapter, comparison)).toMatchObject({ kind: 'done', value: { adjusted: 1 } })
    const [difference] = differences as { id: string }[]
    expect(sent.map(({ port, method, args }) => ({ port, method, args }))).toEqual([
      {
        ...{ port: 'book', method: 'adjust' },
        args: {
          entries: [
            {
              id: difference?.id,
              class: 'filled-not-reported',
              subject: 'position',
              venue: 'primary',
              symbol: 'SPY',
              internal: '10',
              broker: '12',
            },
          ],
          executions: [{ account: 'a', executionId: 'x', venue: 'primary' }],
        },
      },
    ])
  })

  test('books nothing when the differences are no longer those that were confirmed', async () => {
    let quantity = '12'
    const moving = {
      'venue.fetchPositions': () =>
        valueOf({ venue: 'primary', positions: [{ ...held, quantity, averagePrice: '1' }] }),
    }
    const adapter = over(moving)
    const { comparison } = valueIn(await compare(adapter))
    quantity = '13'
    expect(await adjust(adapter, comparison)).toMatchObject({ kind: 'failed', reason: /have changed/ })
  })
})
