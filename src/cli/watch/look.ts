/** One monitor, looked at once: read and judged, nothing changed, nothing on record. Whether it fires is for a walk to say. */
import type { Context } from '../command.ts'
import type { Procedure } from '../walking/procedure.ts'
import { openSession } from '../walking/session.ts'
import type { WhichDesk } from '../which-desk.ts'
import { dryRun as withoutEffects } from '../../adapters/dry-run.ts'
import { rehearse } from '../../walk/rehearse.ts'

export type Seen = 'pass' | 'fail' | 'undetermined'

export async function lookAt(
  id: string,
  { graph, library }: Procedure,
  desk: WhichDesk,
  context: Context,
): Promise<Seen> {
  const session = openSession(context, desk)
  const { steps } = await rehearse(
    {
      graphs: library.graphs,
      ...{ root: graph.id, inputs: {}, config: desk.view, paper: desk.profile === 'paper' },
      ...{ offline: false, answers: new Map<string, string>(), selected: [id] },
    },
    {
      invoke: withoutEffects(session.adapter, { offline: false }),
      clock: session.clock,
      interrupted: context.deps.interrupted,
      evidence: session.evidence,
    },
  )
  if (steps.some(({ status }) => status === 'failed')) return 'fail'
  // What was not judged has not passed.
  return steps.length > 0 && steps.every(({ status }) => status === 'passed') ? 'pass' : 'undetermined'
}
