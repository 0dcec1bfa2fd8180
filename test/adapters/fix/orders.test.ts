/** What the venue says about orders, and what it does not say. */
import { expect, test } from 'vitest'
import { type Fields, only } from '../../../src/adapters/fix/wire.ts'
import { buckets, buy, call, openOrders, scene, valueOf } from './support.ts'

const silent = (): void => undefined
const since = { since: '2026-01-01T00:00:00Z' }

test('an order and its cancel carry what FIX 4.2 requires of them', async () => {
  const { venue, desk } = await scene()
  const one = desk({ session: { account: 'A-7' } })
  expect(await one.act(buy('a', { side: 'sell', quantity: '2.50' }))).toMatchObject({ kind: 'done' })
  expect(await one.act(call('cancelAllOrders'))).toMatchObject({ kind: 'done', value: { requested: 1 } })
  const [order, cancel] = [venue.ofType('D')[0]!.fields, venue.ofType('F')[0]!.fields]
  const id = only(order, 11)
  expect(id).toMatch(/^D[0-9a-f]{19}$/)
  expect([1, 21, 40, 44, 38, 54, 55, 59, 60].map((tag) => only(order, tag))).toEqual([
    ...['A-7', '1', '2', '10.5', '2.50', '2', 'AAPL', '0', '20261120-14:00:00.000'],
  ])
  expect([41, 37, 54, 55, 38].map((tag) => only(cancel, tag))).toEqual([id, `V-${id ?? ''}`, '2', 'AAPL', '2.50'])
  expect(only(cancel, 11)).toMatch(/^C[0-9a-f]{19}$/)
  expect(await openOrders(desk())).toMatchObject(buckets(0, 0, 0))
})

test.each([
  ['a symbol with a separator in it', { symbol: 'A\u0001B' }],
  ['an empty symbol', { symbol: '' }],
  ['no quantity', { quantity: '0' }],
  ['a price below zero', { price: '-1' }],
])('%s is not sent', async (_, terms) => {
  const { venue, desk } = await scene()
  expect(await desk().act(buy('a', terms))).toMatchObject({ kind: 'failed' })
  expect(venue.received).toEqual([])
})

test.each<[string, string, object, boolean]>([
  ['new', '0', buckets(1, 0, 0), true],
  ['partly filled', '1', buckets(1, 0, 0), true],
  ['filled', '2', buckets(0, 0, 0), true],
  ['done for the day', '3', buckets(0, 0, 0), true],
  ['cancelled', '4', buckets(0, 0, 0), true],
  ['pending cancel', '6', buckets(0, 1, 0), true],
  ['stopped', '7', buckets(1, 0, 0), true],
  ['suspended', '9', buckets(1, 0, 0), true],
  ['pending new', 'A', buckets(1, 0, 0), true],
  ['expired', 'C', buckets(0, 0, 0), true],
  ['a word that FIX does not have', 'Z', buckets(0, 0, 1), false],
])('an order that is %s', async (_, status, counts, isAnswer) => {
  const { venue, desk } = await scene()
  venue.answers['D'] = (order) => {
    venue.say('8', venue.report(order, status))
  }
  const one = desk({ timeoutMs: isAnswer ? 5000 : 300 })
  expect(await one.act(buy('a'))).toMatchObject({ kind: isAnswer ? 'done' : 'unknown' })
  expect(await openOrders(one)).toMatchObject(counts)
})

test('an order that is turned down: rejected, with the code, and the same call answers the same again', async () => {
  const { venue, desk } = await scene()
  venue.answers['D'] = (order) => {
    venue.say('8', venue.report(order, '8', [[103, '2']]))
  }
  const rejected = { kind: 'done', value: { status: 'rejected', rejectCode: '2' } }
  expect(await desk().act(buy('a'))).toMatchObject(rejected)
  expect(await desk().act(buy('a'))).toMatchObject(rejected)
  expect(await desk().lookup(buy('a'))).toMatchObject(rejected)
  expect(venue.ofType('D')).toHaveLength(1)
})

test.each([
  [
    '3',
    [
      [373, '5'],
      [58, 'bad value'],
    ],
    '3 5 bad value',
  ],
  ['j', [[380, '3']], 'j 3'],
] as const)('an order that is not even looked into (35=%s) is rejected', async (type, more, code) => {
  const { venue, desk } = await scene()
  venue.answers['D'] = ({ fields }) => {
    venue.say(type, [[45, only(fields, 34) ?? ''], ...more])
  }
  expect(await desk().act(buy('a'))).toMatchObject({ kind: 'done', value: { status: 'rejected', rejectCode: code } })
  expect(await openOrders(desk())).toMatchObject(buckets(0, 0, 0))
})

test('a report that is repeated under a number of its own counts once; one that is taken back counts no more', async () => {
  const { venue, desk } = await scene()
  const fill = (id: string, quantity: string, cumulative: string, price: string): Fields => [
    ...([
      [17, id],
      [32, quantity],
      [14, cumulative],
      [31, price],
    ] as const),
  ]
  venue.answers['D'] = (order) => {
    const first = venue.report(order, '1', fill('X1', '040.0', '40', '10'))
    venue.say('8', first)
    venue.say('8', first)
    venue.say('8', venue.report(order, '1', fill('X2', '10', '50', '11')))
    venue.say('8', venue.report(order, '1', [...fill('X3', '5', '45', '11'), [20, '2'], [19, 'X2']]))
    venue.say('8', venue.report(order, '1', [...fill('X4', '40', '5', '10'), [20, '1'], [19, 'X1']]))
  }
  expect(await desk().act(buy('a'))).toMatchObject({ kind: 'done' })
  expect(await valueOf(desk(), 'fetchMyTrades', since)).toMatchObject({
    trades: [{ executionId: 'X3', quantity: '5', cumulative: '45', price: '11', account: 'DESK', side: 'buy' }],
  })
  expect(await openOrders(desk())).toMatchObject({ orders: [{ filled: '5' }] })
  const trades = await valueOf(desk(), 'fetchMyTrades', { since: '2027-01-01T00:00:00Z' })
  expect(trades).toMatchObject({ trades: [] })
})

test('a venue that counts its executions anew does not hide a fill', async () => {
  const { venue, desk } = await scene()
  venue.answers['D'] = (order) => {
    venue.say(
      '8',
      venue.report(order, '1', [
        [17, '1'],
        [32, '10'],
        [14, '10'],
        [31, '9'],
      ]),
    )
    venue.say(
      '8',
      venue.report(order, '1', [
        [17, '1'],
        [32, '10'],
        [14, '20'],
        [31, '9'],
      ]),
    )
  }
  await desk().act(buy('a'))
  expect(await valueOf(desk(), 'fetchMyTrades', since)).toMatchObject({
    trades: [{ cumulative: '10' }, { cumulative: '20' }],
  })
})

test('silence about a cancel leaves the order, and each try has an id of its own', async () => {
  const { venue, desk } = await scene()
  venue.answers['F'] = silent
  await desk().act(buy('a'))
  for (const key of ['c', 'c', 'd'])
    expect(await desk().act(call('cancelAllOrders', {}, key))).toMatchObject({ kind: 'done', value: { requested: 1 } })
  expect(await openOrders(desk())).toMatchObject(buckets(0, 1, 0))
  expect(new Set(venue.ofType('F').map(({ fields }) => only(fields, 11))).size).toBe(3)
})

test.each([
  ['too late', '0', buckets(1, 0, 0)],
  ['for an order that the venue does not know', '1', buckets(0, 0, 1)],
])('a cancel that is turned down, %s', async (_, reason, counts) => {
  const { venue, desk } = await scene()
  venue.answers['F'] = ({ fields }) => {
    venue.say('9', [
      [11, only(fields, 11) ?? ''],
      [41, only(fields, 41) ?? ''],
      [39, '8'],
      [102, reason],
    ])
  }
  await desk().act(buy('a'))
  expect(await desk().act(call('cancelAllOrders'))).toMatchObject({ kind: 'done' })
  expect(await openOrders(desk())).toMatchObject(counts)
})

test('an order that nobody has answered is cancelled like any other', async () => {
  const { venue, desk } = await scene()
  venue.answers['D'] = silent
  expect(await desk({ timeoutMs: 300 }).act(buy('a'))).toMatchObject({ kind: 'unknown' })
  expect(await openOrders(desk())).toMatchObject(buckets(0, 0, 1))
  expect(await desk().lookup(buy('a'))).toMatchObject({ kind: 'cannot-tell', reason: /said nothing/ })
  expect(await desk().act(call('cancelAllOrders'))).toMatchObject({ kind: 'done', value: { requested: 1 } })
  expect(await openOrders(desk())).toMatchObject(buckets(0, 0, 0))
})

test('one order is cancelled by its id; where it is over already nothing is sent', async () => {
  const { venue, desk } = await scene()
  await desk().act(buy('a'))
  await desk().act(buy('b'))
  const [first] = venue.ofType('D').map(({ fields }) => only(fields, 11))
  const one = call('cancelOrder', { clientOrderId: first }, 'x')
  expect(await desk().lookup(one)).toMatchObject({ kind: 'not-done' })
  expect(await desk().act(one)).toMatchObject({ kind: 'done', value: { requested: 1 } })
  expect(await desk().lookup(one)).toMatchObject({ kind: 'done', value: { requested: 1 } })
  expect(await desk().act({ ...one, key: 'y' })).toMatchObject({ kind: 'done', value: { requested: 0 } })
  expect(venue.ofType('F')).toHaveLength(1)
  expect(await openOrders(desk())).toMatchObject(buckets(1, 0, 0))
  expect(await valueOf(desk(), 'fetchOrder', { clientOrderId: first })).toMatchObject({
    order: { status: 'cancelled' },
  })
  expect(await valueOf(desk(), 'fetchOrder', { clientOrderId: 'x' })).toEqual({ found: false })
})

test('cancels that a cut kept from the venue have to be made again', async () => {
  const { venue, desk } = await scene()
  await desk().act(buy('a'))
  venue.answers['F'] = () => {
    venue.nextIn--
    venue.cut()
  }
  expect(await desk().act(call('cancelAllOrders'))).toMatchObject({ kind: 'unknown', reason: /cut/ })
  delete venue.answers['F']
  expect(await desk().lookup(call('cancelAllOrders'))).toMatchObject({ kind: 'not-done' })
  expect(await openOrders(desk())).toMatchObject(buckets(1, 0, 0))
})

test('an order under our name that nobody here sent is listed, and is cancelled with the others', async () => {
  const { venue, desk } = await scene()
  await desk().act(buy('a'))
  venue.keep('8', [
    ...([
      [37, 'V9'],
      [17, 'Y1'],
      [20, '0'],
      [150, '0'],
      [39, '0'],
      [11, 'theirs'],
      [55, 'MSFT'],
      [54, '2'],
    ] as const),
    ...([
      [38, '7'],
      [14, '0'],
      [151, '7'],
      [6, '0'],
    ] as const),
  ])
  expect(await openOrders(desk())).toMatchObject({
    ...buckets(2, 0, 0),
    orders: [{ symbol: 'AAPL' }, { clientOrderId: 'theirs', symbol: 'MSFT', side: 'sell', quantity: '7' }],
  })
  expect(await desk().act(call('cancelAllOrders'))).toMatchObject({ value: { requested: 2 } })
  expect(await openOrders(desk())).toMatchObject(buckets(0, 0, 0))
})

test('a report that cannot be read: the order is unknown, and one that names no order leaves no list at all', async () => {
  const { venue, desk } = await scene()
  await desk().act(buy('a'))
  const id = only(venue.ofType('D')[0]!.fields, 11) ?? ''
  venue.keep('8', [
    [11, id],
    [39, '2'],
    [14, 'many'],
  ])
  expect(await openOrders(desk())).toMatchObject(buckets(0, 0, 1))
  venue.keep('8', [[39, '2']])
  expect(await openOrders(desk())).toMatchObject({ kind: 'failure', reason: /not read all|could not read all/ })
  expect(await desk().read(call('ping'))).toMatchObject({ kind: 'value' })
  expect(await desk().act(call('cancelAllOrders'))).toMatchObject({ kind: 'done', value: { requested: 1 } })
})

test('a mass cancel goes along where it is configured, until the venue refuses it', async () => {
  const { venue, desk } = await scene()
  const one = desk({ session: { massCancel: true } })
  await one.act(buy('a'))
  venue.answers['q'] = silent
  await one.act(call('cancelAllOrders', {}, 'c'))
  venue.answers['q'] = ({ fields }) => {
    venue.say('j', [
      [45, only(fields, 34) ?? ''],
      [372, 'q'],
      [380, '3'],
    ])
  }
  await one.act(call('cancelAllOrders', {}, 'd'))
  await one.act(call('cancelAllOrders', {}, 'e'))
  expect([venue.ofType('q').length, venue.ofType('F').length]).toEqual([2, 1])
})

test('a venue that is not configured is no venue', async () => {
  const { desk } = await scene()
  expect(await desk().read(call('ping', { venue: 'backup' }))).toMatchObject({ kind: 'failure', reason: /for backup/ })
  expect(await desk().act(call('cancelAllOrders', { venue: 'backup' }))).toMatchObject({ kind: 'failed' })
  expect(await desk().lookup(call('cancelAllOrders', { venue: 'x' }))).toMatchObject({ kind: 'cannot-tell' })
  expect(await desk().read(call('ping', { venue: undefined }))).toMatchObject({ kind: 'value' })
})
