/** Walks a procedure from the command line: for real, as a dry run, or on a throwaway desk. */
import type { Context } from '../command.ts'
import { type WhichDesk } from '../which-desk.ts'
import { answersFrom } from './answers.ts'
import { dryRun } from './dry-run.ts'
import { opened, type Procedure, type ProcedureFlags } from './procedure.ts'
import { peopleFor, walkAndReport } from './report.ts'
import { openSession } from './session.ts'
import { simulate } from './simulate.ts'
import type { WalkResult } from '../../walk/walk.ts'

/** Walks and reports; answers the walk for the caller's own exit codes. */
export async function walkProcedure(
  procedure: Procedure,
  flags: ProcedureFlags,
  context: Context,
  desk: WhichDesk,
): Promise<WalkResult | { readonly kind: 'rehearsed'; readonly exit: WalkResult['exit'] }> {
  if (flags.dryRun === true) return { kind: 'rehearsed', exit: await dryRun(procedure, flags, context, desk) }
  if (flags.simulate === true) return simulate(procedure, flags, context, desk)
  const session = openSession(context, desk)
  const answers = answersFrom(flags, session.person, desk, context.deps)
  const ready = opened(procedure, flags, session)
  return walkAndReport(ready, procedure, session, context, peopleFor(ready.run.id, answers, session, context))
}
