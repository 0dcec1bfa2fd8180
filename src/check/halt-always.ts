/** Halting is possible at once, for anyone, without confirmation: nothing in a document stands between its start and its halt. */
import type { Graph, GraphId, Node, NodeId } from '../model/graph.ts'
import type { Finding } from '../source/diagnostic.ts'
import { error, type Rule } from './rule.ts'

const rule = 'law/halt-always'

export const haltAlways: Rule = ({ graphs }) =>
  [...graphs.values()].flatMap((graph) => new Search(graph, (node) => halts(graphs, node)).findings())

/** By itself, or through what it calls. What only runs where a node fails is a condition, and no halt that somebody asked for. */
function halts(graphs: ReadonlyMap<GraphId, Graph>, node: Node, seen = new Set<GraphId>()): boolean {
  if (node.kind === 'action') return node.do.method.port === 'desk' && node.do.method.name === 'halt'
  if (node.kind !== 'call' || seen.has(node.graph)) return false
  seen.add(node.graph)
  return [...(graphs.get(node.graph)?.nodes.values() ?? [])].some((each) => halts(graphs, each, seen))
}

class Search {
  private readonly graph: Graph
  private readonly isHalt: (node: Node) => boolean
  private readonly found: Finding[] = []

  constructor(graph: Graph, isHalt: (node: Node) => boolean) {
    this.graph = graph
    this.isHalt = isHalt
  }

  findings(): readonly Finding[] {
    if (![...this.graph.nodes.values()].some(this.isHalt)) return []
    for (const node of this.graph.nodes.values()) {
      if (node.kind === 'leaf') this.sequence(node.do, [])
    }
    this.below(this.graph.root, [])
    return this.found
  }

  /** `inTheWay`: nodes that run before and may stop or wait. */
  private below(id: NodeId, inTheWay: readonly Node[]): void {
    const node = this.graph.nodes.get(id)
    if (node === undefined) return
    if (this.isHalt(node)) this.report(node, inTheWay)
    if (node.kind !== 'block') return
    if (node.when !== undefined && this.holdsHalt(id)) this.found.push(maybeSkipped(node))
    if (node.order === 'sequence' && node.judge === 'stop') this.sequence(node.children, inTheWay)
    else for (const child of node.children) this.below(child, inTheWay)
  }

  private sequence(ids: readonly NodeId[], before: readonly Node[]): void {
    let inTheWay = before
    for (const id of ids) {
      this.below(id, inTheWay)
      const node = this.graph.nodes.get(id)
      if (node !== undefined && mayStop(node)) inTheWay = [...inTheWay, node]
    }
  }

  private holdsHalt(id: NodeId): boolean {
    const node = this.graph.nodes.get(id)
    if (node === undefined) return false
    return this.isHalt(node) || (node.kind === 'block' && node.children.some((child) => this.holdsHalt(child)))
  }

  private report(halt: Node, [first]: readonly Node[]): void {
    if (halt.when !== undefined) this.found.push(maybeSkipped(halt))
    if (first === undefined) return
    this.found.push(
      error(rule, `"${first.id}" can keep the halt "${halt.id}" from happening`, {
        span: first.span,
        hint: 'put the halt first',
        related: [{ message: 'the halt', span: halt.span }],
      }),
    )
  }
}

const maybeSkipped = (node: Node): Finding =>
  error(rule, `the halt "${node.id}" may be skipped`, { span: node.when?.span ?? node.span, hint: 'remove `when`' })

/** Waiting for a person or a moment stands in the way even where a failure would not stop. */
const mayStop = (node: Node): boolean =>
  node.kind === 'approval' || node.kind === 'attest' || node.kind === 'wait' || node.onFail.kind !== 'continue'
