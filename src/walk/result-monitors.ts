/** `monitor check --json` from a state. */
import type { AlertLevel, Graph, MonitorSpec } from '../model/graph.ts'
import type { Need } from '../model/journal.ts'
import { isGood } from '../model/outcome.ts'
import { placeOf } from './place.ts'
import { evidenceOf, graphOf, nameOf, runHead, type RunHead, type Shown, type ShownEvidence } from './shown.ts'
import { entryAt } from './state.ts'

export interface MonitorResult {
  readonly id: string
  readonly title: string
  readonly layer: MonitorSpec['layer']
  readonly level: AlertLevel
  /** `fail`: it fires. `pending`: not looked at in this run. */
  readonly status: 'pass' | 'fail' | 'undetermined' | 'pending'
  readonly evidence?: ShownEvidence
  readonly reason?: string
  /** Of one that fires: what was not sent, or not done, and why. */
  readonly trouble?: readonly string[]
  /** What a person is to do. */
  readonly action: string
}
export interface MonitorsResult {
  readonly schema: 1
  readonly run: RunHead
  readonly set: string
  readonly monitors: readonly MonitorResult[]
  readonly needs?: readonly Need[]
}

export function monitorsResult(shown: Shown): MonitorsResult {
  const graph = graphOf(shown, shown.root)
  const needs = shown.state.parked?.needs ?? []
  return {
    ...{ schema: 1, run: runHead(shown), set: nameOf(shown.root) },
    monitors: (graph.monitors ?? []).map((spec) => resultOf(shown, graph, spec)),
    ...(needs.length === 0 ? {} : { needs }),
  }
}

function resultOf(shown: Shown, graph: Graph, { node: id, layer, level, action }: MonitorSpec): MonitorResult {
  const node = graph.nodes.get(id)
  const read = (each: string) => entryAt(shown.state, placeOf('', graph.id, each))
  const parts = (node?.kind === 'block' ? node.children : [id]).map(read)
  const bad = parts.find(({ outcome }) => outcome !== undefined && !isGood(outcome.outcome)) ?? parts.at(-1)
  const evidence = bad === undefined ? undefined : evidenceOf(bad)
  const outcome = read(id).outcome
  const reason = outcome?.reason ?? bad?.outcome?.reason ?? evidence?.reason
  const acts = node?.onFail.kind === 'act' ? [...node.onFail.nodes, ...node.onPass] : (node?.onPass ?? [])
  const trouble = acts.flatMap((act) => troubleOf(graph, act, read(act)))
  return {
    ...{ id, title: node?.title ?? id, layer, level, action },
    status:
      outcome === undefined
        ? 'pending'
        : isGood(outcome.outcome)
          ? 'pass'
          : outcome.outcome === 'undetermined'
            ? 'undetermined'
            : 'fail',
    ...(evidence === undefined ? {} : { evidence }),
    ...(reason === undefined ? {} : { reason }),
    ...(trouble.length === 0 ? {} : { trouble }),
  }
}

/** An alert that was held back says why: nobody else was told. */
function troubleOf(graph: Graph, id: string, entry: ReturnType<typeof entryAt>): readonly string[] {
  const { outcome } = entry
  if (outcome === undefined) return []
  const title = graph.nodes.get(id)?.title ?? id
  if (!isGood(outcome.outcome)) return [`${title}: ${outcome.reason ?? outcome.outcome}`]
  const observed: unknown = evidenceOf(entry)?.observed
  if (typeof observed !== 'object' || observed === null || Reflect.get(observed, 'sent') !== false) return []
  const why: unknown = Reflect.get(observed, 'reason')
  return [`${title}: not sent, ${typeof why === 'string' ? why : 'and nobody said why'}`]
}
