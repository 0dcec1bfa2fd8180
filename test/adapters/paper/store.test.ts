/** The state files: whole at every moment, changed by one at a time, never made anew over something that cannot be understood. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { clonePaper } from '../../../src/adapters/paper/clone.ts'
import { venueControls } from '../../../src/adapters/paper/control.ts'
import { bundle } from '../../support/bundle.ts'
import { makeStateDir, PaperDesk } from './desk.ts'

const order = { venue: 'backup', symbol: 'SPY', side: 'buy', quantity: '1', price: '592.12' }

let writer = ''
beforeAll(async () => {
  writer = await bundle('test/adapters/paper/fixtures/writer.ts')
})

/** Runs a writer; kills it after so many answers. Answers the keys that were acknowledged. */
function write(stateDir: string, name: string, count: number, killAfter = Infinity): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, stateDir, name, String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.split('\n').length > killAfter) child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('close', () => {
      resolve(text.split('\n').slice(0, -1))
    })
  })
}

const keysOf = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => {
    const [key = '', kind] = line.split(' ')
    expect(kind).toBe('done')
    return key
  })

test('a writer that is killed leaves a state as before or as after, and every answered key is found', async () => {
  const desk = new PaperDesk()
  const acknowledged: string[] = []
  for (let round = 0; round < 6; round++) {
    acknowledged.push(...keysOf(await write(desk.stateDir, `r${String(round)}`, 1000, 2 + round)))
    const positions = (await desk.value('venue.fetchPositions', { venue: 'backup' })).list('positions')
    const trades = (await desk.value('venue.fetchMyTrades', { venue: 'backup', since: '2026-01-01T00:00:00Z' })).list(
      'trades',
    )
    expect(positions.find((each) => each.at('symbol') === 'SPY')?.at('quantity')).toBe(String(trades.length))
    expect(trades.length).toBeGreaterThanOrEqual(acknowledged.length)
    expect(trades.length).toBeLessThanOrEqual(acknowledged.length + round + 1)
  }
  for (const key of acknowledged) {
    expect(await desk.lookup('venue.createOrder', order, key)).toMatchObject({
      kind: 'done',
      value: { status: 'accepted' },
    })
  }
})

test('after a kill the same key is never carried out twice', async () => {
  const desk = new PaperDesk()
  await write(desk.stateDir, 'k', 1000, 3)
  for (let n = 1; n <= 6; n++) await desk.done('venue.createOrder', order, `k-${String(n)}`)
  const lines = await write(desk.stateDir, 'k', 6)
  expect(keysOf(lines)).toHaveLength(6)
  const { length } = (await desk.value('venue.fetchMyTrades', { venue: 'backup', since: '2026-01-01T00:00:00Z' })).list(
    'trades',
  )
  const answered = await Promise.all(
    Array.from({ length: 12 }, (_, n) => desk.lookup('venue.createOrder', order, `k-${String(n + 1)}`)),
  )
  expect(length).toBe(answered.filter(({ kind }) => kind === 'done').length)
})

test.each([
  ['tickets.open', { kind: 'bug', title: 'one' }],
  ['notify.page', { role: 'oncall', text: 'wake up' }],
  ['venue.closeAllPositions', { venue: 'primary' }],
  ['venue.tightenStops', { factor: '0.5' }],
  ['tickets.linkAlerts', { ticket: 'T-1', rootCause: 'broker-gateway' }],
])('%s with one key takes place once and answers the same again', async (method, args) => {
  const desk = new PaperDesk()
  await desk.set('alert-storm-known-parent')
  const first = await desk.done(method, args, 'once')
  const kept = readState(desk.stateDir)
  desk.moment = '2026-11-19T13:00:00-05:00'
  expect((await desk.done(method, args, 'once')).json).toEqual(first.json)
  expect(readState(desk.stateDir)).toEqual(kept)
  await desk.act(method, args, 'another')
  expect(readState(desk.stateDir)).not.toEqual(kept)
})

/** Every component's file. */
const readState = (stateDir: string): readonly string[] =>
  readdirSync(join(stateDir, 'paper'))
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(stateDir, 'paper', name), 'utf8'))

test('two processes at once lose nothing', async () => {
  const desk = new PaperDesk()
  await Promise.all([write(desk.stateDir, 'a', 20), write(desk.stateDir, 'b', 20)])
  const trades = (await desk.value('venue.fetchMyTrades', { venue: 'backup', since: '2026-01-01T00:00:00Z' })).list(
    'trades',
  )
  expect(trades).toHaveLength(40)
  expect((await desk.value('orders.newSince', { since: '2026-11-19T16:59:59Z' })).at('count')).toBe(40)
  const book = (await desk.value('book.positions')).list('positions')
  expect(book.find((each) => each.at('venue') === 'backup' && each.at('symbol') === 'SPY')?.at('quantity')).toBe('40')
})

test('reading makes no file', async () => {
  const desk = new PaperDesk()
  for (const method of [
    'venue.fetchOpenOrders',
    'data.freshness',
    'inference.healthz',
    'book.positions',
    'orders.conformance',
  ]) {
    await desk.value(method, method === 'orders.conformance' ? { lookbackMinutes: 5 } : {})
  }
  expect(existsSync(join(desk.stateDir, 'paper'))).toBe(false)
})

test.each([
  ['is not JSON', '{"schema":1,"compo'],
  ['is not of this component', '{"schema":1,"component":"book","state":{},"performed":{}}'],
  ['has schema 2', '{"schema":2,"component":"venue-primary","state":{},"performed":{}}'],
  ['does not hold a state', '{"schema":1,"component":"venue-primary","state":{"id":"primary"},"performed":{}}'],
])('a file that %s is a failure, and stays as it is', async (why, text) => {
  const desk = new PaperDesk()
  mkdirSync(join(desk.stateDir, 'paper'))
  const file = join(desk.stateDir, 'paper/venue-primary.json')
  writeFileSync(file, text)
  const reading = await desk.read('venue.fetchOpenOrders')
  expect(reading).toMatchObject({ kind: 'failure', unreachable: false })
  expect(reading.kind === 'failure' && reading.reason).toContain(why)
  expect(await desk.act('venue.cancelAllOrders', { venue: 'primary' }, 'k')).toMatchObject({ kind: 'failed' })
  expect(await desk.lookup('venue.cancelAllOrders', { venue: 'primary' }, 'k')).toMatchObject({ kind: 'cannot-tell' })
  const [primary] = venueControls(desk)
  expect(await primary?.openOrders(undefined, new AbortController().signal)).toMatchObject({ kind: 'failure' })
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('where the state directory is none, reads and effects fail with the reason', async () => {
  const file = join(makeStateDir(), 'file')
  writeFileSync(file, '')
  const desk = new PaperDesk(file)
  const reading = await desk.read('venue.ping')
  expect(reading.kind === 'failure' && reading.reason).toContain('ENOTDIR')
  expect(await desk.act('notify.post', { channel: 'a', text: 'b' }, 'k')).toMatchObject({ kind: 'failed' })
})

test('a copy is the same desk and goes its own way', async () => {
  const desk = new PaperDesk()
  await desk.done('universe.suppress', { symbols: ['NVDA'], reason: 'test' }, 'k')
  await desk.set('config-hot-edit')
  const to = makeStateDir()
  await clonePaper(desk.stateDir, to, desk.now)
  expect(readdirSync(join(to, 'paper'))).not.toContain('locks')
  const copy = new PaperDesk(to)
  for (const method of ['universe.list', 'config.head', 'config.diff']) {
    expect((await copy.value(method)).json).toEqual((await desk.value(method)).json)
  }
  const commit = (await copy.value('config.head')).text('commit')
  await copy.done('config.deploy', { commit }, 'k2')
  expect((await copy.value('config.diff')).at('same')).toBe(true)
  expect((await desk.value('config.diff')).at('same')).toBe(false)
  await expect(clonePaper(desk.stateDir, to, desk.now)).rejects.toThrow('is there already')
})

test('the kill switch sees pages of orders, cancels them, and a silent venue is never counted as empty', async () => {
  const desk = new PaperDesk()
  const signal = new AbortController().signal
  const [primary, backup] = venueControls(desk)
  for (let n = 0; n < 120; n++) {
    await desk.done(
      'venue.createOrder',
      { symbol: 'SPY', side: 'buy', quantity: '1', price: '500' },
      `many-${String(n)}`,
    )
  }
  expect(await primary?.openOrders(undefined, signal)).toEqual({
    kind: 'page',
    open: 100,
    pendingCancel: 0,
    unknown: 0,
    next: '100',
  })
  expect(await primary?.openOrders('100', signal)).toEqual({ kind: 'page', open: 27, pendingCancel: 0, unknown: 0 })
  await desk.set('venue-silent')
  expect(await primary?.cancelAll(signal)).toMatchObject({ kind: 'failure', unreachable: true })
  expect(await primary?.openOrders(undefined, signal)).toMatchObject({ kind: 'failure', unreachable: true })
  const stops = await backup?.listStops(signal)
  expect(await backup?.cancelAll(signal)).toEqual({ ...stops, kind: 'sent' })
  expect(await backup?.openOrders(undefined, signal)).toMatchObject({ open: 0, pendingCancel: 0, unknown: 0 })
  await desk.set('venue-silent', false)
  expect(await primary?.openOrders('100', signal)).toMatchObject({ open: 0, pendingCancel: 27 })
  await primary?.cancelAll(signal)
  expect(await primary?.openOrders(undefined, signal)).toEqual({ kind: 'page', open: 0, pendingCancel: 0, unknown: 0 })
})
