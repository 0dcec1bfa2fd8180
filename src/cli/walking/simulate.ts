/** `--simulate`: walks on a throwaway copy of the paper desk until nothing but a person's own answer is missing. Nothing of it is evidence. */
import type { Context } from '../command.ts'
import type { WhichDesk } from '../which-desk.ts'
import { givenAnswers } from './name-answers.ts'
import { type Procedure, type ProcedureFlags, walkedOf } from './procedure.ts'
import { report } from './report.ts'
import { openSession, type Session } from './session.ts'
import { simulated, throwawayDesk, withinPaper } from './simulated.ts'
import { walkThrough } from './walk-through.ts'
import { tellOf } from './walk-run.ts'
import type { WalkResult } from '../../walk/walk.ts'

export async function simulate(
  procedure: Procedure,
  flags: ProcedureFlags,
  outer: Context,
  desk: WhichDesk,
): Promise<WalkResult> {
  const away = throwawayDesk(outer, desk, false)
  try {
    const { context } = away
    const tell = tellOf(context.globals)
    if (tell === 'lines') context.io.out('simulated on a copy of the paper desk: nothing of it is evidence\n')
    const opened = openSession(context, away.desk)
    const session: Session = { ...opened, person: simulated, adapter: withinPaper(opened.adapter) }
    const answers = givenAnswers(flags, session.person, desk, () => walkedOf(procedure), context)
    const everybody = { answers, absent: new Set<never>(), tell }
    const { ready, result } = await walkThrough(procedure, flags, session, context, everybody)
    report(ready.run, result, procedure, context.io, tell, false)
    return result
  } finally {
    away.remove()
  }
}
