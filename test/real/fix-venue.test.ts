/** A venue that nobody here wrote: QuickFIX's order matcher. What lies in its book is asked of itself, not of desk. */
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect } from 'vitest'
import { fixAdapter } from '../../src/adapters/fix/adapter.ts'
import { realTimer } from '../../src/adapters/deadline.ts'
import { guarded } from '../../src/adapters/guarded.ts'
import { bootId } from '../../src/killswitch/gate.ts'
import type { Adapter } from '../../src/ports/adapter.ts'
import { steadyRandom } from '../support/state.ts'
import { testWith } from './support/machine.ts'
import { inOwnMounts } from './support/mounted.ts'
import { OrderMatch, Way } from './support/ordermatch.ts'
import { Scratch } from './support/program.ts'

const scratch = new Scratch()
const real = testWith('ordermatch')
const running: { stop: () => Promise<void> | void }[] = []
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop()
})
afterAll(() => {
  scratch.remove()
})

interface Scene {
  readonly market: OrderMatch
  readonly way: Way
  readonly stateDir: string
  readonly sessions: Parameters<typeof fixAdapter>[0]['sessions']
  /** A desk of its own memory, as of a further process. */
  readonly desk: () => Adapter
}

async function scene(change: { readonly massCancel?: boolean; readonly timeoutMs?: number } = {}): Promise<Scene> {
  const market = new OrderMatch(scratch.fresh())
  await market.start('DESK', 'OTHER')
  const way = new Way(market.path)
  const port = await way.open()
  running.push(
    { stop: () => market.stop() },
    {
      stop: () => {
        way.close()
      },
    },
  )
  const { massCancel = false, timeoutMs = 2000 } = change
  const sessions = { primary: { host: '127.0.0.1', port, sender: 'DESK', target: 'VENUE', massCancel } }
  const stateDir = scratch.fresh()
  return { market, way, sessions, stateDir, desk: () => adapterFor(sessions, stateDir, timeoutMs) }
}

const adapterFor = (sessions: Scene['sessions'], stateDir: string, timeoutMs = 2000): Adapter =>
  guarded(
    fixAdapter({
      ...{ sessions, stateDir, timeoutMs, now: () => new Date(), random: steadyRandom(), startTimer: realTimer },
      venueInUse: () => Promise.resolve(undefined),
    }),
    { secrets: [] },
  )

const call = (method: string, args: Record<string, unknown> = {}, key = '') => ({
  ...{ port: 'venue', method, args: { venue: 'primary', ...args }, key },
  ...{ timeoutMs: 20_000, signal: new AbortController().signal },
})
const buy = (key: string, terms: Record<string, unknown> = {}) =>
  call('createOrder', { symbol: 'AAPL', side: 'buy', quantity: '100', price: '10.5', ...terms }, key)
const open = async (desk: Adapter): Promise<unknown> => {
  const reading = await desk.read(call('fetchOpenOrders'))
  return reading.kind === 'value' ? reading.value : reading
}
const count = (bucket: 'open' | 'pendingCancel' | 'unknown', orders: number) =>
  expect.objectContaining({ open: 0, pendingCancel: 0, unknown: 0, [bucket]: orders }) as unknown
const nothing = count('open', 0)

real('an order lies in its book, and is cancelled from our list', async () => {
  const { market, desk } = await scene()
  const one = desk()
  expect(await one.read(call('ping'))).toMatchObject({ kind: 'value' })
  expect(await one.act(buy('a'))).toMatchObject({ kind: 'done', value: { status: 'accepted' } })
  expect(await one.act(buy('b', { symbol: 'MSFT', side: 'sell', price: '400' }))).toMatchObject({ kind: 'done' })
  expect((await market.book('AAPL')).map(({ owner }) => owner)).toEqual(['DESK'])
  // Another process finds the same orders.
  expect(await open(desk())).toEqual(count('open', 2))
  expect(await desk().act(call('cancelAllOrders', {}, 'c'))).toMatchObject({ kind: 'done', value: { requested: 2 } })
  expect(await open(one)).toEqual(nothing)
  expect([...(await market.book('AAPL')), ...(await market.book('MSFT'))]).toEqual([])
})
