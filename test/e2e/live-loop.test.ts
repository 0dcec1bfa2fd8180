/** The live loop of the examples, as a process and as worker threads, while `desk` halts and throttles from a process of its own. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { tableOf } from '../docs/markdown.ts'
import { Desk } from '../support/desk.ts'

const file = join(import.meta.dirname, '..', '..', 'examples', 'live-loop.mjs')
const logged = z.strictObject({
  timestamp: z.iso.datetime(),
  level: z.enum(['info', 'warn', 'error']),
  service: z.literal('live-loop'),
  trace_id: z.string().min(1),
  event: z.string(),
  data: z.record(z.string(), z.unknown()),
})
type Logged = z.infer<typeof logged>

let desk: Desk
const ends: (() => unknown)[] = []
beforeEach(async () => {
  desk = new Desk()
  expect((await desk.run(['tree', 'no-fills'])).code).toBe(3) // a desk is made by its first run
})
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  desk.remove()
})

/** A line in, a record out. */
class Loop {
  readonly #input: Writable
  readonly #records: AsyncIterator<string>
  constructor(input: Writable | null, output: Readable | null) {
    if (input === null || output === null) throw new Error('a loop has both ends')
    this.#input = input
    this.#records = createInterface({ input: output })[Symbol.asyncIterator]()
  }
  async say(line: unknown): Promise<Logged> {
    this.#input.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`)
    const { value } = (await this.#records.next()) as { value: unknown }
    return logged.parse(JSON.parse(String(value)))
  }
  tick(tick: number, price = 100 + tick): Promise<Logged> {
    return this.say({ tick, symbol: 'AAPL', price })
  }
}

function asProcess(): Loop {
  const child = spawn(process.execPath, [file, desk.stateDir], { stdio: ['pipe', 'pipe', 'inherit'] })
  ends.push(() => child.kill())
  return new Loop(child.stdin, child.stdout)
}
function asThread(): Loop {
  const worker = new Worker(file, { argv: [desk.stateDir], stdin: true, stdout: true })
  ends.push(() => worker.terminate())
  return new Loop(worker.stdin, worker.stdout)
}
async function kill(): Promise<void> {
  expect((await desk.run(['kill'])).code).toBe(0)
}

describe('dry runs', () => {
  const runs = [
    { ticks: 10, haltAt: undefined, orders: 10, blocked: 0 },
    { ticks: 15, haltAt: 5, orders: 4, blocked: 11 },
    { ticks: 5, haltAt: 1, orders: 0, blocked: 5 },
  ]
  test('the page about the gate shows these', () => {
    expect(tableOf('docs/gate.md', 'dry-runs')).toEqual(
      runs.map(({ ticks, haltAt, orders, blocked }) => [ticks, haltAt ?? '-', orders, blocked].map(String)),
    )
  })
  const kinds = [
    { name: 'a process', start: () => [asProcess()] },
    { name: 'four worker threads', start: () => [asThread(), asThread(), asThread(), asThread()] },
  ]
  test.each(kinds.flatMap((kind) => runs.map((run) => ({ ...kind, ...run }))))(
    '$name, $ticks ticks, halted at $haltAt: $orders orders, $blocked blocked',
    async ({ start, ticks, haltAt, orders, blocked }) => {
      const loops = start()
      const did: Logged[][] = loops.map(() => [])
      for (let tick = 1; tick <= ticks; tick++) {
        if (tick === haltAt) await kill()
        const records = await Promise.all(loops.map((loop) => loop.tick(tick)))
        for (const [i, record] of records.entries()) did[i]?.push(record)
      }
      for (const records of did) {
        expect(records.filter(({ event }) => event === 'order.sent')).toHaveLength(orders)
        const denied = records.filter(({ event }) => event === 'tick.blocked')
        expect(denied).toHaveLength(blocked)
        for (const { data } of denied) expect(data).toMatchObject({ gate: 'signal', allowed: 'none' })
        expect(records.map(({ data }) => data['tick'])).toEqual(Array.from({ length: ticks }, (_, i) => i + 1))
        expect(records.every(({ data }) => typeof data['latencyMs'] === 'number')).toBe(true)
      }
    },
  )
})

test('a halt while the signal is computed blocks the order at the second gate', async () => {
  const script = join(desk.dir, 'slow-signal.mjs')
  writeFileSync(
    script,
    `import { liveLoop } from ${JSON.stringify(pathToFileURL(file).href)}
    const signal = () => new Promise((resolve) => {
      process.once('message', () => resolve({ side: 'buy', quantity: 100 }))
      process.send('computing')
    })
    const desk = { stateDir: process.argv[2], venue: 'primary', model: 'signal' }
    const loop = liveLoop({ desk, signal, send: () => process.send('sent'), write: (line) => process.send(line), traceId: 'slow' })
    await loop.tick({ tick: 1, symbol: 'AAPL', price: 100 })`,
  )
  const child: ChildProcess = fork(script, [desk.stateDir])
  ends.push(() => child.kill())
  const said = async (): Promise<unknown> => ((await once(child, 'message')) as unknown[])[0]
  expect(await said()).toBe('computing')
  await kill()
  const next = said()
  child.send('go on')
  expect(logged.parse(await next)).toMatchObject({
    event: 'tick.blocked',
    data: { gate: 'order', allowed: 'none' },
  })
})

test('sizes follow the throttle; reduce-only lets out what brings the position down, and no more than is there', async () => {
  const loop = asProcess()
  const order = (side: string, quantity: string) => ({ data: { order: { side, quantity } } })
  expect(await loop.tick(1, 100)).toMatchObject(order('buy', '100'))
  expect(await loop.say({ fill: 'order-1', quantity: 100 })).toMatchObject({ data: { position: '100' } })
  expect((await desk.run(['throttle', '50'])).code).toBe(0)
  expect(await loop.tick(2, 101)).toMatchObject(order('buy', '50'))
  expect((await desk.run(['throttle', '0'])).code).toBe(0)
  const noMore = { event: 'tick.blocked', data: { gate: 'order', allowed: 'reduce-only' } }
  expect(await loop.tick(3, 102)).toMatchObject(noMore)
  // The fifty that are still being bought may never come.
  expect(await loop.tick(4, 101)).toMatchObject(order('sell', '100'))
  expect(await loop.tick(5, 100)).toMatchObject(noMore)
  expect(await loop.say({ fill: 'order-3', quantity: 40 })).toMatchObject({ data: { left: '60', position: '60' } })
  expect(await loop.tick(6, 99)).toMatchObject(noMore)
  expect(await loop.say({ fill: 'order-2', quantity: 50 })).toMatchObject({ data: { position: '110' } })
  expect(await loop.tick(7, 98)).toMatchObject(order('sell', '50'))
})

test('what it cannot read is said, and the next tick has its chance', async () => {
  const loop = asProcess()
  for (const line of ['{', '{}', '{"tick":"1","price":1}', '{"fill":"order-1","quantity":0}'])
    expect(await loop.say(line)).toMatchObject({ level: 'error', event: 'line.refused' })
  expect(await loop.say({ fill: 'order-9', quantity: 1 })).toMatchObject({ event: 'fill.unknown' })
  expect(await loop.say({ tick: 1, symbol: '../trade', price: 1 })).toMatchObject({ event: 'tick.blocked' })
  expect(await loop.tick(2)).toMatchObject({ event: 'order.sent' })
})
