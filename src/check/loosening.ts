/** Every effect that loosens, wherever it stands (leaf, step, undo), with the facts of every path to it. */
import type { Fact, Node, Span } from '../model/graph.ts'
import type { Finding } from '../source/diagnostic.ts'
import { FactFlow } from './fact-flow.ts'
import { error, methodOf, type Catalogue, type Library, type Rule } from './rule.ts'

interface Loosening {
  readonly method: string
  readonly span: Span
}

/**
 * A rule that demands a fact before every loosening effect. Each document is looked at as if it were started alone, because it can be;
 * so a call needs no look of its own.
 */
export const demandFact =
  (rule: string, fact: Fact, message: string, hint: string): Rule =>
  (library) => {
    const found: Finding[] = []
    const flow = new FactFlow(library.graphs)
    for (const graph of library.graphs.values()) {
      if (!mayLoosen(library, [...graph.nodes.values()])) continue
      flow.over(graph, (node, before) => {
        if (before.has(fact)) return
        for (const { method, span } of looseningsOf(library.catalogue, node))
          found.push(error(rule, `"${method}" loosens, but not every path to it ${message}`, { span, hint }))
      })
    }
    return found
  }

const mayLoosen = ({ catalogue }: Library, nodes: readonly Node[]): boolean =>
  nodes.some((node) => looseningsOf(catalogue, node).length > 0)

export function looseningsOf(catalogue: Catalogue, node: Node): readonly Loosening[] {
  if (node.kind !== 'action') return []
  const calls = [
    { call: node.do, span: node.span },
    ...(node.undo === undefined ? [] : [{ call: node.undo, span: node.undo.args.span }]),
  ]
  return calls
    .filter(({ call }) => methodOf(catalogue, call.method)?.loosens === true)
    .map(({ call, span }) => ({ method: `${call.method.port}.${call.method.name}`, span }))
}
