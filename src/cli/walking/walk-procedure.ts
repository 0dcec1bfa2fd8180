/** Walks a procedure from the command line: for real, as a dry run, or on a throwaway desk. */
import type { Context } from '../command.ts'
import { recordDeaths } from '../deaths.ts'
import { type WhichDesk } from '../which-desk.ts'
import { givenAnswers } from './name-answers.ts'
import { opened, type Procedure, type ProcedureFlags, walkedOf } from './procedure.ts'
import { peopleFor, walkAndReport } from './report.ts'
import { recordingRefusals } from './refused-answer.ts'
import { openSession } from './session.ts'
import { checkSigned } from './signed-answers.ts'
import type { WalkResult } from '../../walk/walk.ts'

/** Walks and reports; answers the walk for the caller's own exit codes. */
export async function walkProcedure(
  procedure: Procedure,
  flags: ProcedureFlags,
  context: Context,
  desk: WhichDesk,
): Promise<WalkResult | { readonly kind: 'rehearsed'; readonly exit: WalkResult['exit'] }> {
  if (flags.dryRun === true) {
    const { dryRun } = await import('./dry-run.ts')
    return { kind: 'rehearsed', exit: await dryRun(procedure, flags, context, desk) }
  }
  if (flags.simulate === true) {
    const { simulate } = await import('./simulate.ts')
    return simulate(procedure, flags, context, desk)
  }
  const session = openSession(context, desk)
  recordDeaths(desk.stateDir, context)
  procedure.library.keep?.()
  const answers = recordingRefusals(session, undefined, () => {
    const given = givenAnswers(flags, session.person, desk, () => walkedOf(procedure), context)
    checkSigned(given, undefined, session, context, flags.sign)
    return given
  })
  const ready = opened(procedure, flags, session)
  const people = peopleFor(ready.run.id, answers, session, context, flags.sign)
  return walkAndReport(ready, procedure, session, context, people)
}
