/** The documents that a walk may enter: through calls, on failure, and after leaves. */
import type { Graph, GraphId, Node } from '../model/graph.ts'

/** `root` first. Documents without a graph are listed as well: what cannot be entered must not be found out half-way. */
export function reachable(graphs: ReadonlyMap<GraphId, Graph>, root: GraphId): readonly GraphId[] {
  const found = new Set<GraphId>([root])
  for (const id of found) {
    for (const node of graphs.get(id)?.nodes.values() ?? []) for (const next of entered(node)) found.add(next)
  }
  return [...found]
}

function entered(node: Node): readonly GraphId[] {
  const onFailure = node.onFail.kind === 'go' ? [node.onFail.graph] : []
  if (node.kind === 'call') return [node.graph, ...onFailure]
  return node.kind === 'leaf' ? [...node.then, ...onFailure] : onFailure
}
