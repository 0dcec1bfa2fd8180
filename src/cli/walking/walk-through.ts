/** Walks a procedure on a throwaway desk until nothing but a person's own answer is missing: approvals come, and time passes. */
import type { Context } from '../command.ts'
import { opened, type Procedure, type ProcedureFlags } from './procedure.ts'
import type { Session } from './session.ts'
import { type Deed, simulatedPeople, simulatedSecond } from './simulated.ts'
import { takeUp } from './taking-up.ts'
import { longestStayMs, type Tell, walkReady } from './walk-run.ts'
import type { Need } from '../../model/journal.ts'
import { readDecisions, recordDecision } from '../../walk/approvals.ts'
import type { Answers } from '../../walk/headless.ts'
import type { WalkEvent } from '../../walk/ports.ts'
import type { Ready } from '../../walk/run.ts'
import type { WalkResult } from '../../walk/walk.ts'

/** A walk parks at each wait and approval; more often than this no procedure does. */
const mostTurns = 200

export interface Through {
  readonly answers: Answers
  /** What nobody does. */
  readonly absent: ReadonlySet<Deed>
  readonly tell: Tell
  readonly observe?: (event: WalkEvent) => void
}

export async function walkThrough(
  procedure: Procedure,
  flags: ProcedureFlags,
  session: Session,
  context: Context,
  { answers, absent, tell, observe }: Through,
): Promise<{ readonly ready: Ready; readonly result: WalkResult }> {
  let ready = opened(procedure, flags, session)
  for (let turn = 0; ; turn++) {
    const approvals: { readonly offers: string; readonly need: Need }[] = []
    const { id } = ready.run
    const people = simulatedPeople(
      answers,
      absent,
      (at) => readDecisions(session.walkDesk, id, at, () => true),
      (offers, need) => approvals.push({ offers, need }),
    )
    const result = await walkReady(ready, session, context, {
      people,
      tell,
      isCopy: true,
      stayMs: longestStayMs,
      ...(observe === undefined ? {} : { observe }),
    })
    if (result.kind === 'closed' || turn >= mostTurns || !(await moveOn(result, approvals, id, session, context)))
      return { ready, result }
    ready = takeUp(id, session, procedure.library)
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
