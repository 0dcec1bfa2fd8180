import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { type Answer, type Ask, mayTrade, mayTradeInBoot } from '../../src/killswitch/gate.ts'
import { inForce, tighten } from '../../src/killswitch/permit.ts'
import type { Token } from '../../src/killswitch/scope.ts'
import { bundle } from '../support/bundle.ts'
import { boot, freshDesk, halt, scratch, type TestDesk } from './support.ts'

const full: Answer = { allowed: 'all', sizeMultiplier: 1, orderRate: 1 }
const none: Answer = { allowed: 'none', sizeMultiplier: 0, orderRate: 0 }
const reducing: Answer = { allowed: 'reduce-only', sizeMultiplier: 0, orderRate: 1 }
const question = { venue: 'primary', model: 'signal', symbol: 'AAPL' }

describe('what is missing decides, and the strictest wins', () => {
  test.each<[readonly Token[], Answer]>([
    [[], full],
    [['full'], { ...full, sizeMultiplier: 0.5 }],
    [['half'], { ...full, sizeMultiplier: 0.25 }],
    [['half', 'full'], { ...full, sizeMultiplier: 0.25 }],
    [['rate-full'], { ...full, orderRate: 0.5 }],
    [['rate-half'], { ...full, orderRate: 0.25 }],
    [['open'], reducing],
    [['unheld'], reducing],
    [['unheld', 'reduce'], none],
    [['reduce'], full],
    [['venue=primary'], reducing],
    [['venue=primary', 'reduce-venue=primary'], none],
    [['model=signal', 'reduce-model=signal'], none],
    [['open', 'model=signal', 'reduce-model=signal'], none],
    [['venue=backup', 'reduce-venue=backup'], full],
    [['trade'], none],
  ])('without %j', (missing, expected) => {
    const desk = freshDesk()
    for (const token of missing) rmSync(inForce(desk.permit, token, boot))
    expect(mayTrade({ stateDir: desk.stateDir, ...question })).toEqual(expected)
  })

  test('sessions count for those who ask with them', () => {
    const { stateDir, permit } = freshDesk()
    expect(mayTrade({ stateDir, session: true })).toEqual(reducing)
    expect(mayTrade({ stateDir })).toEqual(full)
    writeFileSync(inForce(permit, 'session', boot), '')
    expect(mayTrade({ stateDir, session: true })).toEqual(full)
  })

  test('symbols are denied by a mark, in any spelling', () => {
    const { stateDir, permit } = freshDesk()
    mkdirSync(join(permit, 'hold-reduce-symbol=MSFT'))
    writeFileSync(join(permit, 'hold-symbol=AAPL'), '')
    expect(mayTrade({ stateDir, symbol: 'msft' })).toEqual(reducing)
    expect(mayTrade({ stateDir, symbol: 'Aapl' })).toEqual(none)
    expect(mayTrade({ stateDir, symbol: 'TSLA' })).toEqual(full)
  })
})

describe('what cannot be told is no', () => {
  test.each<[string, Partial<Ask>]>([
    ['a venue that nobody permitted', { venue: 'dark' }],
    ['a slash in a symbol', { symbol: '../trade' }],
    ['a control character', { model: 'signal\n' }],
    ['a name that ends like a boot', { venue: `primary@${boot}` }],
    ['an empty name', { symbol: '' }],
    ['a relative directory', { stateDir: 'state' }],
    ['no directory', { stateDir: '/nowhere/at/all' }],
    ['a directory with a NUL', { stateDir: '/tmp\0' }],
    ['a file in the place of the directory', { stateDir: '/proc/version' }],
  ])('%s', (_, ask) => {
    expect(mayTrade({ stateDir: freshDesk().stateDir, ...ask })).toEqual(none)
  })

  test('another boot', () => {
    expect(mayTradeInBoot({ stateDir: freshDesk().stateDir }, '00000000-0000-4000-8000-000000000000')).toEqual(none)
  })

  test('nothing is cached', () => {
    const desk = freshDesk()
    for (let i = 0; i < 3; i++) {
      expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('all')
      tighten(desk.permit, ['trade'], boot)
      expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('none')
      writeFileSync(inForce(desk.permit, 'trade', boot), '')
    }
  })
})

describe('the dry runs, with the switch thrown from another process than the one that trades', () => {
  const children: ChildProcess[] = []
  afterEach(() => {
    for (const child of children.splice(0)) child.kill()
  })
  async function trading(desk: TestDesk): Promise<(message: string) => Promise<unknown>> {
    const child = fork(await bundle('test/killswitch/fixtures/live-loop.ts'), [desk.stateDir])
    children.push(child)
    return async (message) => {
      const answer: Promise<unknown[]> = once(child, 'message')
      child.send(message)
      return (await answer)[0]
    }
  }

  test.each([
    { ticks: 10, haltAt: undefined, orders: 10, blocked: 0 },
    { ticks: 15, haltAt: 5, orders: 4, blocked: 11 },
    { ticks: 5, haltAt: 1, orders: 0, blocked: 5 },
  ])(
    '$ticks ticks, halted at $haltAt: $orders orders, $blocked blocked',
    async ({ ticks, haltAt, orders, blocked }) => {
      const desk = freshDesk()
      const send = await trading(desk)
      const did: unknown[] = []
      for (let tick = 1; tick <= ticks; tick++) {
        if (tick === haltAt) halt(desk)
        did.push(await send('tick'))
      }
      expect(did.filter((each) => each === 'order')).toHaveLength(orders)
      expect(did.filter((each) => each === 'blocked')).toHaveLength(blocked)
    },
  )

  test('a halt between the signal and the order blocks the order', async () => {
    const desk = freshDesk()
    const send = await trading(desk)
    expect(await send('signal')).toBe('signal')
    halt(desk)
    expect(await send('order')).toBe('blocked')
  })

  test('no check after a halt is stale: lockstep rounds with another process', async () => {
    const desk = freshDesk()
    const send = await trading(desk)
    const trade = inForce(desk.permit, 'trade', boot)
    for (let round = 0; round < 200; round++) {
      tighten(desk.permit, ['trade'], boot)
      expect(await send('tick')).toBe('blocked')
      writeFileSync(trade, '')
      expect(await send('tick')).toBe('order')
    }
  })

  test('a worker thread sees the halt as well', async () => {
    const desk = freshDesk()
    const file = await bundle('src/killswitch/gate.ts')
    const code = `const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.file).then(({ mayTrade }) => {
        parentPort.on('message', () => parentPort.postMessage(mayTrade({ stateDir: workerData.stateDir }).allowed))
      })`
    const worker = new Worker(code, { eval: true, workerData: { file, stateDir: desk.stateDir } })
    const ask = async (): Promise<unknown> => {
      const answer: Promise<unknown[]> = once(worker, 'message')
      worker.postMessage('ask')
      return (await answer)[0]
    }
    expect(await ask()).toBe('all')
    halt(desk)
    expect(await ask()).toBe('none')
    await worker.terminate()
  })
})

test('a fresh directory that is not a desk permits nothing', () => {
  expect(mayTrade({ stateDir: scratch() })).toEqual(none)
})
