/** The desk's state for `status` and the home screen: files and the ledger only, nothing compiled. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import type { Context } from './command.ts'
import { dueGates, type DueGate, wantsRun, watchedGates } from './due-gates.ts'
import { type DueRunbook, dueRunbooks, readRunbookIndex } from './due-runbooks.ts'
import { type Glance, glanceAtLog } from '../audit/glance.ts'
import { asItStands, type RunAsItStands } from '../audit/presence.ts'
import { bootId } from '../killswitch/gate.ts'
import { type Compared, compareWithLog } from '../killswitch/discrepancy.ts'
import { deskOf, liveRegistry } from '../killswitch/desks.ts'
import { readStanding } from '../killswitch/standing.ts'
import { type JustRead, readTrading, type TradingRead } from '../killswitch/trading.ts'
import { isAlive } from '../lock/liveness.ts'
import { DeskError, exitCodes } from '../model/failure.ts'

export interface DeskState {
  readonly profile: 'paper' | 'live'
  readonly desk: string
  readonly read: TradingRead
  readonly open: readonly RunAsItStands[]
  readonly due: readonly DueGate[]
  readonly dueRunbooks: readonly DueRunbook[]
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
  const { told, known } = await settleDifferences(ref.stateDir, context)
  const read = readTrading(ref.stateDir, deps.now().getTime(), bootId(), known)
  const nowMs = deps.now().getTime()
  const watched = watchedGates(nowMs)
  const index = readRunbookIndex()
  const fallDue = new Set(index.map(({ id }) => `runbook/${id}`))
  const wantsGates = wantsRun(watched)
  const log = lookAtLog(ref.stateDir, (graph, openedMs) => fallDue.has(graph) || wantsGates(graph, openedMs))
  const { runs, health } = log
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
    auditOk: health.ok,
    problems: [...told, ...health.problems, ...(read.unknown === undefined ? [] : [read.unknown])],
  }
}

interface Settled {
  /** What to tell of it. */
  readonly told: readonly string[]
  /** Where nothing differed: what was read on the way, so that the log is read once. */
  readonly known?: JustRead
}

/** Somebody who tightens puts it on record within this time; only what is missing for longer was done silently. */
const recordedWithinMs = 250

/**
 * What differs from the log is dealt with at the first look: what nobody granted goes, because a restored backup must not read as
 * TRADING, and a permission that vanished silently is put on record as the halt that it is. Answers what to tell of it, which stderr
 * gets at once: neither a full disk nor a script that reads the JSON may hide it.
 */
async function settleDifferences(stateDir: string, context: Context): Promise<Settled> {
  const { deps, io } = context
  const boot = bootId()
  if (boot === undefined) return { told: [] }
  const standing = readStanding(stateDir, boot)
  const compared = compareWithLog(stateDir, boot, deps.now().getTime())
  if (compared.kind === 'cannot-tell') return { told: [] }
  if (isAsDecided(compared)) return { told: [], known: { standing, history: compared.history } }
  const [{ adoptSilentHalt, inspectPermits }, { meansOf }] = await Promise.all([
    import('../killswitch/inspect.ts'),
    import('./permission.ts'),
  ])
  const means = meansOf(context)
  const told: string[] = []
  if (compared.missing.length > 0 || compared.hasNotes) {
    if (compared.missing.length > 0) await deps.sleep(recordedWithinMs)
    for (const recorded of adoptSilentHalt(stateDir, boot, means))
      if (!recorded.recorded)
        told.push(`HALTED OR LOWERED WITHOUT A RECORD, and it cannot be recorded now: ${recorded.problem}`)
  }
  const inspected = inspectPermits(stateDir, boot, means)
  if (inspected.kind === 'foreign') {
    const { tokens, gone } = inspected
    told.push(`permissions that nobody granted ${gone ? 'were removed' : 'COULD NOT BE REMOVED'}: ${tokens.join(', ')}`)
  }
  for (const line of told) io.err(`desk: ${line}\n`)
  return { told }
}

const isAsDecided = ({ foreign, missing, hasNotes }: Extract<Compared, { readonly kind: 'compared' }>): boolean =>
  foreign.length === 0 && missing.length === 0 && !hasNotes

/** Ended runs of gates and of runbooks that fall due as well: what went well is not due. */
function lookAtLog(stateDir: string, wants: (graph: string, openedMs: number) => boolean): Glance {
  try {
    return glanceAtLog(stateDir, wants)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { runs: [], evidence: [], health: { ok: false, problems: [`the ledger cannot be read: ${reason}`] } }
  }
}
