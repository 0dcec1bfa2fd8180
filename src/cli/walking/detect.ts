/** Whether an incident of a class has happened: its detection is read, nothing is changed and nothing goes on record. */
import type { Context } from '../command.ts'
import type { WhichDesk } from '../which-desk.ts'
import { openSession } from './session.ts'
import { dryRun as withoutEffects } from '../../adapters/dry-run.ts'
import type { Graph } from '../../model/graph.ts'
import { rehearse } from '../../walk/rehearse.ts'

export interface Detection {
  /** What does not hold any more, in the words of the class. */
  readonly because: readonly string[]
  /** What could not be read. */
  readonly unread: readonly string[]
}

export async function detected(graph: Graph, desk: WhichDesk, context: Context): Promise<Detection> {
  if (graph.detection === undefined) return { because: [], unread: [] }
  const session = openSession(context, desk)
  const { steps } = await rehearse(
    {
      graphs: new Map([[graph.id, { ...graph, root: graph.detection }]]),
      ...{ root: graph.id, inputs: {}, config: desk.view, paper: desk.profile === 'paper' },
      ...{ offline: false, answers: new Map<string, string>() },
    },
    {
      invoke: withoutEffects(session.adapter, { offline: false }),
      clock: session.clock,
      interrupted: context.deps.interrupted,
      evidence: session.evidence,
    },
  )
  return {
    because: steps.filter(({ status }) => status === 'failed').map(({ title }) => title),
    unread: steps
      .filter(({ status }) => status === 'undetermined')
      .map(({ title, reason }) => `${title}${reason === undefined ? '' : ` (${reason})`}`),
  }
}
