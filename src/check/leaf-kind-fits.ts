/** What a leaf does fits the kind that people see: its colour decides how they act at three in the morning. */
import type { Graph, LeafNode, Node } from '../model/graph.ts'
import type { MethodDefinition } from '../ports/method.ts'
import type { Finding } from '../source/diagnostic.ts'
import { effectsOf, nameOf, nodesBelow } from './effects.ts'
import { error, type Library, type Rule } from './rule.ts'

/** Effects that go back to what was there before. */
const goingBack = new Set([
  'config.revert',
  'config.deploy',
  'routing.setBroker',
  'routing.setDataVendor',
  'registry.setAlias',
])

export const leafKindFits: Rule = (library) =>
  [...library.graphs.values()].flatMap((graph) =>
    [...graph.nodes.values()].flatMap((node) => (node.kind === 'leaf' ? findingsOf(library, graph, node) : [])),
  )

function findingsOf(library: Library, graph: Graph, leaf: LeafNode): readonly Finding[] {
  const nodes = nodesBelow(graph, leaf.do)
  const effects = [...effectsOf(library, nodes)]
  const wrong = (message: string): readonly Finding[] => [error('law/leaf-kind-fits', message, { span: leaf.span })]
  const adds = effects.find((effect) => effect.risk === 'adds')
  const loosens = effects.find((effect) => effect.loosens)
  const broken = nodes.some((node) => node.kind === 'call' && !library.graphs.has(node.graph))
  if (loosens !== undefined && leaf.leaf !== 'resume')
    return wrong(`a ${leaf.leaf} leaf must not loosen, and "${nameOf(loosens)}" does`)
  switch (leaf.leaf) {
    case 'kill-switch':
      if (adds !== undefined) return wrong(`a kill-switch leaf must not add risk, and "${nameOf(adds)}" does`)
      return broken || startsWithHalt(library, nodes) ? [] : wrong('a kill-switch leaf halts first: `run: killswitch`')
    case 'rollback':
      return broken || goesBack(library, nodes, effects)
        ? []
        : wrong('a rollback leaf goes back to something: a revert, a redeploy, a rollback runbook')
    case 'throttle':
      if (adds !== undefined) return wrong(`a throttle leaf must not add risk, and "${nameOf(adds)}" does`)
      return broken || effects.some((effect) => effect.tightens) ? [] : wrong('a throttle leaf tightens something')
    case 'investigate':
      return adds === undefined ? [] : wrong(`an investigate leaf must not add risk, and "${nameOf(adds)}" does`)
    case 'resume':
      return broken || loosens !== undefined ? [] : wrong('a resume leaf requests the release')
  }
}

function startsWithHalt(library: Library, [first]: readonly Node[]): boolean {
  if (first === undefined || first.when !== undefined) return false
  return [...effectsOf(library, [first])].some((effect) => nameOf(effect) === 'desk.halt')
}

const goesBack = ({ graphs }: Library, nodes: readonly Node[], effects: readonly MethodDefinition[]): boolean =>
  effects.some((effect) => goingBack.has(nameOf(effect))) ||
  nodes.some((node) => node.kind === 'call' && graphs.get(node.graph)?.category === 'rollback')
