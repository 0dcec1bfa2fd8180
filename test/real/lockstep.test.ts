/** A check that begins after a halt has returned never lets anything pass, in a million rounds of two processes. */
import { stdout } from 'node:process'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { inMemory, lockstep } from '../killswitch/lockstep.ts'

/** Three minutes of a machine that does nothing else. */
const busyMachineMs = 1_800_000

test.each([
  { where: 'in memory', parent: inMemory, rounds: 1_000_000 },
  { where: 'on a disk that syncs', parent: tmpdir(), rounds: 2000 },
])('no stale check in $rounds rounds $where', { timeout: busyMachineMs }, async ({ where, parent, rounds }) => {
  const result = await lockstep(rounds, parent)
  stdout.write(`${String(rounds)} rounds ${where}: ${JSON.stringify(result)}\n`)
  expect(result).toEqual({ rounds, stale: 0, blind: 0 })
})
