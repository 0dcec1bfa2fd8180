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
    { secrets: [], now: () => new Date() },
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

real(
  'acknowledgements lost by a cut: unknown, then settled by what the venue repeats, and never sent twice',
  async () => {
    const { market, way, desk } = await scene()
    way.decide = (from, text) => (from === 'venue' && text.includes('|35=8|') ? 'cut' : 'pass')
    expect(await desk().act(buy('a'))).toMatchObject({ kind: 'unknown', reason: /cut/ })
    expect(await desk().lookup(buy('a'))).toMatchObject({ kind: 'cannot-tell', reason: /cut/ })
    way.decide = () => 'pass'
    expect(await desk().lookup(buy('a'))).toMatchObject({ kind: 'done', value: { status: 'accepted' } })
    const reports = way.said.filter(({ text }) => text.includes('|35=8|'))
    expect(reports).toHaveLength(1)
    expect(reports[0]?.text).toContain('|43=Y|')
    expect(await desk().act(buy('a'))).toMatchObject({ kind: 'done', value: { status: 'accepted' } })
    expect(await market.book('AAPL')).toHaveLength(1)
    expect(await open(desk())).toEqual(count('open', 1))
  },
)

real(
  'an order that a cut kept from the venue: the venue itself tells that it never had it, and then it may be sent',
  async () => {
    const { market, way, desk } = await scene()
    way.decide = (from, text) => (from === 'desk' && text.includes('|35=D|') ? 'cut' : 'pass')
    expect(await desk().act(buy('a'))).toMatchObject({ kind: 'unknown' })
    way.decide = () => 'pass'
    expect(await market.book('AAPL')).toEqual([])
    const before = way.said.length
    expect(await desk().lookup(buy('a'))).toMatchObject({ kind: 'not-done' })
    expect(way.said.slice(before).some(({ from, text }) => from === 'venue' && text.includes('|35=2|'))).toBe(true)
    expect(way.said.some(({ text }) => text.includes('|35=D|'))).toBe(false)
    expect(await open(desk())).toEqual(nothing)
    expect(await desk().act(buy('a'))).toMatchObject({ kind: 'done', value: { status: 'accepted' } })
    expect(await market.book('AAPL')).toHaveLength(1)
  },
)

real('fills that came while nobody listened are counted once, also when they are repeated after a loss', async () => {
  const { way, sessions, stateDir, desk } = await scene()
  const other = scratch.fresh()
  const { primary } = sessions
  if (primary === undefined) throw new Error('no session')
  const counterparty = adapterFor({ primary: { ...primary, sender: 'OTHER' } }, other)
  expect(await desk().act(buy('a'))).toMatchObject({ kind: 'done' })
  const log = join(stateDir, 'fix', 'primary', 'session.ndjson')
  for (const [key, quantity] of [
    ['x', '30'],
    ['y', '50'],
  ] as const)
    expect(await counterparty.act(buy(key, { side: 'sell', quantity }))).toMatchObject({ kind: 'done' })
  const trades = async (): Promise<unknown> => {
    const reading = await desk().read(call('fetchMyTrades', { since: '2026-01-01T00:00:00Z' }))
    return reading.kind === 'value' ? reading.value : reading
  }
  const expected = {
    venue: 'primary',
    trades: [
      expect.objectContaining({ quantity: '30', cumulative: '30', price: '10.5', side: 'buy', account: 'DESK' }),
      expect.objectContaining({ quantity: '50', cumulative: '80' }),
    ],
  }
  expect(await trades()).toEqual(expected)
  const id = (await open(desk())) as { readonly orders: readonly { readonly clientOrderId: string }[] }
  expect(id.orders).toMatchObject([{ filled: '80', quantity: '100', status: 'open' }])
  // What a power failure may take: everything that was received since the last connection began.
  const text = readFileSync(log, 'utf8')
  const connection = text.lastIndexOf('"kind":"opened"')
  truncateSync(log, text.indexOf('\n', text.lastIndexOf('"kind":"opened"', connection - 1)) + 1)
  const before = way.said.length
  expect(await trades()).toEqual(expected)
  const again = way.said.slice(before).filter(({ from, text }) => from === 'venue' && text.includes('|35=8|'))
  expect(again.map(({ text }) => text).join('')).toContain('|43=Y|')
  expect(await desk().read(call('fetchOrder', { clientOrderId: id.orders[0]?.clientOrderId }))).toMatchObject({
    value: { found: true, order: { filled: '80' } },
  })
})

real('a venue that is stopped and still accepts connections: an end in time, and nothing is believed', async () => {
  const { market, way, desk, sessions, stateDir } = await scene({ timeoutMs: 700 })
  way.decide = (from, text) => {
    if (from === 'desk' && text.includes('|35=D|')) market.freeze()
    return 'pass'
  }
  expect(await desk().act(buy('a'))).toMatchObject({ kind: 'unknown', reason: /no answer in time/ })
  way.decide = () => 'pass'
  expect(await open(desk())).toMatchObject({ kind: 'failure', unreachable: true, reason: /no logon in time/ })
  expect(await desk().act(buy('b'))).toMatchObject({ kind: 'failed', reason: /nothing was sent/ })
  expect(await desk().act(buy('a'))).toMatchObject({ kind: 'unknown' })
  expect(await desk().act(call('cancelAllOrders', {}, 'c'))).toMatchObject({
    kind: 'failed',
    reason: /nothing was sent/,
  })
  expect(await desk().lookup(buy('a'))).toMatchObject({ kind: 'cannot-tell' })
  market.thaw()
  // It hears the order now, and then the logons of everybody who has hung up since; until it is through it takes nobody in.
  while ((await market.book('AAPL')).length === 0);
  const patient = adapterFor(sessions, stateDir, 5000)
  let settled = await patient.lookup(buy('a'))
  for (let again = 0; settled.kind === 'cannot-tell' && again < 5; again++) settled = await patient.lookup(buy('a'))
  expect(settled).toMatchObject({ kind: 'done', value: { status: 'accepted' } })
  expect(await patient.lookup(buy('b'))).toMatchObject({ kind: 'not-done' })
  expect(await market.book('AAPL')).toHaveLength(1)
})

real('the venue takes one id twice, so desk does not send it twice', async () => {
  const { market, way, desk } = await scene()
  const one = desk()
  const answers = await Promise.all([one.act(buy('a')), one.act(buy('a')), desk().act(buy('a'))])
  expect(answers.map(({ kind }) => kind)).toEqual(['done', 'done', 'done'])
  expect(await market.book('AAPL')).toHaveLength(1)
  const sent = way.said.flatMap(({ from, text }) => (from === 'desk' ? (text.match(/\|35=D\|/g) ?? []) : []))
  expect(sent).toHaveLength(1)
})

real(
  'an order of which the venue knows nothing any more: it is silent about the cancel, and the order is not gone',
  async () => {
    const { market, desk } = await scene()
    expect(await desk().act(buy('a'))).toMatchObject({ kind: 'done' })
    await market.stop()
    // It keeps its numbers on disk, and its book in memory.
    await market.start('DESK', 'OTHER')
    expect(await market.book('AAPL')).toEqual([])
    expect(await desk().act(call('cancelAllOrders', {}, 'c'))).toMatchObject({ kind: 'done', value: { requested: 1 } })
    expect(await open(desk())).toEqual(count('pendingCancel', 1))
    expect(await desk().act(call('cancelOrder', { clientOrderId: 'nobody' }, 'd'))).toMatchObject({ kind: 'failed' })
  },
)

real('a mass cancel is refused, and the cancels of the orders do it; it is not tried again', async () => {
  const { market, way, desk } = await scene({ massCancel: true })
  for (const key of ['a', 'b', 'c']) expect(await desk().act(buy(key))).toMatchObject({ kind: 'done' })
  expect(await desk().act(call('cancelAllOrders', {}, 'k'))).toMatchObject({ kind: 'done', value: { requested: 3 } })
  expect(await open(desk())).toEqual(nothing)
  expect(await market.book('AAPL')).toEqual([])
  const types = (from: 'desk' | 'venue', type: string): number =>
    way.said.filter((each) => each.from === from && each.text.includes(`|35=${type}|`)).length
  expect([types('desk', 'q'), types('venue', 'j') + types('venue', '3')]).toEqual([1, 1])
  await desk().act(call('cancelAllOrders', {}, 'l'))
  expect(types('desk', 'q')).toBe(1)
})

/** A live desk of this host that reaches the venue, killed by the built program. */
async function killed(at: Scene): Promise<string> {
  const config = join(scratch.fresh(), 'config.yaml')
  mkdirSync(join(config, '..'), { recursive: true })
  const adapters = [{ serves: ['venue'], kind: 'fix', sessions: at.sessions }]
  writeFileSync(config, JSON.stringify({ venues: ['primary'], adapters }))
  for (const token of ['full', 'half', 'open', 'trade']) {
    mkdirSync(join(at.stateDir, 'permit'), { recursive: true })
    writeFileSync(join(at.stateDir, 'permit', `${token}@${bootId() ?? ''}`), '{}')
  }
  return inOwnMounts(
    `T=$(mktemp -d); mount -t tmpfs none $T; cp -a /etc/. $T/; mount --bind $T /etc; rm -rf /etc/desk; mkdir /etc/desk
    printf 'equities ${at.stateDir}\\n' > /etc/desk/live
    desk kill --profile equities --reason drill`,
    at.stateDir,
    { DESK_STATE_DIR: '', DESK_NOW: '', DESK_CONFIG: config },
  )
}

real('desk kill: afterwards its book is empty, by its own word', async () => {
  const at = await scene()
  const desk = at.desk()
  const keys = Array.from({ length: 200 }, (_, i) => String(i))
  await Promise.all(keys.map((key) => desk.act(buy(key, { symbol: Number(key) % 2 === 0 ? 'AAPL' : 'MSFT' }))))
  expect(await at.market.book('AAPL')).toHaveLength(100)
  expect(await at.market.book('MSFT')).toHaveLength(100)
  const out = await killed(at)
  expect(out).toMatch(/^HALTED equities$/m)
  expect(out).toMatch(/primary 0 open, 0 pending cancel, 0 unknown/)
  expect(out).toContain('[0]')
  expect([...(await at.market.book('AAPL')), ...(await at.market.book('MSFT'))]).toEqual([])
})

real('desk kill, with the venue stopped: halted, and loudly not verified', async () => {
  const at = await scene()
  expect(await at.desk().act(buy('a'))).toMatchObject({ kind: 'done' })
  at.market.freeze()
  const out = await killed(at)
  expect(out).toMatch(/^HALTED equities$/m)
  expect(out).toMatch(/primary 0 open, 0 pending cancel, 1 unknown/)
  expect(out).not.toContain('[0]')
  at.market.thaw()
  // What was called unknown is indeed still there.
  expect(await at.market.book('AAPL')).toHaveLength(1)
})
