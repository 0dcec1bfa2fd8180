/** `tree --json` from a state. */
import type { Graph, GraphId, LeafKind, Node, NodeId } from '../model/graph.ts'
import type { Need, Person } from '../model/journal.ts'
import { isGood } from '../model/outcome.ts'
import { methodName } from './admission.ts'
import { frameBelow, needsOf, placeOf } from './place.ts'
import { evidenceOf, graphOf, nameOf, runHead, type RunHead, type Shown, type ShownEvidence } from './shown.ts'
import { entryAt, type State } from './state.ts'

export type ActionStatus = 'offered' | 'done' | 'declined' | 'refused' | 'failed'
export interface TreeResult {
  readonly schema: 1
  readonly run: RunHead
  readonly tree: string
  readonly leaf?: { readonly id: string; readonly kind: LeafKind; readonly title: string }
  readonly path: readonly PathStep[]
  readonly actions: readonly { readonly do: string; readonly status: ActionStatus }[]
  /** What followed the leaf. */
  readonly then?: readonly Omit<TreeResult, 'schema' | 'run'>[]
  readonly needs?: readonly Need[]
}
export interface PathStep {
  readonly question: string
  /** The edge that was taken. */
  readonly answer: string
  /** What was answered, where evidence spoke against it. */
  readonly overruled?: string
  readonly by: string
  readonly evidence?: ShownEvidence
}

export function treeResult(shown: Shown): TreeResult {
  const needs = shown.state.parked?.needs ?? []
  return {
    schema: 1,
    run: runHead(shown),
    ...treePart(shown, shown.root, ''),
    ...(needs.length === 0 ? {} : { needs }),
  }
}

function treePart(shown: Shown, id: GraphId, prefix: string): Omit<TreeResult, 'schema' | 'run'> {
  const graph = graphOf(shown, id)
  const path: PathStep[] = []
  let node = graph.nodes.get(graph.root)
  while (node?.kind === 'question') {
    const place = placeOf(prefix, id, node.id)
    const { answer } = entryAt(shown.state, place)
    if (answer === undefined) return { tree: nameOf(id), path, actions: [] }
    const taken = edgeOf(shown, node, place, answer.answer)
    if (taken === undefined) return { tree: nameOf(id), path, actions: [] }
    const evidence = evidenceOf(entryAt(shown.state, taken === answer.answer ? place : needsOf(place)))
    path.push({
      ...{ question: node.id, answer: taken, by: byOf(answer.by, answer.probe) },
      ...(taken === answer.answer ? {} : { overruled: answer.answer }),
      ...(evidence === undefined ? {} : { evidence }),
    })
    node = graph.nodes.get(node.to.get(taken) ?? node.unsure)
  }
  if (node?.kind !== 'leaf') return { tree: nameOf(id), path, actions: [] }
  const place = placeOf(prefix, id, node.id)
  const below = node.then.filter((next) => isBegun(shown, next, frameBelow(place)))
  return {
    tree: nameOf(id),
    leaf: { id: node.id, kind: node.leaf, title: node.title },
    path,
    actions: node.do
      .flatMap((action) => stepsOf(graph, action))
      .map((action) => ({
        do: doesOf(graph, action),
        status: actionStatus(shown.state, graph, prefix, place, action),
      })),
    ...(below.length === 0 ? {} : { then: below.map((next) => treePart(shown, next, frameBelow(place))) }),
  }
}

/** Undefined: the evidence that the answer needs has not been read yet. */
function edgeOf(
  shown: Shown,
  { needs }: Extract<Node, { readonly kind: 'question' }>,
  place: string,
  answer: string,
): string | undefined {
  if (needs?.answer !== answer) return answer
  const proof = entryAt(shown.state, needsOf(place)).samples.at(-1)
  if (proof === undefined) return undefined
  return proof.verdict === 'ok' ? answer : needs.otherwise
}

const isBegun = (shown: Shown, id: GraphId, prefix: string): boolean =>
  [...shown.state.entries.keys()].some((path) => path.startsWith(`${prefix}${id}#`))

function byOf(by: Person | 'probe', probe: string | undefined): string {
  if (by === 'probe') return `probe:${probe ?? 'unknown'}`
  return by.via === 'answers-file' ? `file:${by.id}` : `person:${by.id}`
}

/** A group is told by what it holds. */
function stepsOf(graph: Graph, id: NodeId): readonly NodeId[] {
  const node = graph.nodes.get(id)
  return node?.kind === 'block' ? node.children.flatMap((child) => stepsOf(graph, child)) : [id]
}

function doesOf(graph: Graph, id: NodeId): string {
  const node = graph.nodes.get(id)
  if (node?.kind === 'action') return methodName(node.do.method)
  if (node?.kind === 'check') return methodName(node.check.method)
  return node?.kind === 'call' ? node.graph : (node?.kind ?? id)
}

function actionStatus(state: State, graph: Graph, prefix: string, leaf: string, id: NodeId): ActionStatus {
  if (entryAt(state, leaf).leaf?.kind === 'left') return 'declined'
  const outcome = entryAt(state, placeOf(prefix, graph.id, id)).outcome?.outcome
  if (outcome === undefined) return 'offered'
  return isGood(outcome) ? 'done' : outcome === 'refused' ? 'refused' : 'failed'
}
