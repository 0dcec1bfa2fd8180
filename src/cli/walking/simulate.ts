/** `--simulate`: walks on a throwaway copy of the paper desk until nothing but a person's own answer is missing. Nothing of it is evidence. */
import type { Context } from '../command.ts'
import type { WhichDesk } from '../which-desk.ts'
import { answersFrom } from './answers.ts'
import { nameAnswers } from './name-answers.ts'
import { opened, type Procedure, type ProcedureFlags, walkedOf } from './procedure.ts'
import { report } from './report.ts'
import { openSession, type Session } from './session.ts'
import { simulated, simulatedPeople, simulatedSecond, throwawayDesk } from './simulated.ts'
import { takeUp } from './taking-up.ts'
import { longestStayMs, tellOf, walkReady } from './walk-run.ts'
import type { Need } from '../../model/journal.ts'
import { readDecisions, recordDecision } from '../../walk/approvals.ts'
import type { WalkResult } from '../../walk/walk.ts'

/** A walk parks at each wait and approval; more often than this no procedure does. */
const mostTurns = 200

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
    const session: Session = { ...openSession(context, away.desk), person: simulated }
    const answers = nameAnswers(answersFrom(flags, session.person, desk, context.deps), flags, walkedOf(procedure))
    let ready = opened(procedure, flags, session)
    for (let turn = 0; ; turn++) {
      const approvals: { readonly offers: string; readonly need: Need }[] = []
      const { id } = ready.run
      const people = simulatedPeople(
        answers,
        (at) => readDecisions(session.walkDesk, id, at, () => true),
        (offers, need) => approvals.push({ offers, need }),
      )
      const result = await walkReady(ready, session, context, {
        people,
        tell,
        stayMs: longestStayMs,
      })
      if (result.kind === 'closed' || turn >= mostTurns || !(await moveOn(result, approvals, id, session, context))) {
        report(ready, result, procedure, context.io, tell)
        return result
      }
      ready = takeUp(id, session, procedure.library)
    }
  } finally {
    away.remove()
  }
}

/** Approves what asks for it and lets time pass; false where only somebody's own answer could help. */
async function moveOn(
  result: Extract<WalkResult, { kind: 'parked' }>,
  approvals: readonly { readonly offers: string; readonly need: Need }[],
  run: string,
  session: Session,
  { deps }: Context,
): Promise<boolean> {
  if (result.signal !== undefined) return false
  for (const { offers, need } of approvals)
    recordDecision(session.walkDesk, { kind: 'approved', run, at: need.at, offers, by: simulatedSecond })
  if (approvals.length > 0) return true
  const moments = result.needs.flatMap((need) => (need.kind === 'moment' ? [Date.parse(need.dueAt)] : []))
  if (moments.length === 0) return false
  await deps.sleep(Math.min(...moments) - deps.now().getTime())
  return true
}
