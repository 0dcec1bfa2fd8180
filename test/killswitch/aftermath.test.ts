import { describe, expect, test } from 'vitest'
import {
  type SweepLimits,
  type SweepMeans,
  type VenueOutcome,
  snapshotWithin,
  sweepVenues,
} from '../../src/killswitch/aftermath.ts'
import type { ListedStop, OrderPage, StopList, VenueControl, VenueFailure } from '../../src/killswitch/venue-control.ts'

const limits: SweepLimits = { callTimeoutMs: 1000, stopsFirstMs: 300, everyMs: 100, quietMs: 0, giveUpMs: 5000 }
const swept = (venues: readonly VenueControl[], time: SweepMeans, within = limits): Promise<readonly VenueOutcome[]> =>
  sweepVenues(venues, time, within).outcomes
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
    expect(await swept([v], fakeTime(), limits)).toEqual([
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
    const [outcome] = await swept([venue('primary', () => pages)], fakeTime(), limits)
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
    expect(await swept([v], fakeTime(), limits)).toMatchObject([{ open: 0 }])
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
    expect(await swept([v], time, { ...limits, quietMs: 1000 })).toMatchObject([{ open: 0, unknown: 0 }])
    expect(v.cancels()).toBe(2)
    expect(time.nowMs()).toBeGreaterThanOrEqual(1500)
  })

  test('a venue that keeps orders is given up on with what it shows', async () => {
    const v = venue('primary', () => [{ open: 2, pendingCancel: 1 }])
    expect(await swept([v], fakeTime(), limits)).toMatchObject([{ open: 2, pendingCancel: 1, unreachable: false }])
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
    const [outcome] = await swept([failing('primary', answer)], fakeTime(), limits)
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
    expect(await swept([v], fakeTime(), limits)).toMatchObject([{ unknown: 4, reason: 'gone' }])
  })

  test.each([NaN, -1, 1.5])('a count of %d is no count', async (open) => {
    expect(await swept([venue('primary', () => [{ open, pendingCancel: 0 }])], fakeTime(), limits)).toMatchObject([
      { unknown: 1 },
    ])
  })

  test('a list that never ends is unknown', async () => {
    const v: VenueControl = {
      ...venue('primary', () => []),
      openOrders: () => Promise.resolve({ kind: 'page', open: 0, pendingCancel: 0, next: 'again' }),
    }
    expect(await swept([v], fakeTime(), limits)).toMatchObject([
      { unknown: 1, reason: 'the list of orders does not end' },
    ])
  })
})

test('every venue is sent to before any has answered, and one that hangs delays no other', async () => {
  const time = fakeTime()
  const sent: [string, number][] = []
  const hanging = (id: string): VenueControl => ({
    id,
    listStops: never,
    cancelAll: () => {
      sent.push([id, time.nowMs()])
      return never()
    },
    openOrders: never,
  })
  const quick = venue(
    'b',
    () => [],
    () => sent.push(['b', time.nowMs()]),
  )
  const sweeping = sweepVenues([hanging('a'), quick, hanging('c')], time, limits)
  await sweeping.sent
  // Whoever names its stops at once is sent to at once, nobody later than a list may take.
  expect(sent).toEqual([
    ['b', 0],
    ['a', limits.stopsFirstMs],
    ['c', limits.stopsFirstMs],
  ])
  expect((await sweeping.outcomes).map(({ id, unreachable, unknown }) => [id, unreachable, unknown])).toEqual([
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
  const listed = { id: 's-1', ...stop }

  interface Timing {
    /** When the venue looks for its list, and how long the answer is on its way then. */
    readonly readAfterMs: number
    readonly listedAfterMs: number
    /** How long after it was sent the cancel takes effect. */
    readonly cancelledAfterMs: number
    /** It answers the cancel with the stops that it took away. */
    readonly names: boolean
  }
  function timed(time: SweepMeans, timing: Timing): VenueControl & { readonly sentAt: () => number | undefined } {
    let [isAtWork, sentAt]: [boolean, number | undefined] = [true, undefined]
    const stops = () => (isAtWork ? [listed] : [])
    return {
      id: 'primary',
      sentAt: () => sentAt,
      listStops: async () => {
        await time.sleep(timing.readAfterMs)
        const read = stops()
        await time.sleep(timing.listedAfterMs)
        return { kind: 'stops', stops: read }
      },
      cancelAll: async () => {
        sentAt ??= time.nowMs()
        await time.sleep(timing.cancelledAfterMs)
        const taken = stops()
        isAtWork = false
        return { kind: 'sent', ...(timing.names ? { stops: taken } : {}) }
      },
      openOrders: () => Promise.resolve({ kind: 'page', open: isAtWork ? 1 : 0, pendingCancel: 0 }),
    }
  }
  const every = [0, 100, 299, 301, 600, 2000]
  const timings = every.flatMap((readAfterMs) =>
    every.flatMap((listedAfterMs) =>
      [0, 100, 400, 900, 2000].flatMap((cancelledAfterMs) =>
        [false, true].map((names) => ({ readAfterMs, listedAfterMs, cancelledAfterMs, names })),
      ),
    ),
  )

  test('are told whatever comes first, list or cancel, or it is told that nobody knows', async () => {
    let unknown = 0
    for (const timing of timings) {
      const time = fakeTime()
      const v = timed(time, timing)
      const [outcome] = await swept([v], time)
      if (outcome === undefined) throw new Error('no outcome')
      const inTime = timing.readAfterMs + timing.listedAfterMs < limits.stopsFirstMs
      // Nothing more is waited for than the list, and that for no longer than it may take.
      expect([timing, v.sentAt()]).toEqual([
        timing,
        inTime ? timing.readAfterMs + timing.listedAfterMs : limits.stopsFirstMs,
      ])
      const isSure = inTime || (timing.names && timing.cancelledAfterMs < limits.callTimeoutMs)
      expect([timing, outcome.stopsUnknown === undefined]).toEqual([timing, isSure])
      if (isSure) expect([timing, outcome.stops]).toEqual([timing, [stop]])
      else unknown++
      // What the venue did list is told in any case.
      expect([[stop], []]).toContainEqual(outcome.stops)
    }
    expect([timings.length, unknown]).toEqual([360, 180])
  })

  test('that came with a late acknowledgement are told with the first ones', async () => {
    const late: ListedStop = { ...listed, id: 's-2', symbol: 'MSFT' }
    let atWork: readonly ListedStop[] = [listed]
    let cancels = 0
    const v: VenueControl = {
      id: 'primary',
      listStops: () => Promise.resolve({ kind: 'stops', stops: atWork }),
      cancelAll: () => {
        atWork = ++cancels === 1 ? [late] : []
        return Promise.resolve({ kind: 'sent' })
      },
      openOrders: () => Promise.resolve({ kind: 'page', open: atWork.length, pendingCancel: 0 }),
    }
    expect(await swept([v], fakeTime())).toMatchObject([{ stops: [stop, { ...stop, symbol: 'MSFT' }] }])
  })

  test('of the same words are two, of the same name one', async () => {
    let open = 1
    const v: VenueControl = {
      ...venue('primary', () => [{ open, pendingCancel: 0 }]),
      listStops: () => Promise.resolve({ kind: 'stops', stops: [listed, { ...listed, id: 's-2' }] }),
      cancelAll: () => {
        open = 0
        return Promise.resolve({ kind: 'sent', stops: [listed] })
      },
    }
    expect(await swept([v], fakeTime())).toMatchObject([{ stops: [stop, stop] }])
  })

  test.each<[string, () => Promise<StopList | VenueFailure>, string]>([
    ['hangs', never, 'no answer within 1000 ms'],
    ['refuses', () => Promise.resolve({ kind: 'failure', reason: 'not served', unreachable: false }), 'not served'],
  ])('a list that %s is not an empty one, and keeps no cancel from counting', async (_, listStops, reason) => {
    const [outcome] = await swept([{ ...venue('primary', () => []), listStops }], fakeTime())
    expect(outcome).toEqual({
      ...{ id: 'primary', open: 0, pendingCancel: 0, unknown: 0, unreachable: false },
      ...{ stops: [], stopsUnknown: reason },
    })
  })
})
