import { describe, expect, test } from 'vitest'
import {
  type OrderPage,
  type SweepLimits,
  type SweepMeans,
  type VenueControl,
  type VenueFailure,
  snapshotWithin,
  sweepVenues,
} from '../../src/killswitch/aftermath.ts'

const limits: SweepLimits = { callTimeoutMs: 1000, everyMs: 100, quietMs: 0, giveUpMs: 5000 }
const never = <T>(): Promise<T> => new Promise<T>(() => undefined)

/** Time passes only when everybody waits: the earliest sleeper is woken first. */
function fakeTime(): SweepMeans {
  let now = 0
  const sleepers: { readonly at: number; readonly wake: () => void; readonly signal: AbortSignal | undefined }[] = []
  let isScheduled = false
  const schedule = (): void => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(() => {
      isScheduled = false
      const next = sleepers.filter((each) => each.signal?.aborted !== true).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) return
      sleepers.splice(sleepers.indexOf(next), 1)
      now = Math.max(now, next.at)
      next.wake()
      schedule()
    })
  }
  return {
    nowMs: () => now,
    sleep: (ms, signal) =>
      new Promise((wake) => {
        sleepers.push({ at: now + ms, wake, signal })
        schedule()
      }),
  }
}

interface Fake extends VenueControl {
  readonly cancels: () => number
}
/** Orders by page; each cancel removes what `cancelled` says. */
function venue(
  id: string,
  pages: () => readonly Omit<OrderPage, 'kind' | 'next'>[],
  onCancel: (n: number) => void = () => undefined,
): Fake {
  let cancels = 0
  return {
    id,
    cancels: () => cancels,
    listStops: () => Promise.resolve({ kind: 'stops', stops: [] }),
    cancelAll: () => {
      onCancel(++cancels)
      return Promise.resolve({ kind: 'sent' })
    },
    openOrders: (page) => {
      const at = Number(page ?? '0')
      const all = pages()
      const next = at + 1 < all.length ? { next: String(at + 1) } : {}
      return Promise.resolve({ kind: 'page', ...(all[at] ?? { open: 0, pendingCancel: 0 }), ...next })
    },
  }
}
const failing = (id: string, answer: () => Promise<VenueFailure>): VenueControl => ({
  id,
  listStops: answer,
  cancelAll: answer,
  openOrders: answer,
})

describe('three buckets, and only 0/0/0 passes', () => {
  test('a venue that cancels everything is clear', async () => {
    let open = 3
    const v = venue(
      'primary',
      () => [{ open, pendingCancel: 0 }],
      () => (open = 0),
    )
    expect(await sweepVenues([v], fakeTime(), limits)).toEqual([
      { id: 'primary', open: 0, pendingCancel: 0, unknown: 0, unreachable: false, stops: [] },
    ])
    expect(v.cancels()).toBe(1)
  })

  test('the list is read to its last page', async () => {
    const pages = [
      { open: 0, pendingCancel: 0 },
      { open: 2, pendingCancel: 1 },
      { open: 0, pendingCancel: 0, unknown: 1 },
    ]
    const [outcome] = await sweepVenues([venue('primary', () => pages)], fakeTime(), limits)
    expect(outcome).toMatchObject({ open: 2, pendingCancel: 1, unknown: 1 })
  })

  test('an order that was acknowledged late is swept again', async () => {
    let open = 1
    const v = venue(
      'primary',
      () => [{ open, pendingCancel: 0 }],
      (n) => {
        if (n === 3) open = 0
      },
    )
    expect(await sweepVenues([v], fakeTime(), limits)).toMatchObject([{ open: 0 }])
    expect(v.cancels()).toBe(3)
  })

  test('an order that turns up in the quiet time starts it anew', async () => {
    const time = fakeTime()
    let late = false
    const v = venue(
      'primary',
      () => [{ open: !late && time.nowMs() >= 500 ? 1 : 0, pendingCancel: 0 }],
      (n) => (late = n > 1),
    )
    expect(await sweepVenues([v], time, { ...limits, quietMs: 1000 })).toMatchObject([{ open: 0, unknown: 0 }])
    expect(v.cancels()).toBe(2)
    expect(time.nowMs()).toBeGreaterThanOrEqual(1500)
  })

  test('a venue that keeps orders is given up on with what it shows', async () => {
    const v = venue('primary', () => [{ open: 2, pendingCancel: 1 }])
    expect(await sweepVenues([v], fakeTime(), limits)).toMatchObject([
      { open: 2, pendingCancel: 1, unreachable: false },
    ])
  })
})

describe('a read that failed is unknown, never zero', () => {
  test.each<[string, () => Promise<VenueFailure>, boolean]>([
    ['refuses', () => Promise.resolve({ kind: 'failure', reason: 'maintenance', unreachable: false }), false],
    ['cannot be reached', () => Promise.resolve({ kind: 'failure', reason: 'ECONNREFUSED', unreachable: true }), true],
    ['throws', () => Promise.reject(new Error('boom')), true],
    ['hangs', never, true],
    [
      'throws at once',
      () => {
        throw new Error('boom')
      },
      true,
    ],
  ])('a venue that %s', async (_, answer, unreachable) => {
    const [outcome] = await sweepVenues([failing('primary', answer)], fakeTime(), limits)
    expect(outcome).toMatchObject({ unknown: 1, unreachable })
  })

  test('what had been seen before it fell silent stays unknown', async () => {
    let reads = 0
    const v: VenueControl = {
      ...venue('primary', () => []),
      openOrders: () =>
        ++reads === 1
          ? Promise.resolve({ kind: 'page', open: 4, pendingCancel: 0 })
          : Promise.resolve({ kind: 'failure', reason: 'gone', unreachable: true }),
    }
    expect(await sweepVenues([v], fakeTime(), limits)).toMatchObject([{ unknown: 4, reason: 'gone' }])
  })

  test.each([NaN, -1, 1.5])('a count of %d is no count', async (open) => {
    expect(await sweepVenues([venue('primary', () => [{ open, pendingCancel: 0 }])], fakeTime(), limits)).toMatchObject(
      [{ unknown: 1 }],
    )
  })

  test('a list that never ends is unknown', async () => {
    const v: VenueControl = {
      ...venue('primary', () => []),
      openOrders: () => Promise.resolve({ kind: 'page', open: 0, pendingCancel: 0, next: 'again' }),
    }
    expect(await sweepVenues([v], fakeTime(), limits)).toMatchObject([
      { unknown: 1, reason: 'the list of orders does not end' },
    ])
  })
})

test('every venue is sent to before any has answered, and one that hangs delays no other', async () => {
  const sent: string[] = []
  const hanging = (id: string): VenueControl => ({
    id,
    listStops: never,
    cancelAll: () => {
      sent.push(id)
      return never()
    },
    openOrders: never,
  })
  const time = fakeTime()
  const all = sweepVenues(
    [
      hanging('a'),
      venue(
        'b',
        () => [],
        () => sent.push('b'),
      ),
      hanging('c'),
    ],
    time,
    limits,
  )
  expect(sent).toEqual(['a', 'b', 'c'])
  expect((await all).map(({ id, unreachable, unknown }) => [id, unreachable, unknown])).toEqual([
    ['a', true, 1],
    ['b', false, 0],
    ['c', true, 1],
  ])
})

test('a snapshot that hangs or throws is a failure and nothing more', async () => {
  const time = fakeTime()
  expect(await snapshotWithin(() => Promise.resolve({ positions: [] }), time, 100)).toEqual({
    kind: 'taken',
    value: { positions: [] },
  })
  expect(await snapshotWithin(never, time, 100)).toMatchObject({ kind: 'failure' })
  expect(await snapshotWithin(() => Promise.reject(new Error('no book')), time, 100)).toMatchObject({
    kind: 'failure',
    reason: 'no book',
  })
})

describe('protective stops', () => {
  const stop = { symbol: 'AAPL', side: 'sell', quantity: '100', stopPrice: '180' } as const

  test('are asked for before the cancel that takes them away, which does not wait for the answer', async () => {
    const asked: string[] = []
    let listed: (() => void) | undefined
    const v: VenueControl = {
      ...venue(
        'primary',
        () => [],
        () => {
          asked.push('cancel')
          listed?.()
        },
      ),
      listStops: () => {
        asked.push('stops')
        return new Promise((resolve) => {
          listed = () => {
            resolve({ kind: 'stops', stops: [stop] })
          }
        })
      },
    }
    expect(await sweepVenues([v], fakeTime(), limits)).toMatchObject([{ id: 'primary', stops: [stop] }])
    expect(asked).toEqual(['stops', 'cancel'])
  })

  test('nobody could tell is not none, and keeps no cancel from counting', async () => {
    const v: VenueControl = { ...venue('primary', () => []), listStops: never }
    const [outcome] = await sweepVenues([v], fakeTime(), limits)
    expect(outcome).toEqual({ id: 'primary', open: 0, pendingCancel: 0, unknown: 0, unreachable: false })
  })
})
