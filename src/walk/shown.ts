/** What all results have in common, in the words that scripts rely on. Pure; `schema` is the version of these shapes. */
import type { Graph, GraphId, Node, NodeId } from '../model/graph.ts'
import type { Evidence } from '../model/journal.ts'
import { statusOf, type Outcome, type RunStatus } from '../model/outcome.ts'
import { endOf, isTouched, type Entry, type Ref, type State } from './state.ts'

export interface Shown {
  readonly graphs: ReadonlyMap<GraphId, Graph>
  readonly root: GraphId
  readonly run: string
  readonly state: State
  /** Nobody walks it, although it is neither parked nor at its end: its process is gone. */
  readonly isGone?: boolean
}
export interface RunHead {
  readonly id: string
  readonly status: RunStatus
}
export interface ShownEvidence extends Evidence {
  readonly ref?: Ref
}
export type StepStatus =
  'planned' | 'passed' | 'done' | 'failed' | 'undetermined' | 'unknown' | 'waived' | 'skipped' | 'waiting'
export interface StepResult {
  readonly id: NodeId
  readonly kind: Node['kind']
  readonly title: string
  readonly status: StepStatus
  readonly evidence?: ShownEvidence
  readonly reason?: string
}

export const runHead = ({ run, state, isGone }: Shown): RunHead => {
  const status = runStatus(state)
  return { id: run, status: status === 'running' && isGone === true ? 'waiting' : status }
}
export function runStatus({ closed, parked }: State): RunStatus {
  if (closed !== undefined) return statusOf[closed.outcome]
  return parked === undefined ? 'running' : 'waiting'
}

export function stepStatus(state: State, node: Node, path: string, entry: Entry): StepStatus {
  const outcome = entry.waived === undefined ? entry.outcome?.outcome : 'waived'
  if (outcome !== undefined) return statusOfStep(node, outcome)
  if (state.parked?.needs.some((need) => need.at.path === path || need.at.path.startsWith(`${path}/`)) === true)
    return 'waiting'
  const last = entry.attempts.at(-1)
  const known = last === undefined ? 'ok' : endOf(last)
  if (known === undefined || known === 'unknown') return 'unknown'
  return isTouched(entry) && state.closed === undefined ? 'waiting' : 'planned'
}

function statusOfStep(node: Node, outcome: Outcome): StepStatus {
  switch (outcome) {
    case 'ok':
      return node.kind === 'check' || node.kind === 'evidence' ? 'passed' : 'done'
    case 'skipped':
    case 'waived':
    case 'undetermined':
    case 'failed':
      return outcome
    case 'refused':
    case 'aborted':
      return 'failed'
  }
}

/** The latest that was seen at a place. */
export function evidenceOf({ samples, attempts, answer, ref }: Entry): ShownEvidence | undefined {
  const evidence = samples.at(-1)?.evidence ?? attempts.at(-1)?.evidence ?? answer?.evidence
  return evidence === undefined ? undefined : { ...evidence, ...(ref === undefined ? {} : { ref }) }
}

export function graphOf({ graphs }: Shown, id: GraphId): Graph {
  const graph = graphs.get(id)
  if (graph === undefined) throw new Error(`${id} is not among the graphs of this run`)
  return graph
}
export const nameOf = (id: GraphId): string => id.slice(id.indexOf('/') + 1)
