/** The session layer of FIX 4.2, against a venue that follows a script. */
import { expect, test } from 'vitest'
import { realTimer } from '../../../src/adapters/deadline.ts'
import { only } from '../../../src/adapters/fix/wire.ts'
import { buckets, buy, call, openOrders, scene, valueOf } from './support.ts'

const silent = (): void => undefined

test('logon, round trip, logout: each once, in order', async () => {
  const { venue, desk } = await scene()
  expect(await valueOf(desk(), 'ping')).toMatchObject({ venue: 'primary' })
  expect(venue.received.map(({ type }) => type)).toEqual(['A', '1', '1', '5'])
  const [logon] = venue.received
  const text = (tag: number) => only(logon?.fields ?? [], tag)
  expect([49, 56, 34, 52, 98, 108].map(text)).toEqual(['DESK', 'VENUE', '1', '20261120-14:00:00.000', '0', '30'])
  // Nobody asks the venue to forget.
  expect(text(141)).toBeUndefined()
})

test('calls of one process share a session, and those of another wait for their turn', async () => {
  const { venue, desk } = await scene()
  const [one, other] = [desk(), desk()]
  const answers = await Promise.all([one.act(buy('a')), one.act(buy('b')), one.read(call('ping')), other.act(buy('c'))])
  expect(answers.map(({ kind }) => kind)).toEqual(['done', 'done', 'value', 'done'])
  expect(venue.ofType('A')).toHaveLength(2)
  expect(await openOrders(other)).toMatchObject(buckets(3, 0, 0))
})

test('whoever waits too long for the turn hears who has it', async () => {
  const { venue, desk } = await scene()
  let answer: (() => void) | undefined
  const isOut = new Promise<void>((resolve) => {
    venue.answers['D'] = (order) => {
      answer = () => {
        venue.say('8', venue.report(order, '0'))
      }
      resolve()
    }
  })
  const first = desk().act(buy('a'))
  await isOut
  expect(await desk({ timeoutMs: 30 }).read(call('ping'))).toMatchObject({
    kind: 'failure',
    unreachable: true,
    reason: `process ${String(process.pid)} uses the session`,
  })
  answer?.()
  expect(await first).toMatchObject({ kind: 'done' })
})

test('what the venue said while nobody listened is asked for and comes once', async () => {
  const { venue, desk } = await scene()
  expect(await desk().act(buy('a'))).toMatchObject({ kind: 'done' })
  const [order] = venue.ofType('D')
  for (const cumulative of ['40', '100'])
    venue.keep(
      '8',
      venue.report(order!, cumulative === '100' ? '2' : '1', [
        [14, cumulative],
        [32, '40'],
        [31, '10'],
      ]),
    )
  expect(await openOrders(desk())).toMatchObject({ ...buckets(0, 0, 0), orders: [] })
  expect(venue.ofType('2')).toHaveLength(1)
  expect(await valueOf(desk(), 'fetchMyTrades', { since: '2026-01-01T00:00:00Z' })).toMatchObject({
    trades: [{ cumulative: '40' }, { cumulative: '100' }],
  })
  expect(venue.ofType('2')).toHaveLength(1)
})

test('while something is missing nothing counts as read', async () => {
  const { venue, desk } = await scene()
  await desk().act(buy('a'))
  venue.keep('8', venue.report(venue.ofType('D')[0]!, '2', [[14, '100']]))
  venue.answers['2'] = silent
  expect(await desk({ timeoutMs: 200 }).read(call('fetchOpenOrders'))).toMatchObject({
    kind: 'failure',
    reason: /no echo in time|no missing messages in time/,
  })
})

test('the venue lacks something of ours: it is told that nothing comes, and no order is ever sent again', async () => {
  const { venue, desk } = await scene()
  expect(await desk().act(buy('a'))).toMatchObject({ kind: 'done' })
  venue.answers['D'] = () => {
    venue.cut()
  }
  expect(await desk().act(buy('b'))).toMatchObject({ kind: 'unknown', reason: /cut/ })
  // As if the cut had come before it.
  venue.nextIn--
  const [, lost] = venue.ofType('D')
  expect(await desk().lookup(buy('b'))).toMatchObject({ kind: 'not-done' })
  expect(venue.ofType('D')).toHaveLength(2)
  const [fill] = venue.ofType('4')
  expect([34, 43, 123].map((tag) => only(fill?.fields ?? [], tag))).toEqual([only(lost!.fields, 34), 'Y', 'Y'])
  expect(await openOrders(desk())).toMatchObject(buckets(1, 0, 0))
  // The next attempt has an id of its own.
  delete venue.answers['D']
  expect(await desk().act(buy('b'))).toMatchObject({ kind: 'done' })
  expect(new Set(venue.ofType('D').map(({ fields }) => only(fields, 11))).size).toBe(3)
})

test('an order of this very connection that the venue claims to lack stays unknown', async () => {
  const { venue, desk } = await scene()
  venue.answers['D'] = ({ fields }) => {
    venue.say('2', [
      [7, only(fields, 34) ?? ''],
      [16, '0'],
    ])
  }
  expect(await desk({ timeoutMs: 300 }).act(buy('a'))).toMatchObject({ kind: 'unknown' })
  expect(await openOrders(desk())).toMatchObject(buckets(0, 0, 1))
})

test('its questions are answered', async () => {
  const { venue, desk } = await scene()
  venue.answers['D'] = (order) => {
    venue.answers['0'] = () => {
      venue.say('8', venue.report(order, '0'))
    }
    venue.say('1', [[112, 'are you there']])
  }
  expect(await desk().act(buy('a'))).toMatchObject({ kind: 'done' })
  expect(venue.ofType('0').map(({ fields }) => only(fields, 112))).toEqual(['are you there'])
})

test.each<[string, RegExp, (venue: Awaited<ReturnType<typeof scene>>['venue']) => void]>([
  [
    'refuses us',
    /refused us: no such member/,
    (venue) => {
      venue.say('5', [[58, 'no such member']])
    },
  ],
  [
    'begins anew',
    /sequence numbers anew/,
    (venue) => {
      venue.say('A', [
        [98, '0'],
        [108, '30'],
        [141, 'Y'],
      ])
    },
  ],
  [
    'says something else first',
    /no logon came first/,
    (venue) => {
      venue.say('0')
    },
  ],
  [
    'is somebody else',
    /another session/,
    (venue) => {
      venue.sayAs(1, [[35, 'A']], [], ['OTHER', 'DESK'])
    },
  ],
  [
    'means somebody else',
    /another session/,
    (venue) => {
      venue.sayAs(1, [[35, 'A']], [], ['VENUE', 'OTHER'])
    },
  ],
  [
    'hangs up',
    /cut/,
    (venue) => {
      venue.cut()
    },
  ],
  [
    'sends garbage',
    /garbage/,
    (venue) => {
      venue.write(Buffer.from('8=FIX.4.2\u00019=x'.repeat(30)))
    },
  ],
  ['is silent', /no logon in time/, silent],
])('a venue that %s at logon: no reading, and nothing is sent', async (_, reason, answer) => {
  const { venue, desk } = await scene()
  venue.answers['A'] = (_message, at) => {
    answer(at)
  }
  const one = desk({ timeoutMs: 300 })
  expect(await one.read(call('fetchOpenOrders'))).toMatchObject({ kind: 'failure', reason })
  expect(await one.act(buy('a'))).toMatchObject({ kind: 'failed', reason: /nothing was sent/ })
  expect(await one.act(call('cancelAllOrders'))).toMatchObject({ kind: 'failed', reason: /nothing was sent/ })
  expect(await one.lookup(buy('a'))).toMatchObject({ kind: 'cannot-tell', reason })
  expect(venue.ofType('D')).toEqual([])
})

test.each<[string, RegExp, (venue: Awaited<ReturnType<typeof scene>>['venue']) => void]>([
  [
    'takes numbers back',
    /is at number 1, where/,
    (venue) => {
      venue.sayAs(1, [[35, '0']])
    },
  ],
  [
    'sends no number',
    /without a sequence number/,
    (venue) => {
      venue.sayAs(0, [[35, '0']])
    },
  ],
  [
    'resets downwards',
    /takes sequence numbers back/,
    (venue) => {
      venue.say('4', [[36, '1']])
    },
  ],
  [
    'fills with nothing',
    /fills a gap with nothing/,
    (venue) => {
      venue.say('4', [
        [123, 'Y'],
        [36, '1'],
      ])
    },
  ],
  [
    'asks for nothing',
    /has no number/,
    (venue) => {
      venue.say('2', [
        [7, '0'],
        [16, '0'],
      ])
    },
  ],
  [
    'logs out',
    /ended the session: closing time/,
    (venue) => {
      venue.say('5', [[58, 'closing time']])
    },
  ],
])('a venue that %s after an order: the order is unknown', async (_, reason, answer) => {
  const { venue, desk } = await scene()
  venue.answers['D'] = (_message, at) => {
    answer(at)
  }
  expect(await desk().act(buy('a'))).toMatchObject({ kind: 'unknown', reason })
})

test('a repetition with the mark is ignored, and a reset upwards is followed', async () => {
  const { venue, desk } = await scene()
  venue.answers['D'] = (order) => {
    venue.sayAs(1, [[35, '8'], ...venue.report(order, '8')], [[43, 'Y']])
    venue.nextOut += 50
    venue.sayAs(venue.nextOut, [
      [35, '4'],
      [36, String(venue.nextOut)],
    ])
    venue.say('8', venue.report(order, '0'))
  }
  expect(await desk().act(buy('a'))).toMatchObject({ kind: 'done', value: { status: 'accepted' } })
})

test('nobody listens at all', async () => {
  const { venue, desk } = await scene()
  venue.close()
  expect(await desk().read(call('ping'))).toMatchObject({ kind: 'failure', unreachable: true, reason: /ECONNREFUSED/ })
})

test('a session that lasts says that it is there, asks once, and gives up a venue that is gone', async () => {
  const { venue, desk } = await scene()
  venue.answers['D'] = silent
  // Beats come when the test says so; everything else runs on real time.
  const beats: (() => void)[] = []
  const one = desk({
    session: { heartbeatSeconds: 7 },
    startTimer: (ms, fire) => {
      if (ms !== 7000) return realTimer(ms, fire)
      beats.push(fire)
      return silent
    },
  })
  const ordered = new Promise<void>((resolve) => {
    venue.answers['D'] = () => {
      resolve()
    }
  })
  const sending = one.act(buy('a'))
  await ordered
  const heard = (type: string) =>
    new Promise<void>((resolve) => {
      venue.answers[type] = () => {
        resolve()
      }
    })
  beats[0]?.() // something was said on both sides
  const question = heard('1')
  beats[1]?.() // nothing since
  await question
  expect(only(venue.received.at(-1)!.fields, 112)).toBe('there')
  beats[2]?.()
  expect(await sending).toMatchObject({ kind: 'unknown', reason: /fell silent/ })
})
