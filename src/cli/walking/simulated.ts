/** A throwaway desk: a copy of the paper desk under a clock that moves by waiting, for simulations and demonstrations. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '../command.ts'
import { jumpingClock } from '../deps.ts'
import type { WhichDesk } from '../which-desk.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { Need } from '../../model/journal.ts'
import type { Adapter } from '../../ports/adapter.ts'
import type { People } from '../../walk/ports.ts'
import { headlessPeople, type Answers } from '../../walk/headless.ts'

/** Who acts in a simulation, and who approves. */
export const simulated = { id: 'simulated-oncall', via: 'paper' } as const
export const simulatedSecond = { id: 'simulated-risk', via: 'paper' } as const

export interface Throwaway {
  readonly context: Context
  readonly desk: WhichDesk
  readonly remove: () => void
}

/** In memory where the system offers that: what is thrown away has to survive nothing, and syncing it to a disk costs most of its time. */
function throwawayDir(): string {
  try {
    return mkdtempSync('/dev/shm/desk-')
  } catch {
    return mkdtempSync(join(tmpdir(), 'desk-'))
  }
}

/** Throws DeskError `paper-only` for a live desk: its venues cannot be copied. */
export function throwawayDesk(context: Context, desk: WhichDesk, fresh: boolean): Throwaway {
  if (desk.profile !== 'paper')
    throw new DeskError('paper-only', exitCodes.refused, 'only the paper desk can be simulated', '--profile paper')
  const dir = throwawayDir()
  const stateDir = join(dir, 'state')
  if (!fresh && existsSync(desk.stateDir))
    cpSync(desk.stateDir, stateDir, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  const env = { ...context.deps.env, DESK_STATE_DIR: stateDir, DESK_PROFILE: 'paper', DESK_OPERATOR: simulated.id }
  const deps = { ...context.deps, ...jumpingClock(context.deps.now()), env }
  return {
    context: { ...context, deps },
    // Programs that serve a port would act outside it.
    desk: { ...desk, stateDir, config: { ...desk.config, adapters: [] } },
    remove: () => {
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Programs and requests reach the world outside the throwaway desk, so they are not sent. */
export const withinPaper = (adapter: Adapter): Adapter => ({
  name: adapter.name,
  has: adapter.has,
  read: (call) => adapter.read(call),
  act: (call) =>
    call.port === 'exec' || call.port === 'http'
      ? Promise.resolve({ kind: 'failed', reason: 'a simulation sends nothing', source: `simulation/${call.port}` })
      : adapter.act(call),
  lookup: (call) => adapter.lookup(call),
})

/** What somebody would do if they were there. */
export type Deed = 'act' | 'approve' | 'attest' | 'confirm'

/** Everybody else plays along: leaves are acted on and attests are given. Questions go to flags and probes; approvals are kept for later. */
export function simulatedPeople(
  given: Answers,
  absent: ReadonlySet<Deed>,
  decisions: People['decisions'],
  onApproval: (offers: string, need: Need) => void,
): People {
  const headless = headlessPeople(absent.has('act') ? given : { ...given, act: given.act ?? simulated }, {
    decisions,
    page: () => undefined,
  })
  return {
    ...headless,
    meet: async (ask) => {
      const reply = await headless.meet(ask)
      if (reply.kind !== 'nobody') return reply
      switch (ask.kind) {
        case 'approval':
          if (!absent.has('approve')) onApproval(ask.offers, ask.need)
          return reply
        case 'act':
          return absent.has('act') ? reply : { kind: 'taken', by: given.act ?? simulated }
        case 'attest':
          return absent.has('attest')
            ? reply
            : {
                kind: 'attested',
                by: simulated,
                reason: ask.node.kind === 'attest' ? (ask.node.of?.[0] ?? 'simulated') : 'simulated',
              }
        case 'confirm':
          return absent.has('confirm') ? reply : { kind: 'confirmed', by: simulated }
        case 'answer':
        case 'settle':
          return reply
      }
    },
  }
}
