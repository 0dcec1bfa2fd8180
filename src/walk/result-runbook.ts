/** `runbook --json` from a state. */
import type { Graph, NodeId } from '../model/graph.ts'
import type { Need } from '../model/journal.ts'
import { placeOf } from './place.ts'
import { evidenceOf, graphOf, nameOf, runHead, stepStatus, type RunHead, type Shown, type StepResult } from './shown.ts'
import { entryAt } from './state.ts'

export interface RunbookResult {
  readonly schema: 1
  readonly run: RunHead
  readonly runbook: string
  readonly dryRun: false
  readonly steps: readonly StepResult[]
  readonly verify: readonly StepResult[]
  /** When a parked run goes on by itself. */
  readonly resumeAt?: string
  readonly needs?: readonly Need[]
}

export function runbookResult(shown: Shown): RunbookResult {
  const graph = graphOf(shown, shown.root)
  const root = graph.nodes.get(graph.root)
  const [steps, verify] = root?.kind === 'block' ? root.children : []
  const needs = shown.state.parked?.needs ?? []
  const moments = needs.flatMap((need) => (need.kind === 'moment' ? [need.dueAt] : [])).sort()
  return {
    schema: 1,
    run: runHead(shown),
    runbook: nameOf(shown.root),
    dryRun: false,
    steps: steps === undefined ? [] : stepsOf(shown, graph, '', steps),
    verify: verify === undefined ? [] : stepsOf(shown, graph, '', verify),
    ...(moments[0] === undefined ? {} : { resumeAt: moments[0] }),
    ...(needs.length === 0 ? {} : { needs }),
  }
}

/** Members of blocks, one after the other; a called runbook is one step. */
function stepsOf(shown: Shown, graph: Graph, prefix: string, id: NodeId): readonly StepResult[] {
  const node = graph.nodes.get(id)
  if (node === undefined) return []
  if (node.kind === 'block') return node.children.flatMap((child) => stepsOf(shown, graph, prefix, child))
  const path = placeOf(prefix, graph.id, id)
  const entry = entryAt(shown.state, path)
  const evidence = evidenceOf(entry)
  const reason = entry.outcome?.reason ?? evidence?.reason
  return [
    {
      ...{ id, kind: node.kind, title: node.title, status: stepStatus(shown.state, node, path, entry) },
      ...(evidence === undefined ? {} : { evidence }),
      ...(reason === undefined ? {} : { reason }),
    },
  ]
}
