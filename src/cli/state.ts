/** The desk's state for `status` and the home screen: files and the ledger only, nothing compiled. */
import { existsSync } from 'node:fs'
import { askedDesk, demandConfig } from './asked-desk.ts'
import type { Context } from './command.ts'
import { dueGates, type DueGate, wantsRun, watchedGates } from './due-gates.ts'
import { type DueRunbook, dueRunbooks, readRunbookIndex } from './due-runbooks.ts'
import { type OpenIncident, openIncidents } from './open-incidents.ts'
import { type Glance, glanceAtLog } from '../audit/glance.ts'
import { asItStands, type RunAsItStands } from '../audit/presence.ts'
import { bootId } from '../killswitch/gate.ts'
import { compareWithLog, isAsDecided } from '../killswitch/discrepancy.ts'
import type { DeskRef } from '../killswitch/desks.ts'
import { readStanding } from '../killswitch/standing.ts'
import { type JustRead, readTrading, type TradingRead } from '../killswitch/trading.ts'
import { isAlive } from '../lock/liveness.ts'

export interface DeskState {
  readonly profile: 'paper' | 'live'
  readonly desk: string
  readonly read: TradingRead
  readonly open: readonly RunAsItStands[]
  readonly due: readonly DueGate[]
  readonly dueRunbooks: readonly DueRunbook[]
  /** Those that are open; undefined where files do not tell. */
  readonly incidents: readonly OpenIncident[] | undefined
  readonly auditOk: boolean
  readonly problems: readonly string[]
}

/**
 * The state where nothing has to be dealt with first; undefined where a paper desk is not there yet or what is in force is not what was
 * decided (`settled-state.ts`). Throws DeskError `no-such-desk` or `no-such-config`.
 */
export function lookAtState(context: Context): DeskState | undefined {
  const ref = askedDesk(context)
  demandConfig(context)
  if (isUnborn(ref)) return undefined
  const boot = bootId()
  // Without a boot nothing is in force, and nothing can differ.
  if (boot === undefined) return stateOf(ref, context)
  const standing = readStanding(ref.stateDir, boot)
  const compared = compareWithLog(ref.stateDir, boot, context.deps.now().getTime())
  if (compared.kind === 'cannot-tell') return stateOf(ref, context)
  const { history } = compared
  return isAsDecided(compared) ? stateOf(ref, context, { known: { standing, history } }) : undefined
}

/** The paper desk comes into being with the first look at it; a live desk never does. */
export const isUnborn = ({ profile, stateDir }: DeskRef): boolean => profile === 'paper' && !existsSync(stateDir)

interface Seen {
  /** What was dealt with before. */
  readonly told?: readonly string[]
  /** What was read on the way, so that the log is read once. */
  readonly known?: JustRead
}

/** Whatever cannot be read is told as such, never left out. */
export function stateOf(ref: DeskRef, context: Context, { told = [], known }: Seen = {}): DeskState {
  const nowMs = context.deps.now().getTime()
  const read = readTrading(ref.stateDir, nowMs, bootId(), known)
  const watched = watchedGates(nowMs)
  const index = readRunbookIndex()
  const fallDue = new Set(index.map(({ id }) => `runbook/${id}`))
  const wantsGates = wantsRun(watched)
  const log = lookAtLog(ref.stateDir, (graph, openedMs) => fallDue.has(graph) || wantsGates(graph, openedMs))
  const { runs, health } = log
  const beyond = watched.find(({ unknown }) => unknown !== undefined)?.unknown
  return {
    profile: ref.profile,
    desk: ref.name,
    read,
    open: runs
      .filter((run) => run.state !== 'closed')
      .map((run) => asItStands(ref.stateDir, run, isAlive))
      .filter((run) => run.state !== 'closed'),
    due: dueGates(ref.stateDir, watched, log, nowMs),
    dueRunbooks: dueRunbooks(index, runs, { nowMs, profile: ref.profile }),
    incidents: openIncidents(ref, context),
    auditOk: health.ok,
    problems: [
      ...told,
      ...health.problems,
      ...(read.unknown === undefined ? [] : [read.unknown]),
      ...(beyond === undefined ? [] : [`which gates are due is not known: ${beyond}`]),
    ],
  }
}

/** Ended runs of gates and of runbooks that fall due as well: what went well is not due. */
function lookAtLog(stateDir: string, wants: (graph: string, openedMs: number) => boolean): Glance {
  try {
    return glanceAtLog(stateDir, wants)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { runs: [], evidence: [], health: { ok: false, problems: [`the ledger cannot be read: ${reason}`] } }
  }
}
