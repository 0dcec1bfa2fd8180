/** `--dry-run`: the plan, with every effect and its arguments. Calls read-only methods only, with --offline none, and writes nothing. */
import type { Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'
import { cut, shown } from '../render/layout.ts'
import { styleOf, toned } from '../render/style.ts'
import type { WhichDesk } from '../which-desk.ts'
import { pairs } from './answers.ts'
import { givenAnswers } from './name-answers.ts'
import { type Procedure, type ProcedureFlags, walkedOf } from './procedure.ts'
import { openSession } from './session.ts'
import { dryRun as withoutEffects } from '../../adapters/dry-run.ts'
import type { ExitCode } from '../../model/failure.ts'
import { inputsOf } from '../../walk/inputs.ts'
import { rehearse, type RehearsedStep } from '../../walk/rehearse.ts'

export async function dryRun(
  procedure: Procedure,
  flags: ProcedureFlags,
  context: Context,
  desk: WhichDesk,
): Promise<ExitCode> {
  const session = openSession(context, desk)
  const answers = givenAnswers(flags, session.person, desk, () => walkedOf(procedure), context)
  const { graph, library, selected } = procedure
  const paper = desk.profile === 'paper'
  const { steps, exit } = await rehearse(
    {
      graphs: library.graphs,
      root: graph.id,
      inputs: inputsOf(graph, Object.fromEntries(pairs('set', flags.set)), paper),
      config: desk.view,
      paper,
      offline: flags.offline === true,
      answers: new Map([...answers.answers].map(([id, { answer }]) => [id, answer])),
      ...(selected === undefined ? {} : { selected }),
    },
    {
      invoke: withoutEffects(session.adapter, { offline: flags.offline === true }),
      clock: session.clock,
      interrupted: context.deps.interrupted,
      evidence: session.evidence,
    },
  )
  const { io, globals } = context
  if (globals.json) printJson(io, 'plan', planJson(procedure, steps))
  else for (const line of planLines(procedure, steps, context)) io.out(`${line}\n`)
  return exit
}

function planJson({ graph }: Procedure, steps: readonly RehearsedStep[]): Output<'plan'> {
  const id = graph.id.slice(graph.id.indexOf('/') + 1)
  const kind = graph.id.slice(0, graph.id.indexOf('/'))
  const root = graph.nodes.get(graph.root)
  const verify =
    root?.kind === 'block' && (kind === 'runbook' || kind === 'incident')
      ? membersOf(procedureBlock(graph, root.children[1]))
      : new Set<string>()
  const shownSteps = steps.map(
    ({ id: step, kind: stepKind, title, status, method, args, evidence, answer, reason }) => ({
      id: step,
      kind: stepKind,
      title,
      status,
      method,
      args,
      evidence,
      answer,
      reason,
    }),
  )
  return {
    schema: 1,
    run: { id: '', status: 'planned' },
    [kind === 'gates' ? 'cadence' : kind === 'tree' ? kind : 'runbook']: id,
    dryRun: true,
    steps: shownSteps.filter((s) => !verify.has(s.id)),
    ...(verify.size > 0 || kind === 'runbook' ? { verify: shownSteps.filter((s) => verify.has(s.id)) } : {}),
  }
}

const procedureBlock = (graph: Procedure['graph'], id: string | undefined) =>
  id === undefined ? undefined : graph.nodes.get(id)
const membersOf = (node: ReturnType<typeof procedureBlock>): ReadonlySet<string> =>
  new Set(node?.kind === 'block' ? node.children : [])

function planLines({ graph }: Procedure, steps: readonly RehearsedStep[], { io }: Context): readonly string[] {
  const style = styleOf(io)
  const lines = steps.flatMap((step) => {
    const call =
      step.method === undefined
        ? []
        : [cut(`                  ${step.method} ${step.args === undefined ? '' : shown(step.args)}`, io.columns)]
    const answer = step.answer === undefined ? [] : [`                  -> ${step.answer}`]
    const reason = step.reason === undefined ? [] : [cut(`                  ${shown(step.reason)}`, io.columns)]
    return [
      `  ${toned(style, step.status)}${' '.repeat(Math.max(1, 14 - step.status.length))}${cut(`${step.id}  ${step.title}`, io.columns - 16)}`,
      ...call,
      ...answer,
      ...reason,
    ]
  })
  return [`dry run of ${graph.id}: nothing is changed`, ...lines]
}
