/** What a session is when its process, its disk or its file is lost. */
import fc from 'fast-check'
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { only } from '../../../src/adapters/fix/wire.ts'
import { disk as realDisk } from '../../../src/disk/write.ts'
import { buckets, buy, call, openOrders, scene } from './support.ts'

const full = {
  ...realDisk,
  write: () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  },
}

test('a line that a crash left half-written is dropped: it was never acted upon', async () => {
  const { venue, log, desk } = await scene()
  await desk().act(buy('a'))
  appendFileSync(log, '{"kind":"sent","seq":9,"at":"2026')
  expect(await desk().act(buy('b'))).toMatchObject({ kind: 'done' })
  expect(await openOrders(desk())).toMatchObject(buckets(2, 0, 0))
  expect(venue.usedTwice).toEqual([])
})

test.each([
  ['a line that is no record', '{"kind":"sent"}\n', /session\.ndjson:\d+: no record/],
  ['a second beginning', '{"kind":"session","schema":1,"id":"x","sender":"DESK","target":"VENUE"}\n', /begins once/],
])('%s: nothing in the file is believed', async (_, line, reason) => {
  const { venue, log, desk } = await scene()
  await desk().act(buy('a'))
  appendFileSync(log, line)
  const before = venue.received.length
  expect(await desk().read(call('fetchOpenOrders'))).toMatchObject({ kind: 'failure', reason })
  expect(await desk().act(buy('a'))).toMatchObject({ kind: 'unknown' })
  expect(await desk().act(call('cancelAllOrders'))).toMatchObject({ kind: 'failed', reason })
  expect(await desk().act(call('cancelOrder', { clientOrderId: 'x' }))).toMatchObject({ kind: 'failed' })
  expect(venue.received).toHaveLength(before)
})

test('a file of other names is not ours', async () => {
  const { venue, desk } = await scene()
  await desk().act(buy('a'))
  const other = desk({ session: { sender: 'OTHER' } })
  expect(await other.read(call('ping'))).toMatchObject({ kind: 'failure', reason: /another session, DESK to VENUE/ })
  expect(venue.ofType('A')).toHaveLength(1)
})

test('a file that is gone: the venue does not take us for who we were, and that is no empty list', async () => {
  const { venue, log, desk } = await scene()
  const one = desk()
  await one.act(buy('a'))
  rmSync(log)
  expect(await one.read(call('fetchOpenOrders'))).toMatchObject({ kind: 'failure', reason: /is gone/ })
  expect(await desk().read(call('fetchOpenOrders'))).toMatchObject({ kind: 'failure', reason: /too low/ })
  expect(venue.ofType('D')).toHaveLength(1)
})

test('a file that became shorter under a process is not read on', async () => {
  const { log, desk } = await scene()
  const one = desk()
  await one.act(buy('a'))
  truncateSync(log, 10)
  expect(await one.read(call('ping'))).toMatchObject({ kind: 'failure', reason: /shorter/ })
})

test('on a full disk no order leaves, and every cancel does; the next process knows that numbers were used', async () => {
  const { venue, log, desk } = await scene()
  await desk().act(buy('a'))
  await desk().act(buy('b'))
  const before = readFileSync(log, 'utf8')
  const one = desk({ disk: full })
  expect(await one.act(buy('c'))).toMatchObject({ kind: 'failed', reason: /nothing was sent/ })
  expect(await one.act(call('cancelAllOrders'))).toMatchObject({ kind: 'done', value: { requested: 2 } })
  expect(await openOrders(one)).toMatchObject(buckets(0, 0, 0))
  expect(venue.ofType('D')).toHaveLength(2)
  // No line can be added, but the one can go that said that the file is complete.
  const lines = before.trimEnd().split('\n')
  expect(lines.at(-1)).toMatch(/^{"kind":"closed"/)
  expect(readFileSync(log, 'utf8')).toBe(`${lines.slice(0, -1).join('\n')}\n`)
  expect(await openOrders(desk())).toMatchObject(buckets(0, 0, 0))
  expect(await desk().act(buy('d'))).toMatchObject({ kind: 'done' })
  expect(venue.usedTwice).toEqual([])
})

test('a disk that fails in the middle of a line leaves none', async () => {
  const { venue, log, desk } = await scene()
  let writes = 0
  const breaking = {
    ...realDisk,
    write: (fd: number, bytes: Uint8Array) => {
      if (!Buffer.from(bytes).includes('"order"') || ++writes > 1) return realDisk.write(fd, bytes)
      realDisk.write(fd, bytes.subarray(0, 20))
      throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' })
    },
  }
  const one = desk({ disk: breaking })
  expect(await one.act(buy('a'))).toMatchObject({ kind: 'failed', reason: /EIO/ })
  expect(venue.ofType('D')).toEqual([])
  expect(await one.act(buy('a'))).toMatchObject({ kind: 'done' })
  expect(
    readFileSync(log, 'utf8')
      .split('\n')
      .slice(0, -1)
      .every((line) => line.startsWith('{"kind":')),
  ).toBe(true)
  expect(await openOrders(desk())).toMatchObject(buckets(1, 0, 0))
})

test('an order that could not be made durable was not sent', async () => {
  const { venue, desk } = await scene()
  const unsafe = {
    ...realDisk,
    sync: () => {
      throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
    },
  }
  expect(await desk({ disk: unsafe }).act(buy('a'))).toMatchObject({ kind: 'failed', reason: /nothing was sent/ })
  expect(venue.ofType('D')).toEqual([])
})

/** What may happen to a desk between two calls, or in the middle of one. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('order' as const), key: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ kind: fc.constant('lost order' as const), key: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ kind: fc.constant('lost answer' as const), key: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ kind: fc.constant('cancel' as const), key: fc.constantFrom('x', 'y') }),
  fc.record({ kind: fc.constant('power failure' as const), key: fc.constant('') }),
)

test('whatever is lost, no number and no id is used twice, no key makes two orders, and the list is the book', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), fc.nat(), async (steps, seed) => {
      const { venue, log, desk } = await scene()
      for (const { kind, key } of steps) {
        if (kind === 'power failure') {
          lose(log, seed)
          continue
        }
        if (kind === 'lost order')
          venue.answers['D'] = () => {
            venue.nextIn--
            venue.cut()
          }
        if (kind === 'lost answer')
          venue.answers['D'] = (order) => {
            venue.keep('8', venue.report(order, '0'))
            venue.cut()
          }
        if (kind === 'cancel') await desk().act(call('cancelAllOrders', {}, key))
        else if ((await desk().act(buy(key))).kind === 'unknown') await desk().lookup(buy(key))
        delete venue.answers['D']
      }
      expect(await openOrders(desk())).toMatchObject(buckets(venue.book.size, 0, 0))
      expect(venue.usedTwice).toEqual([])
      const ids = [...venue.taken, ...venue.ofType('F')].map(({ fields }) => only(fields, 11))
      expect(new Set(ids).size).toBe(ids.length)
      expect(venue.taken.length).toBeLessThanOrEqual(new Set(steps.map(({ key }) => key)).size)
    }),
    { numRuns: 15 },
  )
})

/** Takes away what was not yet safe on the disk, or a part of it: lines after the last one that was waited for. */
function lose(log: string, seed: number): void {
  let text: string
  try {
    text = readFileSync(log, 'utf8')
  } catch {
    return // nothing was ever sent
  }
  const lines = text.split('\n').slice(0, -1)
  const safe = lines.findLastIndex((line) => /"kind":"(?:session|opened|unreceived)"|"(?:order|cancel)":/.test(line))
  const kept = lines.slice(0, safe + 1 + (seed % (lines.length - safe)))
  const torn = lines[kept.length]?.slice(0, seed % 40) ?? ''
  writeFileSync(log, [...kept, torn].join('\n'))
}
