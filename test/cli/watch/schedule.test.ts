import { expect, it } from 'vitest'
import { AuditUnwritable } from '../../../src/audit/failure.ts'
import { watchAll } from '../../../src/cli/watch/schedule.ts'

const failed = (error: unknown): never => {
  throw error
}

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
    ...{ everyMs, failed },
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
      { everyMs: 5000, look: hangs, failed },
      { everyMs: 5000, look: counts, failed },
    ],
    clock,
    clock.stop,
  )
  expect(begun).toBe(1)
  expect(others).toBeGreaterThan(5)
})

it('S3: what throws is told and looked at again, and what others see does not hang on it', async () => {
  const clock = world(60_000)
  const told: unknown[] = []
  let [looks, others] = [0, 0]
  const opens = new Error('somebody else has it open')
  const locked = {
    everyMs: 5000,
    look: () => (++looks < 4 ? Promise.reject(opens) : Promise.resolve()),
    failed: (error: unknown) => void told.push(error),
  }
  const fine = {
    everyMs: 5000,
    look: () => {
      others++
      return Promise.resolve()
    },
    failed,
  }
  expect(await watchAll([locked, fine], clock, clock.stop)).toEqual([])
  expect(told).toEqual([opens, opens, opens])
  expect([looks, others]).toEqual([12, 12])
})

it('S3: what the last looks threw is the end of a watch that is stopped', async () => {
  const clock = world(12_000)
  const broken = new Error('a bug in one of them')
  const throwing = { everyMs: 5000, look: () => Promise.reject(broken), failed: () => undefined }
  const fine = { everyMs: 5000, look: () => Promise.resolve(), failed }
  expect(await watchAll([throwing, fine], clock, clock.stop)).toEqual([broken])
})

it('S4: a log that cannot be written ends the watch, and so does a world in which nothing can be looked at', async () => {
  const full = new AuditUnwritable('ENOSPC', '/state/audit', 'no space left')
  const throwing = (error: Error) => ({ everyMs: 5000, look: () => Promise.reject(error), failed: () => undefined })
  const fine = { everyMs: 5000, look: () => Promise.resolve(), failed }
  const clock = world(600_000)
  await expect(watchAll([throwing(full), fine], clock, clock.stop)).rejects.toBe(full)
  expect(clock.interrupted.aborted).toBe(true)
  const [gone, other] = [new Error('the state is gone'), world(600_000)]
  await expect(watchAll([throwing(gone), throwing(gone)], other, other.stop)).rejects.toBe(gone)
  expect(other.now().getTime()).toBeLessThan(600_000)
})
