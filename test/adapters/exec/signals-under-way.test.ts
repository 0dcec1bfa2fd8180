/** What the system says is pending is found, however much stands before it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'

const status = vi.hoisted(() => ({ path: '' }))
vi.mock(import('node:fs'), async (original) => {
  const fs = await original()
  const openSync = new Proxy(fs.openSync, {
    apply: (target, self, [path, ...others]: Parameters<typeof fs.openSync>) =>
      Reflect.apply(target, self, [path === '/proc/self/status' ? status.path : path, ...others]),
  })
  // No other threads: what they are at is another matter.
  const readdirSync = new Proxy(fs.readdirSync, { apply: () => [] })
  return { ...fs, openSync, readdirSync }
})

const dir = mkdtempSync(join(tmpdir(), 'desk-status-'))
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(dir, { recursive: true })
})

/** 1000 groups take about 7000 bytes. */
const statusOf = (groups: number, pending: string): string =>
  [
    'Name:\tnode',
    `Groups:\t${Array.from({ length: groups }, (_, i) => String(100_000 + i)).join(' ')} `,
    'Threads:\t1',
    'SigPnd:\t0000000000000000',
    `ShdPnd:\t${pending}`,
    'SigBlk:\t0000000000000000\n',
  ].join('\n')

test('a signal that is pending for a user in hundreds of groups', async () => {
  status.path = join(dir, 'status')
  writeFileSync(status.path, statusOf(0, '0000000000000000'))
  const { letSignalsArrive } = await import('../../../src/adapters/exec/signals-under-way.ts')
  const waits = vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out')
  const waitsWith = (groups: number, pending: string): number => {
    writeFileSync(status.path, statusOf(groups, pending))
    waits.mockClear()
    letSignalsArrive()
    return waits.mock.calls.length
  }
  const [none, interrupt] = ['0000000000000000', '0000000000000002']
  const told = [0, 3, 560, 1000, 65_536].flatMap((groups) => [waitsWith(groups, none), waitsWith(groups, interrupt)])
  expect(told).toEqual([0, 100, 0, 100, 0, 100, 0, 100, 0, 100])
})
