/**
 * Severity is not negotiable: a P0 lets no new order through in its scope, a P1 reduces or pauses, and a P2 does neither by itself. What
 * counts is what is done at once, on every way through it.
 */
import type { Graph, Node, Severity } from '../model/graph.ts'
import type { IncidentClass } from '../parse/document.ts'
import type { Finding } from '../source/diagnostic.ts'
import { effectsOf, nameOf } from './effects.ts'
import { error, methodOf, type Library, type Rule } from './rule.ts'

const rule = 'law/severity-decides'

const stops: ReadonlySet<string> = new Set(['desk.halt', 'desk.hold', 'universe.suppress', 'venue.suspendTrading'])
const reduces: ReadonlySet<string> = new Set([...stops, 'desk.throttle', 'agents.pause'])

export const severityDecides: Rule = (library) =>
  [...library.documents.values()].flatMap((document) => {
    const graph = library.graphs.get(document.graph)
    return document.kind === 'incident' && document.isWhole && graph !== undefined
      ? findingsOf(library, document, graph)
      : []
  })

function findingsOf(library: Library, { id, severity, act }: IncidentClass, graph: Graph): readonly Finding[] {
  const wrong = (message: string, hint: string): readonly Finding[] => [error(rule, message, { span: id.span, hint })]
  const nodes = act.flatMap((step) => graph.nodes.get(step.id.value) ?? [])
  const adding = [...effectsOf(library, nodes)].find((effect) => effect.risk === 'adds' || effect.loosens)
  if (adding !== undefined)
    return wrong(`"${nameOf(adding)}" is nothing to be done unattended`, 'put it under `contain`')
  if (severity === 'P2') {
    const tightening = [...effectsOf(library, nodes)].find((effect) => effect.tightens)
    return tightening === undefined
      ? []
      : wrong(`a P2 is monitored, and "${nameOf(tightening)}" tightens at once`, 'a higher severity, or `contain`')
  }
  const { methods, message, hint } = wanted[severity]
  return isSurelyDone(library, nodes, methods) ? [] : wrong(message, hint)
}

/** One of the methods is called whatever becomes of the nodes before it. */
function isSurelyDone(library: Library, nodes: readonly Node[], methods: ReadonlySet<string>): boolean {
  for (const node of nodes) {
    if (isSure(node) && surelyDone(library, node).some((name) => methods.has(name))) return true
    const { onFail } = node
    if (onFail.kind === 'stop') return false
    if (onFail.kind === 'go') {
      const instead = library.graphs.get(onFail.graph)?.nodes.values() ?? []
      if (![...instead].some((each) => isSure(each) && surelyDone(library, each).some((name) => methods.has(name))))
        return false
    }
  }
  return false
}

interface Wanted {
  readonly methods: ReadonlySet<string>
  readonly message: string
  readonly hint: string
}
const wanted: Readonly<Record<Exclude<Severity, 'P2'>, Wanted>> = {
  P0: {
    methods: stops,
    message: 'a P0 lets no new order through: nothing under `act` is sure to stop them',
    hint: '`run: killswitch`, `do: desk.halt`, `do: desk.hold` or `do: universe.suppress`, without `when`',
  },
  P1: {
    methods: reduces,
    message: 'a P1 reduces or pauses: nothing under `act` is sure to do that',
    hint: '`do: desk.throttle`, `do: desk.hold` or `do: agents.pause`, without `when`',
  },
}

const isSure = (node: Node): boolean => node.when === undefined

/** Of a called runbook what it does in a row without condition. */
function surelyDone(library: Library, node: Node): readonly string[] {
  if (node.kind === 'action') {
    const definition = methodOf(library.catalogue, node.do.method)
    return definition === undefined ? [] : [nameOf(definition)]
  }
  if (node.kind !== 'call') return []
  const callee = library.graphs.get(node.graph)
  // What cannot be read is reported where it stands.
  if (callee === undefined) return [...stops]
  return [...callee.nodes.values()]
    .filter((each) => isSure(each) && each.kind === 'action')
    .flatMap((each) => surelyDone(library, each))
}
