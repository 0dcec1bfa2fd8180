/** Everything that a document may do, through calls and what runs on failure. */
import type { Graph, GraphId, Node } from '../model/graph.ts'
import type { MethodDefinition } from '../ports/method.ts'
import { methodOf, type Library } from './rule.ts'

/** The effects that the nodes may have; each method once. */
export function effectsOf(
  library: Library,
  nodes: Iterable<Node>,
  seen = new Set<GraphId>(),
): ReadonlySet<MethodDefinition> {
  const found = new Set<MethodDefinition>()
  const follow = (id: GraphId): void => {
    const graph = library.graphs.get(id)
    if (graph === undefined || seen.has(id)) return
    seen.add(id)
    for (const definition of effectsOf(library, graph.nodes.values(), seen)) found.add(definition)
  }
  for (const node of nodes) {
    if (node.kind === 'action') {
      const definition = methodOf(library.catalogue, node.do.method)
      if (definition !== undefined) found.add(definition)
    }
    if (node.kind === 'call') follow(node.graph)
    if (node.onFail.kind === 'go') follow(node.onFail.graph)
  }
  return found
}

/** The nodes themselves, and those within blocks below them. */
export function nodesBelow(graph: Graph, ids: readonly string[]): readonly Node[] {
  return ids.flatMap((id) => {
    const node = graph.nodes.get(id)
    if (node === undefined) return []
    return node.kind === 'block' ? [node, ...nodesBelow(graph, node.children)] : [node]
  })
}

export const nameOf = ({ port, name }: { readonly port: string; readonly name: string }): string => `${port}.${name}`
