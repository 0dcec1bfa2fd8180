/** A scripted venue and the adapter that talks to it, as of one process or of several. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { realTimer, type StartTimer } from '../../../src/adapters/deadline.ts'
import { fixAdapter } from '../../../src/adapters/fix/adapter.ts'
import { guarded } from '../../../src/adapters/guarded.ts'
import type { FixSessionConfig } from '../../../src/config/fix.ts'
import { disk as realDisk, type Disk } from '../../../src/disk/write.ts'
import type { Adapter, Call } from '../../../src/ports/adapter.ts'
import { steadyRandom } from '../../support/state.ts'
import { Counterparty } from './counterparty.ts'

export interface Scene {
  readonly venue: Counterparty
  readonly stateDir: string
  /** The file of the session. */
  readonly log: string
  /** The adapter of a process that knows nothing but the disk. */
  readonly desk: (change?: {
    readonly timeoutMs?: number
    readonly startTimer?: StartTimer
    readonly session?: Partial<FixSessionConfig>
    readonly disk?: Disk
  }) => Adapter
}

export async function scene(): Promise<Scene> {
  const venue = new Counterparty()
  const port = await venue.listen()
  const stateDir = mkdtempSync(join(tmpdir(), 'desk-fix-'))
  onTestFinished(() => {
    venue.close()
    rmSync(stateDir, { recursive: true, force: true })
  })
  const desk: Scene['desk'] = ({ timeoutMs = 5000, startTimer = realTimer, session = {}, disk = realDisk } = {}) =>
    guarded(
      fixAdapter({
        sessions: { primary: { host: '127.0.0.1', port, sender: 'DESK', target: 'VENUE', ...session } },
        ...{
          stateDir,
          timeoutMs,
          startTimer,
          disk,
          random: steadyRandom(),
          now: () => new Date('2026-11-20T14:00:00Z'),
        },
        venueInUse: () => Promise.resolve(undefined),
      }),
      { secrets: [], now: () => new Date('2026-11-20T14:00:00Z') },
    )
  return { venue, stateDir, log: join(stateDir, 'fix', 'primary', 'session.ndjson'), desk }
}

export const call = (
  method: string,
  args: Record<string, unknown> = {},
  key = 'k',
): Call & { readonly key: string } => ({
  ...{ port: 'venue', method, args: { venue: 'primary', ...args }, key },
  ...{ timeoutMs: 60_000, signal: new AbortController().signal },
})
export const buy = (key: string, terms: Record<string, unknown> = {}): Call & { readonly key: string } =>
  call('createOrder', { symbol: 'AAPL', side: 'buy', quantity: '100', price: '10.5', ...terms }, key)

export async function valueOf(desk: Adapter, method: string, args: Record<string, unknown> = {}): Promise<unknown> {
  const reading = await desk.read(call(method, args))
  return reading.kind === 'value' ? reading.value : reading
}
export const openOrders = (desk: Adapter): Promise<unknown> => valueOf(desk, 'fetchOpenOrders')
export const buckets = (open: number, pendingCancel: number, unknown: number): object => ({
  open,
  pendingCancel,
  unknown,
})
