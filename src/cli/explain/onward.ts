/** What comes after a step, whichever way it goes: read off the graph, as the walker will. */
import type { Graph, Node, NodeId } from '../../model/graph.ts'

export interface Onward {
  readonly when: string
  /** A node of the same graph, another document, or nothing where the run ends. */
  readonly to: string
  readonly title: string
}

export function onwardFrom(graph: Graph, id: NodeId): readonly Onward[] {
  const node = graph.nodes.get(id)
  if (node === undefined) return []
  const way = new Ways(graph)
  switch (node.kind) {
    case 'question':
      return [
        ...[...node.to].map(([answer, to]) => way.to(answer, to)),
        ...([...node.to.keys()].includes('unsure') ? [] : [way.to('unsure', node.unsure)]),
      ]
    case 'leaf':
      return [
        ...node.do.slice(0, 1).map((first) => way.to('taken', first)),
        ...(node.then.length === 0 ? [] : node.then.map((tree) => ({ when: 'then', to: tree, title: '' }))),
        { when: 'declined', to: '', title: 'the run waits until somebody takes it' },
      ]
    case 'approval':
      return [way.good('approved', id), ...way.bad('refused or expired', id)]
    case 'wait':
      return [way.good('over', id)]
    case 'attest':
      return [way.good('stated', id)]
    case 'action':
    case 'call':
      return [way.good('done', id), ...way.bad('it fails or nobody can tell', id)]
    case 'check':
    case 'evidence':
    case 'block':
      return [way.good('it passes', id), ...way.bad('it fails or nobody can tell', id)]
  }
}

class Ways {
  readonly #graph: Graph
  readonly #parents: ReadonlyMap<NodeId, Node>

  constructor(graph: Graph) {
    this.#graph = graph
    this.#parents = new Map(
      [...graph.nodes.values()].flatMap((node) => [
        ...(node.kind === 'block' ? node.children : node.kind === 'leaf' ? node.do : []).map(
          (child): [NodeId, Node] => [child, node],
        ),
      ]),
    )
  }

  to(when: string, id: NodeId): Onward {
    const node = this.#graph.nodes.get(id)
    // Blocks that every runbook has are no steps of its author.
    if (node?.kind === 'block' && id.startsWith('@') && node.children[0] !== undefined)
      return this.to(when, node.children[0])
    return { when, to: id, title: node?.title ?? '' }
  }

  good(when: string, id: NodeId): Onward {
    const next = this.#after(id)
    return next === undefined ? { when, to: '', title: 'the run ends' } : this.to(when, next)
  }

  bad(when: string, id: NodeId): readonly Onward[] {
    const node = this.#graph.nodes.get(id)
    const parent = this.#parents.get(id)
    const onFail = node?.onFail ?? { kind: 'stop' }
    if (onFail.kind === 'go') return [{ when, to: onFail.graph, title: 'runs instead of the rest; the verdict stays' }]
    if (onFail.kind === 'act') return onFail.nodes.map((each) => this.to(when, each))
    const judgesAll = parent?.kind === 'block' && parent.judge === 'all'
    if (onFail.kind === 'continue' || (judgesAll && parent.order === 'sequence')) return [this.good(when, id)]
    if (parent === undefined || parent.kind === 'leaf') return [{ when, to: '', title: 'the run ends' }]
    return this.bad(when, parent.id)
  }

  #after(id: NodeId): NodeId | undefined {
    const parent = this.#parents.get(id)
    if (parent === undefined) return undefined
    const siblings = parent.kind === 'block' ? parent.children : parent.kind === 'leaf' ? parent.do : []
    const isOrdered = parent.kind === 'leaf' || (parent.kind === 'block' && parent.order === 'sequence')
    const next = isOrdered ? siblings[siblings.indexOf(id) + 1] : undefined
    return next ?? this.#after(parent.id)
  }
}
