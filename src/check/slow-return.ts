/**
 * The way back is slow: a resume leaf asks for the release at 25 % and does nothing else that loosens or adds risk, and whatever
 * deploys or retrains looks first whether an incident is open or the size reduced.
 */
import type { Graph, LeafNode, Node } from '../model/graph.ts'
import type { Finding } from '../source/diagnostic.ts'
import { effectsOf, nameOf, nodesBelow } from './effects.ts'
import { isReadable } from './expressions.ts'
import { flowThrough } from './flow.ts'
import { methodOf, error, type Library, type Rule } from './rule.ts'
import { holdsOn } from './try-expectation.ts'

const rule = 'law/slow-return'

export const slowReturn: Rule = (library) =>
  [...library.graphs.values()].flatMap((graph) => [
    ...[...graph.nodes.values()].flatMap((node) =>
      node.kind === 'leaf' && node.leaf === 'resume' ? resumes(library, graph, node) : [],
    ),
    ...(graph.category === 'deploy' || graph.category === 'drift' ? deploys(library, graph) : []),
  ])

function resumes(library: Library, graph: Graph, leaf: LeafNode): readonly Finding[] {
  const wrong = [...effectsOf(library, nodesBelow(graph, leaf.do))].find(
    (effect) => effect.risk === 'adds' || (effect.loosens && nameOf(effect) !== 'desk.requestRelease'),
  )
  if (wrong === undefined) return []
  return [error(rule, `a resume leaf only requests the release, and "${nameOf(wrong)}" does more`, { span: leaf.span })]
}

/** Whether the desk was seen at full size without an incident. */
const calm = 'calm'

function deploys(library: Library, graph: Graph): readonly Finding[] {
  const found: Finding[] = []
  flowThrough<string>(graph, {
    gives: (node) => (looksWhetherCalm(node) ? [calm] : []),
    answerGives: () => [],
    visit: (node, before) => {
      if (before.has(calm) || !addsRisk(library, node)) return
      found.push(
        error(
          rule,
          `"${node.id}" adds risk, but not every path to it has checked that the desk is at full size without an open incident`,
          {
            span: node.span,
            hint: 'check desk.trading first: `expect: result.sizeMultiplier == 1.0 && result.openIncidents.orValue(1) == 0`',
          },
        ),
      )
    },
    lenient: false,
  })
  return found
}

const atFullSize = {
  state: 'ACTIVE',
  sizeMultiplier: 1,
  orderRate: 1,
  epoch: 'x',
  since: '2026-01-05T15:00:00Z',
  openIncidents: 0,
  holds: 0,
}

function looksWhetherCalm(node: Node): boolean {
  if (node.kind !== 'check' || nameOf(node.check.method) !== 'desk.trading') return false
  if (!isReadable(node.expect)) return true
  const { expect } = node
  return (
    expect.reads.every((name) => name === 'result') &&
    holdsOn(expect, atFullSize) &&
    !holdsOn(expect, { ...atFullSize, sizeMultiplier: 0.5 }) &&
    !holdsOn(expect, { ...atFullSize, openIncidents: 1 }) &&
    !holdsOn(expect, { ...atFullSize, openIncidents: undefined })
  )
}

function addsRisk(library: Library, node: Node): boolean {
  if (node.kind === 'action') return methodOf(library.catalogue, node.do.method)?.risk === 'adds'
  if (node.kind !== 'call') return false
  // A deploy that is called looks for itself.
  const callee = library.graphs.get(node.graph)
  if (callee === undefined || callee.category === 'deploy' || callee.category === 'drift') return false
  return [...effectsOf(library, [node])].some((effect) => effect.risk === 'adds')
}
