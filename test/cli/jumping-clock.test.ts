import { expect, it } from 'vitest'
import { jumpingClock } from '../../src/cli/deps.ts'

it('wakes whoever waits in the order of their moments, and lets each go on before the next', async () => {
  const clock = jumpingClock(new Date('2026-11-20T15:00:00Z'))
  const seen: string[] = []
  const look = async (name: string, everySeconds: number, times: number): Promise<void> => {
    for (let time = 0; time < times; time++) {
      await clock.sleep(everySeconds * 1000)
      seen.push(`${name} ${clock.now().toISOString().slice(14, 19)}`)
    }
  }
  await Promise.all([look('slow', 150, 2), look('quick', 60, 5)])
  expect(seen).toEqual([
    ...['quick 01:00', 'quick 02:00', 'slow 02:30', 'quick 03:00', 'quick 04:00'],
    ...['slow 05:00', 'quick 05:00'],
  ])
})

it('moves by waiting alone, and never back', async () => {
  const clock = jumpingClock(new Date('2026-11-20T15:00:00Z'))
  await clock.sleep(-5)
  expect(clock.now().toISOString()).toBe('2026-11-20T15:00:00.000Z')
  await clock.sleep(1500)
  expect(clock.now().toISOString()).toBe('2026-11-20T15:00:01.500Z')
})
