/** The desk's state for `status` and the home screen: files and the ledger only, nothing compiled. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import type { Context } from './command.ts'
import { dueGates, type DueGate } from './due-gates.ts'
import { type Glance, glanceAtLog } from '../audit/glance.ts'
import type { RunSummary } from '../audit/runs.ts'
import { bootId } from '../killswitch/gate.ts'
import { compareWithLog } from '../killswitch/discrepancy.ts'
import { deskOf, liveRegistry } from '../killswitch/desks.ts'
import { readStanding } from '../killswitch/standing.ts'
import { type JustRead, readTrading, type TradingRead } from '../killswitch/trading.ts'
import { DeskError, exitCodes } from '../model/failure.ts'

export interface DeskState {
  readonly profile: 'paper' | 'live'
  readonly desk: string
  readonly read: TradingRead
  readonly open: readonly RunSummary[]
  readonly due: readonly DueGate[]
  readonly auditOk: boolean
  readonly problems: readonly string[]
}

/** Throws DeskError `no-such-desk`. Whatever cannot be read is told as such, never left out. */
export async function readState(context: Context): Promise<DeskState> {
  const { deps, globals } = context
  const ref = deskOf({ env: deps.env, home: homedir(), registry: liveRegistry }, globals.profile)
  if (ref === undefined)
    throw new DeskError(
      'no-such-desk',
      exitCodes.invalidConfiguration,
      `no desk for the profile "${globals.profile ?? deps.env['DESK_PROFILE'] ?? ''}"`,
      `live desks are registered in ${liveRegistry}`,
    )
  // The paper desk comes into being with the first look at it; a live desk never does.
  if (ref.profile === 'paper' && !existsSync(ref.stateDir)) (await import('./permission.ts')).openPermission(context)
  const { removed, known } = await removeForeign(ref.stateDir, context)
  const read = readTrading(ref.stateDir, deps.now().getTime(), bootId(), known)
  const { runs, health } = lookAtLog(ref.stateDir)
  return {
    profile: ref.profile,
    desk: ref.name,
    read,
    open: runs.filter((run) => run.state !== 'closed'),
    due: dueGates(ref.stateDir, runs, deps.now().getTime()),
    auditOk: health.ok,
    problems: [...removed, ...health.problems, ...(read.unknown === undefined ? [] : [read.unknown])],
  }
}

interface Removed {
  /** What to tell of it. */
  readonly removed: readonly string[]
  /** Where nothing had to be removed: what was read on the way, so that the log is read once. */
  readonly known?: JustRead
}

/** What nobody granted goes at the first look: a restored backup must not read as TRADING. */
async function removeForeign(stateDir: string, context: Context): Promise<Removed> {
  const boot = bootId()
  if (boot === undefined) return { removed: [] }
  const standing = readStanding(stateDir, boot)
  const compared = compareWithLog(stateDir, boot, context.deps.now().getTime())
  if (compared.kind === 'cannot-tell') return { removed: [] }
  if (compared.foreign.length === 0) return { removed: [], known: { standing, history: compared.history } }
  const [{ inspectPermits }, { meansOf }] = await Promise.all([
    import('../killswitch/inspect.ts'),
    import('./permission.ts'),
  ])
  const inspected = inspectPermits(stateDir, boot, meansOf(context), compared)
  if (inspected.kind !== 'foreign') return { removed: [] }
  const { tokens, gone } = inspected
  return {
    removed: [
      `permissions that nobody granted ${gone ? 'were removed' : 'COULD NOT BE REMOVED'}: ${tokens.join(', ')}`,
    ],
  }
}

/** Ended runs of gates as well: what has passed is not due. */
function lookAtLog(stateDir: string): Glance {
  try {
    return glanceAtLog(stateDir, (graph) => graph.startsWith('gates/'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { runs: [], health: { ok: false, problems: [`the ledger cannot be read: ${reason}`] } }
  }
}
