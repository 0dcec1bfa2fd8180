/** The desk's state for `status` and the home screen: files and the ledger only, nothing compiled. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import type { Context } from './command.ts'
import { dueGates, type DueGate } from './due-gates.ts'
import { quickCheck } from '../audit/health.ts'
import { listRuns, type RunSummary } from '../audit/runs.ts'
import { bootId } from '../killswitch/gate.ts'
import { deskOf, liveRegistry } from '../killswitch/desks.ts'
import { readTrading, type TradingRead } from '../killswitch/trading.ts'
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
  const read = readTrading(ref.stateDir, deps.now().getTime(), bootId())
  const health = quickCheck(ref.stateDir)
  const runs = readRuns(ref.stateDir)
  return {
    profile: ref.profile,
    desk: ref.name,
    read,
    open: runs.open,
    due: dueGates(ref.stateDir, runs.all, deps.now().getTime()),
    auditOk: health.ok,
    problems: [...health.problems, ...(read.unknown === undefined ? [] : [read.unknown])],
  }
}

function readRuns(stateDir: string): { readonly all: readonly RunSummary[]; readonly open: readonly RunSummary[] } {
  try {
    const all = listRuns(stateDir)
    return { all, open: all.filter((run) => run.state !== 'closed') }
  } catch {
    return { all: [], open: [] } // the audit check beside it says that the ledger cannot be read
  }
}
