/**
 * Letting a run go on past a step at which it waits: the one way to do so, for a second person, with a reason, and never where a rule
 * stands that nobody may overrule. The step counts as waived, which every screen and the result say.
 */
import { exitCodes, DeskError } from '../model/failure.ts'
import type { Graph, GraphId } from '../model/graph.ts'
import type { Need, Person, Place } from '../model/journal.ts'
import type { Journalled } from './journal-entry.ts'
import { nodeAt } from './place.ts'
import type { Ready } from './run.ts'
import { isGraphId } from './scope.ts'
import type { State } from './state.ts'

export interface Override {
  readonly at: Place
  readonly by: Person
  readonly reason: string
}
interface Asked {
  readonly run: string
  /** Id of a step, or the whole place as `desk run show` prints it. */
  readonly step: string
  readonly by: Person
  readonly reason: string
}

const refused = (message: string, hint: string): DeskError =>
  new DeskError('not-overridden', exitCodes.refused, message, hint)

/** Throws DeskError `not-overridden` (4), `second-person` (77) or `unknown-step` (64); nothing is written. */
export function checkOverride(
  asked: Asked,
  { state, journalled }: { readonly state: State; readonly journalled: readonly Journalled[] },
  graphs: ReadonlyMap<GraphId, Graph>,
): Override {
  const { run, step, by, reason } = asked
  if (walkersOf(journalled).has(by.id.toLowerCase()))
    throw new DeskError(
      'second-person',
      exitCodes.notAuthorised,
      `${by.id} has walked this run and cannot override its steps`,
      'somebody else does',
    )
  const need = needAt(step, state.parked?.needs ?? [], run)
  const why = whyNever(need, graphs)
  if (why !== undefined)
    throw refused(`${nodeAt(need.at.path).node} is overridden by nobody: ${why}`, `desk run show ${run}`)
  return { at: need.at, by, reason }
}

/** Durable when it returns. */
export function recordOverride({ run, journal }: Ready, { at, by, reason }: Override, time: string): void {
  const record = { kind: 'waived', at, time, by, reason } as const
  const [ref] = journal.append([record])
  run.folding.apply(record, ref)
}

/** Whoever opened it or went on with it, in lower case. Taking it up only to override a step is no walking. */
export function walkersOf(journalled: readonly Journalled[]): ReadonlySet<string> {
  const walkers = new Set<string>()
  for (const [index, { record }] of journalled.entries()) {
    if (record.kind !== 'opened' && record.kind !== 'continued') continue
    if (record.kind === 'continued' && journalled[index + 1]?.record.kind === 'waived') continue
    walkers.add(record.by.id.toLowerCase())
  }
  return walkers
}

function needAt(step: string, needs: readonly Need[], run: string): Need {
  const fits = needs.filter(({ at }) => {
    const { node } = nodeAt(at.path)
    return at.path === step || node === step || node.startsWith(`${step}@`)
  })
  const [only, other] = fits
  if (only !== undefined && other === undefined) return only
  const waiting = needs.map(({ at }) => at.path).join(', ')
  throw new DeskError(
    'unknown-step',
    exitCodes.usage,
    only === undefined ? `the run does not wait at ${JSON.stringify(step)}` : `it waits at several steps of that name`,
    waiting === '' ? `desk run show ${run}` : `it waits at: ${waiting}`,
  )
}

/** Waiting and work of hands can be cut short. What a person decides, approves or has to find out cannot, nor what proves a fact. */
function whyNever(need: Need, graphs: ReadonlyMap<GraphId, Graph>): string | undefined {
  const { graph, node } = nodeAt(need.at.path)
  const found = isGraphId(graph) ? graphs.get(graph)?.nodes.get(node) : undefined
  if (found === undefined) return 'what stands there is not in its documents'
  if (found.establishes.length > 0) return `it establishes ${found.establishes.join(', ')}, which a hard rule asks for`
  switch (need.kind) {
    case 'attest':
      return undefined
    case 'moment':
      return need.guardsRisk === true ? 'it guards risk until then' : undefined
    case 'settle':
      return 'an effect may have taken place, and somebody has to find out'
    case 'approval':
      return 'an approval is given by those who may'
    case 'answer':
    case 'act':
    case 'confirm':
      return 'it asks for a decision'
  }
}
