/** A paper desk in a directory of its own, with a clock that only tests move. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { acquire } from '../../src/lock/lock.ts'
import { newId } from '../../src/audit/id.ts'
import { openSegment } from '../../src/audit/segment.ts'
import { recordEvidence } from '../../src/audit/evidence.ts'
import { type HaltAccount, recordHalt } from '../../src/killswitch/halt-record.ts'
import { engage, type Engaged } from '../../src/killswitch/engage.ts'
import { ensurePaperDesk } from '../../src/killswitch/first-desk.ts'
import { bootId } from '../../src/killswitch/gate.ts'
import type { Means } from '../../src/killswitch/record.ts'
import type { Scope } from '../../src/killswitch/scope.ts'
import { haltId } from '../../src/killswitch/decide.ts'

export const boot = bootId() ?? 'unknown-boot'

export interface TestClock {
  ms: number
}
export interface TestDesk {
  readonly stateDir: string
  readonly permit: string
  readonly clock: TestClock
  readonly means: Means
}

export function scratch(parent = tmpdir()): string {
  const dir = mkdtempSync(join(parent, 'desk-killswitch-'))
  onTestFinished(() => {
    rmSync(dir, { recursive: true, force: true })
  })
  return dir
}

/** Each reading of the clock is one millisecond later, so that ids and moments are ordered. */
export function meansOf(clock: TestClock): Means {
  let n = 0
  return {
    now: () => new Date(clock.ms++),
    random: (bytes) => Uint8Array.from({ length: bytes }, (_, i) => (n++ * 31 + i * 7) % 256),
    host: 'host-1',
    traceId: 'trace-1',
  }
}

export function freshDesk(startMs = Date.parse('2026-11-20T14:00:00Z'), parent?: string): TestDesk {
  const clock = { ms: startMs }
  const means = meansOf(clock)
  const stateDir = join(scratch(parent), 'paper')
  ensurePaperDesk(stateDir, boot, { venues: ['primary', 'backup'], models: ['signal'], by: 'oncall' }, means)
  return { stateDir, permit: join(stateDir, 'permit'), clock, means }
}

export interface Halted {
  readonly engaged: Engaged
  readonly id: string
}
/** As `desk kill` does it, without venues. */
export function halt(desk: TestDesk, scope: Scope = { kind: 'all' }, by = 'oncall', reason = 'a test'): Halted {
  const account: HaltAccount = { id: haltId(desk.means), by, reason }
  const ref = { profile: 'paper', name: 'paper', stateDir: desk.stateDir } as const
  const engaged = engage(ref, { scope, id: account.id, note: JSON.stringify({ by, reason }) })
  const record = recordHalt(engaged, account, desk.means)
  record.close()
  return { engaged, id: record.id }
}

export function leaveEvidence(desk: TestDesk, event: string, status = 'pass'): void {
  const writer = openSegment({
    stateDir: desk.stateDir,
    run: newId('run', desk.means.now, desk.means.random),
    k: 0,
    header: { event: 'opened' },
    envelope: { actor: 'oncall', host: 'host-1', traceId: 'trace-1' },
    now: desk.means.now,
  })
  recordEvidence(desk.stateDir, writer, { event, status }, desk.means.now)
  writer.close({ outcome: 'ok' })
}

export const permits = (desk: TestDesk): readonly string[] => readdirSync(desk.permit).sort()
export const inForceNow = (desk: TestDesk): readonly string[] =>
  permits(desk)
    .filter((name) => name.endsWith(`@${boot}`))
    .map((name) => name.slice(0, -boot.length - 1))

export const isLockFree = (stateDir: string): boolean => {
  const lock = acquire(`${stateDir}/locks/permit`, 0, { who: 'test' }, { now: () => new Date(0) })
  if (lock.kind === 'held') return false
  lock.release()
  return true
}
