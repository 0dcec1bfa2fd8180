/**
 * One class of incidents, looked for: its detection is read first, and a run is opened only where something is found, or the one that is open
 * already is joined. A look every few seconds would otherwise fill the log.
 */
import type { Context } from '../command.ts'
import { wrap } from '../render/layout.ts'
import { runsOf, statusFor } from '../told-runs.ts'
import type { WhichDesk } from '../which-desk.ts'
import { detected, type Detection } from './detect.ts'
import type { Procedure, ProcedureFlags } from './procedure.ts'
import { walkProcedure } from './walk-procedure.ts'
import { type ExitCode, exitCodes, worstExit } from '../../model/failure.ts'

export interface LookedFor extends Detection {
  readonly status: 'pass' | 'fail' | 'undetermined'
  /** The open run that is joined. */
  readonly joined?: string
}

/** Reads; changes nothing. What holds and what could not be read together are not told apart from what could not be read. */
export async function lookFor({ graph }: Procedure, desk: WhichDesk, context: Context): Promise<LookedFor> {
  const found = await detected(graph, desk, context)
  if (found.because.length === 0) return { ...found, status: found.unread.length > 0 ? 'undetermined' : 'pass' }
  const open = runsOf(desk.stateDir).find(
    (run) => run.graph === graph.id && ['waiting', 'running'].includes(statusFor(run)),
  )
  return { ...found, status: 'fail', ...(open === undefined ? {} : { joined: open.run }) }
}

/** Looks, tells, and opens what was found. */
export async function lookForAndOpen(
  procedure: Procedure,
  severity: string,
  options: ProcedureFlags,
  context: Context,
  desk: WhichDesk,
): Promise<ExitCode> {
  const found = await lookFor(procedure, desk, context)
  return openFound(found, procedure, severity, options, context, desk)
}

/** Tells what a look has found, and opens it. */
export async function openFound(
  found: LookedFor,
  procedure: Procedure,
  severity: string,
  options: ProcedureFlags,
  context: Context,
  desk: WhichDesk,
): Promise<ExitCode> {
  const { io } = context
  const [, id = ''] = procedure.graph.id.split('/')
  for (const reason of found.unread) io.err(`desk: ${id} cannot be told: ${reason}\n`)
  if (found.status !== 'fail') return found.status === 'undetermined' ? exitCodes.undetermined : exitCodes.ok
  const told = `DETECTED ${severity} ${id}: ${found.because.join('; ')}`
  for (const line of wrap(told, io.columns)) io.out(`${line}\n`)
  if (options.dryRun === true) return exitCodes.failed
  if (found.joined !== undefined) {
    io.out(`joins ${found.joined}, which is open\n  next: desk run continue ${found.joined}\n`)
    return exitCodes.failed
  }
  return worstExit([exitCodes.failed, (await walkProcedure(procedure, options, context, desk)).exit])
}
