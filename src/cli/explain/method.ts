/** A method that steps and checks can call, and where it is called. */
import { fieldsOf } from './types.ts'
import type { Output } from '../output/published.ts'
import { effectsOf, nameOf } from '../../check/effects.ts'
import type { Graph, Invocation, Node } from '../../model/graph.ts'
import { catalogue } from '../../ports/catalogue.ts'
import type { MethodDefinition } from '../../ports/method.ts'

type Explained = Output<'explain'>['explained']
type ToldMethod = Extract<Explained, { readonly kind: 'method' }>

/** Undefined where no port has it. */
export function explainMethod(name: string, graphs: Iterable<Graph>): ToldMethod | undefined {
  const method = catalogue.get(name)
  if (method === undefined) return undefined
  const { summary, effect, risk, loosens, tightens, secret, args, result } = method
  return {
    kind: 'method',
    name,
    summary,
    ...{ effect, risk, loosens, tightens, secret },
    arguments: fieldsOf(args),
    result: fieldsOf(result),
    usedBy: [...graphs].flatMap((graph) =>
      [...graph.nodes.values()]
        .filter((node) => calledBy(node).some((call) => nameOf(call.method) === name))
        .map((node) => `${graph.id}/${node.id}`),
    ),
  }
}

/** In words: reads, or what it does to the world and whether it may be repeated. */
export function kindOf({
  effect,
  risk,
  loosens,
  tightens,
}: Omit<MethodDefinition, 'args' | 'result' | 'summary' | 'secret' | 'port' | 'name'>): string {
  if (effect === 'none') return 'only reads'
  return [
    effect === 'idempotent' ? 'may be repeated' : 'happens once, is never repeated',
    risk === 'neutral' ? 'changes no risk' : `${risk} risk`,
    ...(loosens ? ['loosens'] : []),
    ...(tightens ? ['tightens'] : []),
  ].join('; ')
}

/** Everything that a node calls, also to undo and to settle. */
export function calledBy(node: Node): readonly Invocation[] {
  switch (node.kind) {
    case 'action':
      return [
        node.do,
        ...(node.undo === undefined ? [] : [node.undo]),
        ...(node.settle === undefined ? [] : [node.settle.check]),
      ]
    case 'check':
      return [node.check]
    case 'question':
      return [
        ...(node.probe === undefined ? [] : [node.probe.check]),
        ...(node.needs === undefined ? [] : [node.needs.check]),
      ]
    case 'approval':
    case 'attest':
    case 'block':
    case 'call':
    case 'evidence':
    case 'leaf':
    case 'wait':
      return []
  }
}

/** Names of all effects that a document may have, those of what it calls included. */
export const effectNames = (graphs: ReadonlyMap<Graph['id'], Graph>, graph: Graph): readonly string[] =>
  [...effectsOf({ graphs, documents: new Map(), known: new Set(graphs.keys()), catalogue }, graph.nodes.values())].map(
    nameOf,
  )
