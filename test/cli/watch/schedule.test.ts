import { expect, it } from 'vitest'
import { watchAll } from '../../../src/cli/watch/schedule.ts'

/** A clock that moves by waiting, and a watch that ends after so much time. */
function world(endMs: number) {
  let nowMs = 0
  const ended = new AbortController()
  return {
    now: () => new Date(nowMs),
    sleep: (ms: number) => {
      nowMs += ms
      if (nowMs >= endMs) ended.abort('SIGTERM')
      return new Promise<void>((resolve) => setImmediate(resolve))
    },
    interrupted: ended.signal,
    stop: () => {
      ended.abort('SIGTERM')
    },
  }
}

it('each is looked at as often as it asks for, all of them at once first', async () => {
  const seen: string[] = []
  const watched = (name: string, everyMs: number) => ({
    everyMs,
    look: () => {
      seen.push(name)
      return Promise.resolve()
    },
  })
  const clock = world(20_000)
  await watchAll([watched('fast', 5000), watched('slow', 10_000)], clock, clock.stop)
  expect(seen.slice(0, 2)).toEqual(['fast', 'slow'])
  expect(seen.filter((name) => name === 'fast')).toHaveLength(4)
  expect(seen.filter((name) => name === 'slow')).toHaveLength(2)
})

it('S1, S2: a look that hangs is not begun twice, and keeps nobody else from being looked at', async () => {
  let [begun, others] = [0, 0]
  let release = (): void => undefined
  const clock = world(60_000)
  clock.interrupted.addEventListener('abort', () => {
    release()
  })
  const hangs = () => {
    begun++
    return new Promise<void>((resolve) => {
      release = resolve
    })
  }
  const counts = () => {
    others++
    return Promise.resolve()
  }
  await watchAll(
    [
      { everyMs: 5000, look: hangs },
      { everyMs: 5000, look: counts },
    ],
    clock,
    clock.stop,
  )
  expect(begun).toBe(1)
  expect(others).toBeGreaterThan(5)
})

it('S3: what throws ends the watch, with its error', async () => {
  const clock = world(600_000)
  const broken = { everyMs: 5000, look: () => Promise.reject(new Error('the log is full')) }
  await expect(watchAll([broken], clock, clock.stop)).rejects.toThrow('the log is full')
  expect(clock.interrupted.aborted).toBe(true)
})
