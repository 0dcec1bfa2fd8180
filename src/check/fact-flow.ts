/** The facts that a document certainly establishes, through calls as well. */
import { facts, type Fact, type Graph, type GraphId, type Node } from '../model/graph.ts'
import { flowThrough, type Flow } from './flow.ts'

/** The event whose record proves that positions were reconciled to broker truth. */
export const reconciledEvent = 'reconciliation.completed'

export class FactFlow {
  private readonly graphs: ReadonlyMap<GraphId, Graph>
  private readonly established = new Map<GraphId, ReadonlySet<Fact>>()

  constructor(graphs: ReadonlyMap<GraphId, Graph>) {
    this.graphs = graphs
  }

  /** Calls `visit` at each node with the facts of every path to it. */
  over(graph: Graph, visit: Flow<Fact>['visit']): ReadonlySet<Fact> {
    return flowThrough<Fact>(graph, {
      gives: (node) => this.givenBy(node),
      answerGives: (node, answer) => (node.kind === 'question' ? (node.answers.get(answer) ?? []) : []),
      visit,
      lenient: false,
    })
  }

  private givenBy(node: Node): Iterable<Fact> {
    return node.kind === 'call' ? this.establishedBy(node.graph) : node.establishes
  }

  /** A document that could not be read is given every fact: what is wrong with it is reported where it stands. */
  private establishedBy(id: GraphId): Iterable<Fact> {
    const graph = this.graphs.get(id)
    if (graph === undefined) return facts
    const known = this.established.get(id)
    if (known !== undefined) return known
    // Calls in a circle establish nothing.
    this.established.set(id, new Set())
    const proved = new Set(this.over(graph, () => undefined))
    if (graph.records === reconciledEvent) proved.add('reconciled')
    this.established.set(id, proved)
    return proved
  }
}
