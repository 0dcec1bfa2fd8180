/**
 * What is certain on every path: one recursion over the structure of a graph instead of an enumeration of its paths. Tokens are
 * whatever a law is about, such as facts or saved names; a node gives tokens when it ends ok, and each visit sees the tokens that every
 * path up to there has given.
 */
import type { Graph, Node, NodeId } from '../model/graph.ts'

export type Tokens<T> = ReadonlySet<T>

export interface Flow<T> {
  /** Tokens of the node itself; blocks, questions and leaves are made of their parts. */
  readonly gives: (node: Node) => Iterable<T>
  /** Tokens of one answer of a question. */
  readonly answerGives: (node: Node, answer: string) => Iterable<T>
  readonly visit: (node: Node, before: Tokens<T>) => void
  /**
   * What is read in judge-all blocks and on failure may rely on earlier siblings: a missing value makes it undetermined. Facts may
   * not: nothing is established by a node that may have failed.
   */
  readonly lenient: boolean
}

/** What is certain once the whole graph ended ok. */
export const flowThrough = <T>(graph: Graph, flow: Flow<T>): Tokens<T> =>
  new Walk(graph, flow).through(graph.root, new Set())

class Walk<T> {
  private readonly graph: Graph
  private readonly flow: Flow<T>
  private readonly open = new Set<NodeId>()
  /** Joins of a tree are walked once per set of tokens, not once per path. */
  private readonly results = new Map<string, Tokens<T>>()
  private readonly numbers = new Map<T, number>()

  constructor(graph: Graph, flow: Flow<T>) {
    this.graph = graph
    this.flow = flow
  }

  through(id: NodeId, before: Tokens<T>): Tokens<T> {
    const node = this.graph.nodes.get(id)
    if (node === undefined || this.open.has(id)) return before
    const key = `${id} ${this.keyOf(before)}`
    const known = this.results.get(key)
    if (known !== undefined) return known
    this.open.add(id)
    this.flow.visit(node, before)
    const inside = this.inside(node, before)
    // What comes next also comes after a failure, except where a failure stops.
    const goesOn = node.onFail.kind === 'continue' || node.onFail.kind === 'act'
    const after = node.when !== undefined || goesOn ? before : inside
    for (const next of node.onFail.kind === 'act' ? node.onFail.nodes : [])
      this.through(next, this.flow.lenient ? inside : before)
    for (const next of node.onPass) this.through(next, inside)
    this.open.delete(id)
    this.results.set(key, after)
    return after
  }

  private inside(node: Node, before: Tokens<T>): Tokens<T> {
    if (node.kind === 'question') return this.questionOf(node, before)
    const within =
      node.kind === 'block'
        ? this.blockOf(node, before)
        : node.kind === 'leaf'
          ? this.sequence(node.do, before)
          : before
    return union(within, this.flow.gives(node))
  }

  private blockOf(node: Extract<Node, { kind: 'block' }>, before: Tokens<T>): Tokens<T> {
    if (node.order === 'sequence' && (node.judge === 'stop' || this.flow.lenient))
      return this.sequence(node.children, before)
    return node.children.reduce<Tokens<T>>((all, child) => union(all, this.through(child, before)), before)
  }

  private sequence(ids: readonly NodeId[], before: Tokens<T>): Tokens<T> {
    return ids.reduce((so, id) => this.through(id, so), before)
  }

  private questionOf(node: Extract<Node, { kind: 'question' }>, before: Tokens<T>): Tokens<T> {
    const asked = union(before, this.flow.gives(node))
    const ends = [...node.to].map(([answer, to]) => this.through(to, union(asked, this.flow.answerGives(node, answer))))
    ends.push(this.through(node.unsure, asked))
    return ends.reduce((a, b) => new Set([...a].filter((token) => b.has(token))))
  }

  private keyOf(tokens: Tokens<T>): string {
    return [...tokens]
      .map((token) => {
        const known = this.numbers.get(token) ?? this.numbers.size
        this.numbers.set(token, known)
        return known
      })
      .sort((a, b) => a - b)
      .join(',')
  }
}

const union = <T>(a: Tokens<T>, b: Iterable<T>): Tokens<T> => new Set([...a, ...b])
