/** One step, question, leaf or gate: what it does, as it is written, what comes next both ways, and which rules look at it. */
import { rulesFor } from './concerns.ts'
import { calledBy, kindOf } from './method.ts'
import { onwardFrom } from './onward.ts'
import type { ExplainedRule } from './packaged.ts'
import { fieldsOf } from './types.ts'
import type { Output } from '../output/published.ts'
import { doing } from '../render/outline.ts'
import type { Library } from '../library.ts'
import type { BlockNode, Graph, Node, Span } from '../../model/graph.ts'
import type { DocumentEntry } from '../../plan/compile.ts'
import { catalogue } from '../../ports/catalogue.ts'
import { parseYaml, type PEntry, type PMap, type PNode } from '../../source/yaml.ts'

type ToldStep = Extract<Output<'explain'>['explained'], { readonly kind: 'step' }>

export function explainStep(
  graph: Graph,
  node: Node,
  entry: DocumentEntry,
  library: Library,
  rules: readonly ExplainedRule[],
): ToldStep {
  const [call] = calledBy(node)
  const method = call === undefined ? undefined : catalogue.get(`${call.method.port}.${call.method.name}`)
  const known = { graphs: library.graphs, documents: new Map(), known: new Set(library.graphs.keys()), catalogue }
  const codes = rulesFor(known, graph, node)
  return {
    kind: 'step',
    name: `${graph.id}/${node.id}`,
    title: node.title,
    node: node.kind,
    does: node.kind === 'block' ? partsOf(graph, node) : doing(node),
    written: writtenOf(entry, node.span),
    ...(method === undefined
      ? {}
      : {
          method: {
            name: `${method.port}.${method.name}`,
            summary: method.summary,
            kind: kindOf(method),
            arguments: fieldsOf(method.args),
          },
        }),
    next: onwardFrom(graph, node.id),
    rules: codes.map((code) => ({ code, about: rules.find((rule) => rule.code === code)?.about ?? '' })),
  }
}

/** A group does what its parts do. */
function partsOf({ nodes }: Graph, { order, children }: BlockNode): string {
  const parts = children.map((id) => {
    const part = nodes.get(id)
    return part === undefined || part.kind === 'block' ? id : `${id} (${doing(part)})`
  })
  return `${order === 'parallel' ? 'all at once' : 'one after the other'}: ${parts.join(', ')}`
}

/** What is told elsewhere on the screen, or is steps of its own. */
const besides = new Set(['id', 'title', 'parallel', 'checks', 'yes', 'no', 'answers', 'unsure'])

/** The keys of a step as its document writes them. Empty for what lowering has added. */
function writtenOf({ file, text }: DocumentEntry, { start, end }: Span): ToldStep['written'] {
  const { root } = parseYaml({ path: file, text })
  const map = root === undefined ? undefined : mapAt(root, (span) => span.start === start && span.end === end)
  return (map?.entries ?? []).flatMap((entry) => rowsOf(entry, text))
}

function rowsOf({ key, value }: PEntry, text: string): ToldStep['written'] {
  if (besides.has(key)) return []
  if (value.kind === 'seq' && value.items.some((item) => item.kind === 'map')) return []
  if (value.kind !== 'map')
    return [{ key, value: value.kind === 'scalar' ? value.text.trim() : sliceOf(value.span, text) }]
  return value.entries.map((inner) => ({
    key: `${key}.${inner.key}`,
    value: inner.value.kind === 'scalar' ? inner.value.text.trim() : sliceOf(inner.value.span, text),
  }))
}

const sliceOf = ({ start, end }: Span, text: string): string => text.slice(start, end).replaceAll(/\s+/g, ' ').trim()

/** The mapping that has a value there, or that is the value of a key there. */
function mapAt(node: PNode, isThere: (span: Span) => boolean): PMap | undefined {
  if (node.kind === 'scalar') return undefined
  if (node.kind === 'seq') return firstOf(node.items, (item) => mapAt(item, isThere))
  for (const { keySpan, value } of node.entries) {
    if (isThere(value.span)) return node
    if (isThere(keySpan)) return value.kind === 'map' ? value : node
  }
  return firstOf(node.entries, ({ value }) => mapAt(value, isThere))
}

function firstOf<T>(items: readonly T[], find: (item: T) => PMap | undefined): PMap | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
