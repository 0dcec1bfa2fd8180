/** A paper desk of its own, and all its ports. */
import { composeAdapters } from '../../../src/adapters/compose.ts'
import { newId } from '../../../src/audit/id.ts'
import { recordEvidence } from '../../../src/audit/evidence.ts'
import { openSegment } from '../../../src/audit/segment.ts'
import { type Config, loadConfig } from '../../../src/config/load.ts'
import { ensurePaperDesk } from '../../../src/killswitch/first-desk.ts'
import { bootId } from '../../../src/killswitch/gate.ts'
import type { Adapter } from '../../../src/ports/adapter.ts'
import { Clock, steadyRandom, temporaryDir } from '../../support/state.ts'

export interface TestDesk {
  readonly stateDir: string
  readonly clock: Clock
  readonly now: () => Date
  readonly random: (bytes: number) => Uint8Array
  readonly boot: string
}

/** A Friday, an hour after the open in New York. */
export function paperDesk(): TestDesk {
  const clock = new Clock('2026-11-20T15:30:00.000Z')
  const stateDir = `${temporaryDir()}/state`
  const boot = bootId()
  if (boot === undefined) throw new Error('these tests need Linux')
  const desk = { stateDir, clock, now: clock.now, random: steadyRandom(), boot }
  ensurePaperDesk(
    stateDir,
    boot,
    { venues: ['primary', 'backup'], models: ['signal'], by: 'oncall' },
    { now: desk.now, random: desk.random, host: 'test', traceId: 'test' },
  )
  return desk
}

export function composed(
  desk: TestDesk,
  change: { readonly profile?: 'paper' | 'live'; readonly adapters?: Config['adapters']; readonly by?: string } = {},
): { readonly adapter: Adapter } {
  const { config } = loadConfig({ project: '/no/such/file' })
  const adapter = composeAdapters({
    config: { ...config, adapters: change.adapters ?? [] },
    profile: change.profile ?? 'paper',
    deskName: 'paper',
    env: { PATH: process.env['PATH'] },
    by: { id: change.by ?? 'oncall', via: 'paper' },
    ...{ stateDir: desk.stateDir, now: desk.now, random: desk.random, host: 'test', traceId: 'test' },
  })
  return { adapter }
}

/** Another run that puts evidence on record. */
export function leaveEvidence({ stateDir, now, random }: TestDesk, event: string, status: string): void {
  const run = newId('run', now, random)
  const envelope = { actor: 'oncall', host: 'test', traceId: 'test' }
  const writer = openSegment({ stateDir, run, k: 0, header: { event: 'opened' }, envelope, now })
  recordEvidence(stateDir, writer, { event, status }, now)
  writer.close()
}
