/** A graph as lines for people, as a Mermaid flowchart and as data: three views of the same nodes. */
import { formatDuration } from '../../calendar/duration.ts'
import type { Graph, Invocation, Node, NodeId } from '../../model/graph.ts'

export interface OutlineLine {
  readonly depth: number
  readonly id: NodeId
  readonly title: string
  /** What it does, in a few words. */
  readonly does: string
}

const nodeOf = (graph: Graph, id: NodeId): Node => {
  const node = graph.nodes.get(id)
  if (node === undefined) throw new Error(`${graph.id} has no node ${id}`)
  return node
}
const nameOf = ({ method }: Invocation): string => `${method.port}.${method.name}`

/** Structure in the order of the file; a tree's questions and leaves each once. */
export function outline(graph: Graph): readonly OutlineLine[] {
  const lines: OutlineLine[] = []
  const seen = new Set<NodeId>()
  const visit = (id: NodeId, depth: number): void => {
    if (seen.has(id)) return
    seen.add(id)
    const node = nodeOf(graph, id)
    lines.push({ depth, id, title: node.title, does: doing(node) })
    if (node.kind === 'block') for (const child of node.children) visit(child, depth + 1)
    if (node.kind === 'leaf') for (const child of node.do) visit(child, depth + 1)
    if (node.kind === 'question') for (const to of new Set([...node.to.values(), node.unsure])) visit(to, depth)
    if (node.onFail.kind === 'act') for (const child of node.onFail.nodes) visit(child, depth + 1)
  }
  visit(graph.root, 0)
  return lines
}

/** What a node does, in a few words. */
export function doing(node: Node): string {
  switch (node.kind) {
    case 'action':
      return `do ${nameOf(node.do)}${node.do.method.risk === 'adds' ? ' (adds risk)' : ''}`
    case 'check':
      return `check ${nameOf(node.check)}${modeOf(node.mode)}`
    case 'question': {
      const ways = [...node.to].map(([answer, to]) => `${answer} -> ${to}`).join(', ')
      const by = node.who === 'person' ? 'a person' : node.probe === undefined ? 'a person' : nameOf(node.probe.check)
      return `${ways}, unsure -> ${node.unsure} (answered by ${by})`
    }
    case 'leaf':
      return node.leaf.toUpperCase() + (node.then.length === 0 ? '' : `, then ${node.then.join(', ')}`)
    case 'call':
      return `run ${node.graph}`
    case 'wait':
      return node.until.kind === 'after'
        ? `wait ${formatDuration(node.until.duration)}`
        : `wait for the next ${node.until.at}`
    case 'approval':
      return `approval by ${String(node.count)} of ${node.role}`
    case 'attest':
      return `a named ${node.role} says why`
    case 'evidence':
      return `evidence ${node.event}`
    case 'block':
      return node.order === 'parallel' ? 'all at once' : ''
  }
}

function modeOf(mode: Extract<Node, { kind: 'check' }>['mode']): string {
  if (mode.kind === 'within') return ` within ${formatDuration({ unit: 'ms', n: mode.ms })}`
  return mode.kind === 'hold' ? ` for ${formatDuration(mode.duration)}` : ''
}

/** A Mermaid flowchart; labels are quoted and hold nothing that Mermaid would read. */
export function mermaid(graph: Graph): string {
  const names = new Map([...graph.nodes.keys()].map((id, i) => [id, `n${String(i)}`]))
  const name = (id: NodeId): string => names.get(id) ?? 'n'
  const quoted = (text: string): string => `"${text.replace(/["<>#;]/g, (c) => `#${String(c.codePointAt(0))};`)}"`
  const lines = ['flowchart TD']
  for (const { id } of outline(graph)) {
    const node = nodeOf(graph, id)
    if (node.kind === 'block') {
      const steps = node.children
      for (const [i, child] of steps.entries()) {
        const before = steps[i - 1]
        if (before !== undefined && node.order === 'sequence') lines.push(`  ${name(before)} --> ${name(child)}`)
      }
      if (steps[0] !== undefined) lines.push(`  ${name(id)}[[${quoted(node.title)}]] --> ${name(steps[0])}`)
      continue
    }
    const shape =
      node.kind === 'question'
        ? `{${quoted(node.title)}}`
        : node.kind === 'leaf'
          ? `([${quoted(`${node.leaf}: ${node.title}`)}])`
          : `[${quoted(node.title)}]`
    lines.push(`  ${name(id)}${shape}`)
    if (node.kind === 'question')
      for (const [answer, to] of node.to) lines.push(`  ${name(id)} -- ${answer} --> ${name(to)}`)
    if (node.kind === 'leaf') {
      const [first] = node.do
      if (first !== undefined) lines.push(`  ${name(id)} -.-> ${name(first)}`)
      for (const [i, child] of node.do.entries()) {
        const before = node.do[i - 1]
        if (before !== undefined) lines.push(`  ${name(before)} --> ${name(child)}`)
      }
    }
  }
  return `${lines.join('\n')}\n`
}
