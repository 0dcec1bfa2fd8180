import { fork } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import { listCheckpoints, makeCheckpoint } from '../../src/audit/checkpoint.ts'
import { loadOrCreateKey, loadVerifierKey } from '../../src/audit/key.ts'
import { readLedger } from '../../src/audit/ledger-read.ts'
import { sealAbandoned } from '../../src/audit/recovery.ts'
import { listRuns } from '../../src/audit/runs.ts'
import { readRun, readSegment } from '../../src/audit/segment-read.ts'
import { verify } from '../../src/audit/verify.ts'
import { isAlive } from '../../src/lock/liveness.ts'
import { bundle } from '../support/bundle.ts'
import { newLog } from './writing.ts'

const processes = 48
const atOnce = 4
const runs = 5

describe('many processes, half of them killed at any moment', () => {
  let writer = ''
  beforeAll(async () => {
    writer = await bundle('test/audit/fixtures/writer.ts')
  })

  it('lose no acknowledged record, and leave a log that verifies', async () => {
    const log = newLog()
    const ids = Array.from({ length: runs }, () => log.id())
    const acknowledged = new Map<string, number>()
    let killed = 0
    let started = 0
    const one = async (): Promise<void> => {
      const number = started++
      const count = 5 + ((number * 29) % 60)
      const child = fork(writer, [log.stateDir, ids[number % runs] ?? '', String(count)], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
      // The kill comes with an acknowledgement, somewhere on the way of the next record.
      const killAt = number % 2 === 0 ? 1 + ((number * 7) % count) : Infinity
      child.on('message', (message) => {
        if (!Array.isArray(message)) return
        const [segment, seq] = [0, 1].map((i): unknown => message[i])
        acknowledged.set(String(segment), Math.max(acknowledged.get(String(segment)) ?? -1, Number(seq)))
        if (Number(seq) >= killAt && child.kill('SIGKILL')) killed++
      })
      await new Promise((resolve) => child.once('close', resolve))
      if (number % 12 === 11)
        makeCheckpoint(
          log.stateDir,
          loadOrCreateKey(log.stateDir, 'desk/paper', log.id()),
          log.id('note'),
          log.clock.now,
        )
    }
    const worker = async (): Promise<void> => {
      while (started < processes) await one()
    }
    await Promise.all(Array.from({ length: atOnce }, worker))

    expect(killed).toBeGreaterThan(10)
    expect(acknowledged.size).toBeGreaterThan(10)
    for (const [segment, seq] of acknowledged)
      expect(readSegment(log.stateDir, segment).records, segment).toBeGreaterThan(seq)
    // Also as the successors see it.
    for (const run of ids) {
      const { segments, problems } = readRun(log.stateDir, run)
      expect(problems).toEqual([])
      for (const { name, records } of segments) expect(records).toBeGreaterThan(acknowledged.get(name) ?? -1)
    }
    sealAbandoned(log.stateDir, isAlive, log.clock.now)
    const report = verify(log.stateDir, loadVerifierKey(log.stateDir), {
      now: log.clock.now(),
      keepMs: () => 86_400_000,
    })
    expect(report.problems).toEqual([])
    expect(report.anchoredTo).toBeGreaterThan(10)
    expect(listCheckpoints(log.stateDir)).toHaveLength(processes / 12)
    expect(readLedger(log.stateDir).torn).toEqual([])
    expect(listRuns(log.stateDir)).toHaveLength(runs)
  }, 60_000)
})
