/**
 * Decides what comes next in a run.
 *
 * W3 What is next is a pure function of the pinned graphs, the state and the clock. Executing one command at a time or many at once,
 *    in one process or in ten, comes to the same verdict.
 * W4 A node whose `when` cannot be told is undetermined, never skipped. It is asked once, before anything happens there.
 * W5..W7 effects (next-action.ts). W8, W9 measurements (next-check.ts). W10, W11 waits and approvals (next-pause.ts).
 * W12 `verify` is judged whatever became of the steps. What it waits for is then not waited for, and what reads a value that was never
 *     saved is undetermined.
 * W13 What runs because a node failed (`go`, `act`) never improves the verdict.
 * W14 One decision, one record: an outcome follows from the records before it and can be derived again when it is lost.
 * W15 An answer that needs evidence counts only if the evidence holds; otherwise the other edge is taken.
 * W16 A called document sees its inputs and nothing else of its caller.
 * W19 is about gates on market time (next-gates.ts).
 * W17 Nothing that a leaf offers happens before a person, or the flag of one, has taken it.
 */
import type { BlockNode, CallNode, EvidenceNode, GraphId, Node, NodeId } from '../model/graph.ts'
import type { Place } from '../model/journal.ts'
import { isGood, worst, type Outcome } from '../model/outcome.ts'
import type { Command, Step } from './command.ts'
import {
  approvalProblem,
  done,
  end,
  go,
  joined,
  nodeOf,
  record,
  spotOf,
  timeOf,
  type Frame,
  type Spot,
  type World,
} from './frame.ts'
import { nextAction } from './next-action.ts'
import { nextCheck } from './next-check.ts'
import { missedOr } from './next-gates.ts'
import { nextLeaf, nextQuestion, type Onward } from './next-tree.ts'
import { nextApproval, nextAttest, nextWait } from './next-pause.ts'
import { frameBelow, rescueOf } from './place.ts'
import { envOf, evaluateAll, evaluateBool, evaluateText, resolveInputs } from './scope.ts'
import { entryAt, isTouched, type State } from './state.ts'

/** Lint proves that documents do not call themselves; this bounds what is walked should that proof ever fail. */
const deepestCall = 32

export function next(world: World, state: State): Step {
  if (state.closed !== undefined) return done(state.closed.outcome, state.closed.reason)
  return nextInGraph(world, state, world.root, '', state.opened?.inputs ?? {}, 0)
}

function nextInGraph(
  world: World,
  state: State,
  id: GraphId,
  prefix: string,
  inputs: Readonly<Record<string, unknown>>,
  depth: number,
): Step {
  const graph = world.graphs.get(id)
  if (graph === undefined) throw new Error(`the run reaches ${id}, which it does not pin`)
  if (depth > deepestCall)
    throw new Error(`documents call each other more than ${String(deepestCall)} deep at ${prefix}`)
  const env = envOf(state, world.run, prefix, inputs)
  const frame: Frame = { world, state, graph, prefix, env, late: false, depth }
  const step = nextAt(frame, graph.root)
  if (step.kind === 'go' || graph.records === undefined || step.outcome === 'skipped') return step
  const at = spotOf(frame, graph.root).at
  return published(frame, at, graph.records, statusOf(step.outcome), graph.title) ?? step
}

/** In the words of the log. A run that did not succeed says so: an older success must not stand in for it. */
const statusOf = (outcome: Outcome): string => (outcome === 'ok' ? 'pass' : outcome === 'failed' ? 'fail' : outcome)

function published(frame: Frame, at: Place, event: string, status: string, title: string): Step | undefined {
  if (entryAt(frame.state, at.path).published.includes(event)) return undefined
  return go({ kind: 'publish', at, event, status, title })
}

const onward: Onward = {
  at: (frame, id) => nextAt(frame, id),
  sequence: (frame, ids) => sequence(frame, ids, 'stop'),
  inputs: (frame, id) => inputsFor(frame, id, {}),
  below: ({ world, state, depth }, prefix, id, inputs) => nextInGraph(world, state, id, prefix, inputs, depth + 1),
  published,
}

const through = done('ok')

function nextAt(frame: Frame, id: NodeId): Step {
  const spot = spotOf(frame, id)
  if (isThrough(spot)) return through
  // A node that establishes facts for the hard principles can be waived by nobody.
  const waived = spot.entry.waived !== undefined && spot.node.establishes.length === 0
  const own = waived ? done('waived', spot.entry.waived.reason) : ownOutcome(frame, spot)
  return own.kind === 'go' ? own : afterwards(frame, spot, own)
}

/** Ended well, and nothing is triggered by that. Of a long document nearly every step is, at every decision. */
const isThrough = ({ node, entry: { outcome, waived } }: Spot): boolean =>
  outcome?.outcome === 'ok' && outcome.reason === undefined && waived === undefined && node.onPass.length === 0

function ownOutcome(frame: Frame, spot: Spot): Step {
  const { node, at, entry } = spot
  if (entry.outcome !== undefined) return done(entry.outcome.outcome, entry.outcome.reason)
  if (node.when !== undefined && !isTouched(entry)) {
    const when = evaluateBool(node.when, frame.env)
    if (when.kind === 'undetermined') return end(frame, at, 'undetermined', when.reason)
    if (!when.value) return end(frame, at, 'skipped')
    if (!fixesOnEntry(node)) return record({ kind: 'entered', at, time: timeOf(frame) })
  }
  switch (node.kind) {
    case 'action':
      return nextAction(frame, { ...spot, node }, { invocation: node.do })
    case 'check':
      return nextCheck(frame, { ...spot, node })
    case 'evidence':
      return nextEvidence(frame, { ...spot, node })
    case 'wait':
      return nextWait(frame, { ...spot, node })
    case 'attest':
      return nextAttest(frame, { ...spot, node })
    case 'approval':
      return nextApproval(frame, { ...spot, node })
    case 'question':
      return nextQuestion(frame, { ...spot, node }, onward)
    case 'leaf':
      return nextLeaf(frame, { ...spot, node }, onward)
    case 'call':
      return nextCall(frame, { ...spot, node })
    case 'block':
      return nextBlock(frame, { ...spot, node })
  }
}

/** These write an `entered` record of their own. */
const fixesOnEntry = (node: Node): boolean => node.kind === 'wait' || node.kind === 'approval' || node.kind === 'call'

/** What a failure or a pass triggers; then the node is through. */
function afterwards(frame: Frame, { node, at, entry }: Spot, own: Extract<Step, { readonly kind: 'done' }>): Step {
  const { outcome } = own
  if (outcome === 'ok' && node.onPass.length > 0) return joined(outcome, sequence(frame, node.onPass, 'all'))
  if (isGood(outcome) || outcome === 'aborted' || entry.outcome?.missed === true) return own
  switch (node.onFail.kind) {
    case 'stop':
    case 'continue':
      return own
    case 'act':
      return joined(outcome, sequence(frame, node.onFail.nodes, 'all'))
    case 'go': {
      const path = rescueOf(at.path)
      const { entered } = entryAt(frame.state, path)
      if (entered?.inputs !== undefined) {
        const { world, state, depth } = frame
        return joined(
          outcome,
          nextInGraph(world, state, node.onFail.graph, frameBelow(path), entered.inputs, depth + 1),
        )
      }
      const inputs = inputsFor(frame, node.onFail.graph, node.onFail.inputs)
      if (inputs.kind === 'undetermined') return done(outcome, `${node.onFail.graph} was not run: ${inputs.reason}`)
      return record({ kind: 'entered', at: { path, visit: entry.visit }, time: timeOf(frame), inputs: inputs.value })
    }
  }
}

function sequence(frame: Frame, ids: readonly NodeId[], judge: BlockNode['judge']): Step {
  const outcomes: Outcome[] = []
  for (const id of ids) {
    const step = nextAt(frame, id)
    if (step.kind === 'go') return step
    outcomes.push(step.outcome)
    if (judge === 'stop' && stops(frame, id, step.outcome)) break
  }
  return done(worst(outcomes))
}

const stops = (frame: Frame, id: NodeId, outcome: Outcome): boolean =>
  !isGood(outcome) && nodeOf(frame.graph, id).onFail.kind !== 'continue'

function nextBlock(frame: Frame, { node, at }: Spot<BlockNode>): Step {
  const isRoot = node.id === frame.graph.root
  const selected = isRoot && frame.prefix === '' ? frame.state.opened?.selected : undefined
  const children = selected === undefined ? node.children : node.children.filter((id) => selected.includes(id))
  const isRunbook = isRoot && frame.graph.id.startsWith('runbook/')
  const first = selected === undefined && node.order === 'sequence' ? countThrough(frame, node, at) : 0
  let outcome: Outcome = first > 0 ? 'ok' : 'skipped'
  const open: Command[] = []
  // By number: a copy of what is left of a long document would be made at every decision.
  for (let i = first; i < children.length; i++) {
    const id = children[i]
    if (id === undefined) break
    const late = frame.late || (isRunbook && !isGood(outcome))
    const own = nextAt(late ? { ...frame, late } : frame, id)
    const step = isRoot ? missedOr(frame, id, own) : own
    if (step.kind === 'done') outcome = worst([outcome, step.outcome])
    else open.push(...step.commands)
    if (node.order === 'parallel') continue
    if (step.kind === 'go' || (node.judge === 'stop' && stops(frame, id, step.outcome))) break
  }
  return open.length > 0 ? go(...open) : end(frame, at, outcome)
}

interface Through {
  readonly reopened: number
  readonly count: number
}
/** By state and block: how many of its first members were through when it was last looked at. */
const known = new WeakMap<State, Map<string, Through>>()

/** Members at the head of a sequence that are through; those of a long document are not looked at again at every decision. */
function countThrough(frame: Frame, { children }: BlockNode, { path }: Place): number {
  const { state } = frame
  const ofState = known.get(state) ?? new Map<string, Through>()
  known.set(state, ofState)
  const before = ofState.get(path)
  let count = before?.reopened === state.reopened ? before.count : 0
  for (let id = children[count]; id !== undefined && isThrough(spotOf(frame, id)); id = children[count]) count++
  ofState.set(path, { reopened: state.reopened, count })
  return count
}

function inputsFor(frame: Frame, id: GraphId, exprs: CallNode['inputs']): ReturnType<typeof resolveInputs> {
  const graph = frame.world.graphs.get(id)
  if (graph === undefined) throw new Error(`the run reaches ${id}, which it does not pin`)
  const given = evaluateAll(exprs, frame.env)
  return given.kind === 'undetermined' ? given : resolveInputs(graph, given.value, frame.world.paper)
}

function nextCall(frame: Frame, { node, at, entry }: Spot<CallNode>): Step {
  const { world, state, depth } = frame
  if (entry.entered?.inputs !== undefined) {
    const step = nextInGraph(world, state, node.graph, frameBelow(at.path), entry.entered.inputs, depth + 1)
    return step.kind === 'done' ? end(frame, at, step.outcome, step.reason) : step
  }
  const given = evaluateAll(node.inputs, frame.env)
  const inputs = inputsFor(frame, node.graph, node.inputs)
  if (given.kind === 'undetermined') return end(frame, at, 'undetermined', given.reason)
  if (inputs.kind === 'undetermined') return end(frame, at, 'undetermined', inputs.reason)
  const problem = approvalProblem(frame, node.id, given.value)
  if (problem !== undefined) return end(frame, at, 'refused', problem)
  const entered = { kind: 'entered', at, time: timeOf(frame), inputs: inputs.value } as const
  const graph = world.graphs.get(node.graph)
  if (graph === undefined || graph.locks.length === 0) return record(entered)
  const env = envOf(state, world.run, frameBelow(at.path), inputs.value)
  const resources: string[] = []
  for (const lock of graph.locks) {
    const resource = evaluateText(lock, env)
    if (resource.kind === 'undetermined') return end(frame, at, 'undetermined', resource.reason)
    resources.push(resource.value)
  }
  if (resources.every((resource) => state.locks.includes(resource))) return record(entered)
  return go({ kind: 'lock', at, graph, resources, entered })
}

function nextEvidence(frame: Frame, { node, at, entry }: Spot<EvidenceNode>): Step {
  const last = entry.samples.at(-1)
  if (last !== undefined) return end(frame, at, last.verdict, last.evidence.reason)
  return go({ kind: 'evidence', at, node, graph: frame.graph })
}

/** The graph that a place lies in and its frame, for those who start from a place and not from the root. */
export function frameAt(world: World, state: State, graph: GraphId, prefix: string): Frame | undefined {
  const found = world.graphs.get(graph)
  if (found === undefined) return undefined
  const caller = prefix.slice(0, -1)
  const inputs =
    prefix === '' ? state.opened?.inputs : (entryAt(state, caller).entered?.inputs ?? leafInputs(world, found))
  return {
    world,
    state,
    graph: found,
    prefix,
    env: envOf(state, world.run, prefix, inputs ?? {}),
    late: false,
    depth: 0,
  }
}

/** What follows a leaf has no inputs of its own, only defaults. */
function leafInputs(world: World, graph: Frame['graph']): Readonly<Record<string, unknown>> | undefined {
  const inputs = resolveInputs(graph, {}, world.paper)
  return inputs.kind === 'known' ? inputs.value : undefined
}
