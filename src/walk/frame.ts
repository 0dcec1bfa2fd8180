/** One entry into a graph, and the small decisions that all kinds of nodes share. */
import type { ApprovalNode, Duration, Env, Graph, GraphId, Node, NodeId } from '../model/graph.ts'
import type { JournalRecord, Need, Place } from '../model/journal.ts'
import { isGood, worst, type Outcome } from '../model/outcome.ts'
import { entryAt, outcomeAt, type Entry, type State } from './state.ts'
import type { Command, Step } from './command.ts'
import { placeOf } from './place.ts'
import { digestOf, evaluateAll, evaluateArgs, type Known, type OwnRun } from './scope.ts'

/** What `next` may look at besides graphs and state. All of it is plain data or pure. */
export interface World {
  readonly graphs: ReadonlyMap<GraphId, Graph>
  readonly run: OwnRun
  readonly root: GraphId
  readonly nowMs: number
  /** Paper values stand in for inputs that nobody gave. */
  readonly paper: boolean
  /** When a duration that began at a moment is over. */
  readonly dueMs: (duration: Duration, fromMs: number) => number
  /** The next session's open or close after a moment. */
  readonly nextMs: (at: 'open' | 'close', fromMs: number) => number
  /** When the window of a gate closes: the last one that had begun at a moment. */
  readonly windowEndMs: (graph: Graph, gate: NodeId, atMs: number) => number
}

export interface Frame {
  readonly world: World
  readonly state: State
  readonly graph: Graph
  readonly prefix: string
  readonly env: Env
  /** The steps failed and this is judged afterwards: nothing is waited for any more. */
  readonly late: boolean
  readonly depth: number
}
export interface Spot<N extends Node = Node> {
  readonly node: N
  readonly at: Place
  readonly entry: Entry
}

/** Longer than this nothing keeps a process: the run parks in between. */
export const longestStayMs = 10 * 60_000
export const tooLate = 'not waited for: the steps did not succeed'

export function spotOf(frame: Frame, id: NodeId): Spot {
  const node = nodeOf(frame.graph, id)
  const path = pathOf(frame, id)
  const entry = entryAt(frame.state, path)
  return { node, entry, at: { path, visit: entry.visit } }
}

/** By graph and prefix. A long document asks for the places of all its steps at every decision. */
const paths = new WeakMap<Graph, Map<string, Map<NodeId, string>>>()

/** The place of a node, put together once. */
export function pathOf({ graph, prefix }: Pick<Frame, 'graph' | 'prefix'>, id: NodeId): string {
  const ofGraph = paths.get(graph) ?? new Map<string, Map<NodeId, string>>()
  if (ofGraph.size === 0) paths.set(graph, ofGraph)
  const ofFrame = ofGraph.get(prefix) ?? new Map<NodeId, string>()
  if (ofFrame.size === 0) ofGraph.set(prefix, ofFrame)
  const known = ofFrame.get(id)
  if (known !== undefined) return known
  const path = placeOf(prefix, graph.id, id)
  ofFrame.set(id, path)
  return path
}

export function nodeOf(graph: Graph, id: NodeId): Node {
  const node = graph.nodes.get(id)
  if (node === undefined) throw new Error(`${graph.id} has no node ${id}`)
  return node
}

export const timeOf = (frame: Frame): string => new Date(frame.world.nowMs).toISOString()
export const go = (...commands: readonly Command[]): Step => ({ kind: 'go', commands })
export const record = (entry: JournalRecord): Step => go({ kind: 'record', record: entry })
export const done = (outcome: Outcome, reason?: string): Step => ({
  kind: 'done',
  outcome,
  ...(reason === undefined ? {} : { reason }),
})
export const end = (frame: Frame, at: Place, outcome: Outcome, reason?: string): Step =>
  record({ kind: 'outcome', at, time: timeOf(frame), outcome, ...(reason === undefined ? {} : { reason }) })
export const ask = (frame: Frame, node: Node, need: Need): Step =>
  go({ kind: 'need', need, node, graph: frame.graph, env: frame.env })

/** The worse of what is known and what a further step comes to; its commands first. */
export const joined = (outcome: Outcome, step: Step): Step =>
  step.kind === 'go' ? step : done(worst([outcome, step.outcome]), step.reason)

/** Resolved arguments of what an approval can bind: an action's, a call's inputs, and those of all that a block holds. */
export function boundArgs(
  frame: Frame,
  id: NodeId,
): readonly { readonly node: NodeId; readonly args: Known<unknown> }[] {
  const node = nodeOf(frame.graph, id)
  switch (node.kind) {
    case 'action':
      return [{ node: id, args: evaluateArgs(node.do.args, frame.env) }]
    case 'call':
      return [{ node: id, args: evaluateAll(node.inputs, frame.env) }]
    case 'block':
      return node.children.flatMap((child) => boundArgs(frame, child))
    case 'check':
    case 'evidence':
    case 'attest':
    case 'approval':
    case 'wait':
    case 'question':
    case 'leaf':
      return []
  }
}

export const boundDigest = (frame: Frame, node: NodeId, args: unknown): string =>
  digestOf({ run: frame.world.run.id, place: pathOf(frame, node), args })

/** Why a node may not act on these arguments: an approval names it, and was not given, or was given for others. */
export function approvalProblem(frame: Frame, id: NodeId, args: unknown): string | undefined {
  for (const approval of approvalsOf(frame.graph)) {
    const approvalId = approval.id
    if (!names(frame.graph, approval.of, id)) continue
    const path = pathOf(frame, approvalId)
    const outcome = outcomeAt(frame.state, path)
    if (outcome === 'skipped') continue // its own `when` says that this run needs none
    if (outcome === undefined || !isGood(outcome)) return `${approvalId} has not approved this`
    const bound = entryAt(frame.state, path).entered?.bound?.find((b) => b.node === id)
    if (bound?.digest !== boundDigest(frame, id, args)) return `${approvalId} approved other arguments than these`
  }
  return undefined
}

const approvals = new WeakMap<Graph, readonly ApprovalNode[]>()

function approvalsOf(graph: Graph): readonly ApprovalNode[] {
  const known = approvals.get(graph)
  if (known !== undefined) return known
  const found = [...graph.nodes.values()].filter((node) => node.kind === 'approval')
  approvals.set(graph, found)
  return found
}

const names = (graph: Graph, of: readonly NodeId[], id: NodeId): boolean =>
  of.some((named) => {
    const node = named === id ? undefined : graph.nodes.get(named)
    return named === id || (node?.kind === 'block' && names(graph, node.children, id))
  })
