/** `gates --json` from a state and the calendar's windows. */
import type { GateSpec, Graph, Node, NodeId } from '../model/graph.ts'
import { isGood } from '../model/outcome.ts'
import { placeOf } from './place.ts'
import { evidenceOf, graphOf, nameOf, runHead, type RunHead, type Shown, type ShownEvidence } from './shown.ts'
import { entryAt, type Entry, type State } from './state.ts'

export type GateStatus = 'pass' | 'fail' | 'undetermined' | 'pending' | 'waiting' | 'missed' | 'waived'
/** What the calendar says of a gate: whether its window is open, over, or yet to come. RFC 3339. */
export interface GateWindow {
  readonly from: string
  readonly to: string
  readonly phase: 'pending' | 'due' | 'over'
}
export interface GateResult {
  readonly id: NodeId
  readonly title: string
  readonly status: GateStatus
  readonly window: { readonly from: string; readonly to: string }
  readonly evidence?: ShownEvidence
  readonly reason?: string
}
/** That a gate has not passed is accepted for a while. `until` is RFC 3339. */
export interface GateWaiver {
  readonly by: string
  readonly reason: string
  readonly until: string
}
export interface GatesResult {
  readonly schema: 1
  readonly run: RunHead
  /** As it is asked for: the id of the set. */
  readonly cadence: string
  /** Every gate that is due has a result. */
  readonly complete: boolean
  readonly gates: readonly GateResult[]
}

/** `windows` by gate; `earlier`: results of runs before this one in the same window, which are kept; `only`: the run is partial; `waivers`: those in force. */
export function gatesResult(
  shown: Shown,
  windows: ReadonlyMap<NodeId, GateWindow>,
  earlier: ReadonlyMap<NodeId, GateResult> = new Map(),
  only?: readonly NodeId[],
  waivers: ReadonlyMap<NodeId, GateWaiver> = new Map(),
): GatesResult {
  const graph = graphOf(shown, shown.root)
  const gates = (graph.cadence?.gates ?? []).flatMap((gate) => {
    const window = windows.get(gate.node)
    if (window === undefined) return []
    const waiver = waivers.get(gate.node)
    const result = gateResult(shown, graph, gate, window, earlier.get(gate.node))
    return [waiver === undefined ? result : waivedBy(waiver, result)]
  })
  const isOpen = ({ id, status }: GateResult): boolean =>
    status === 'waiting' || (status === 'pending' && windows.get(id)?.phase !== 'pending')
  const complete = only === undefined && !gates.some(isOpen)
  return { schema: 1, run: runHead(shown), cadence: nameOf(shown.root), complete, gates }
}

/** What was seen stays beside it: a waiver hides nothing. */
function waivedBy({ by, reason, until }: GateWaiver, result: GateResult): GateResult {
  if (result.status !== 'fail' && result.status !== 'undetermined') return result
  const why = result.reason === undefined ? '' : ` (${result.reason})`
  return { ...result, status: 'waived', reason: `${by} waived ${result.status}${why} until ${until}: ${reason}` }
}

function gateResult(
  shown: Shown,
  graph: Graph,
  gate: GateSpec,
  { from, to, phase }: GateWindow,
  earlier: GateResult | undefined,
): GateResult {
  const node = graph.nodes.get(gate.node)
  const path = placeOf('', graph.id, gate.node)
  const entry = entryAt(shown.state, path)
  const head = { id: gate.node, title: node?.title ?? gate.node }
  const window = { from, to }
  const known = gateStatus(shown.state, path, entry)
  const isMissed = phase === 'over' && gate.marketTime
  // What somebody still has to say comes too late by now.
  const judged = known === 'waiting' && isMissed ? 'missed' : known
  if (judged === undefined) return earlier ?? { ...head, status: isMissed ? 'missed' : 'pending', window }
  const unlifted = judged === 'pass' && node !== undefined ? liftProblem(shown, graph, node) : undefined
  const worstOf = node === undefined ? undefined : worstEvidence(shown, graph, node)
  const reason = unlifted?.reason ?? entry.outcome?.reason ?? worstOf?.reason
  return {
    ...head,
    status: unlifted?.status ?? judged,
    window,
    ...(worstOf === undefined ? {} : { evidence: worstOf }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** A gate is no pass while its own hold still stands: kept as one, nothing would lift that hold any more. */
function liftProblem(
  { state }: Shown,
  graph: Graph,
  { onPass }: Node,
): { readonly status: GateStatus; readonly reason: string } | undefined {
  for (const id of onPass) {
    const path = placeOf('', graph.id, id)
    const { outcome } = entryAt(state, path)
    if (outcome === undefined) {
      const status = state.closed === undefined ? 'waiting' : 'fail'
      return { status, reason: 'it passed, and its hold has not been lifted yet' }
    }
    if (!isGood(outcome.outcome)) {
      const why = outcome.reason ?? outcome.outcome
      return { status: 'fail', reason: `it passed, but its hold could not be lifted: ${why}` }
    }
  }
  return undefined
}

/** Undefined: this run has not come to it. */
function gateStatus(state: State, path: string, entry: Entry): GateStatus | undefined {
  const outcome = entry.waived === undefined ? entry.outcome?.outcome : 'waived'
  if (outcome !== 'waived' && entry.outcome?.missed === true) return 'missed'
  switch (outcome) {
    case undefined: {
      const waits = state.parked?.needs.some((need) => need.at.path === path || need.at.path.startsWith(`${path}.`))
      return waits === true ? 'waiting' : undefined
    }
    case 'ok':
      return 'pass'
    case 'waived':
    case 'undetermined':
      return outcome
    case 'skipped':
      return 'pending'
    case 'failed':
    case 'refused':
    case 'aborted':
      return 'fail'
  }
}

/** Of several checks the first that did not pass speaks for the gate. */
function worstEvidence(shown: Shown, graph: Graph, node: Node): ShownEvidence | undefined {
  const ids = node.kind === 'block' ? node.children : [node.id]
  const entries = ids.map((id) => entryAt(shown.state, placeOf('', graph.id, id)))
  const bad = entries.find(({ outcome }) => outcome !== undefined && !isGood(outcome.outcome))
  const chosen = bad ?? entries.at(-1)
  return chosen === undefined ? undefined : evidenceOf(chosen)
}
