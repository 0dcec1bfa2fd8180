/** A set of monitors: every one is judged. One that fails, or cannot be told, sends its alert and does what it does by itself. */
import type { Expr, Graph, MonitorSpec, NodeId } from '../model/graph.ts'
import type { Monitor, MonitorSet } from '../parse/document.ts'
import { alertArguments } from './alert-arguments.ts'
import { lowerAction, lowerChecks, lowerLift } from './lower-gates.ts'
import { plainNode, type Lowering } from './lowering.ts'
import { madeBy } from './recipe.ts'
import { invocationOf } from './scope.ts'

export function lowerMonitors(set: MonitorSet, lowering: Lowering): Graph {
  const monitors = set.monitors.flatMap((monitor) => lowerMonitor(set, monitor, lowering) ?? [])
  const base = plainNode('@root', set.title.value, set.id.span)
  const children = monitors.map(({ node }) => node)
  const root = lowering.add({ kind: 'block', ...base, order: 'sequence', judge: 'all', children })
  return { id: set.graph, title: set.title.value, nodes: lowering.nodes, root, inputs: [], locks: [], monitors }
}

/** Undefined where it names an unknown method. */
function lowerMonitor(set: MonitorSet, monitor: Monitor, lowering: Lowering): MonitorSpec | undefined {
  const { id, title, layer, everyMs, level, to, action } = monitor
  const check = lowerChecks(monitor, monitor.checks, lowering)
  if (check === undefined || lowering.nodes.has(id.value)) return undefined
  const rule = `${set.graph}/${id.value}`
  // What acts by itself comes before the alert that tells of it.
  const acts = monitor.onFail.flatMap((act, i) =>
    lowerAction(act, `${id.value}@fail${String(i + 1)}`, rule, monitor, lowering),
  )
  const nodes = [...acts, ...alertOf(monitor, lowering)]
  const lifts = monitor.onFail.some((act) => act.kind === 'hold') ? lowerLift(rule, monitor, lowering) : []
  const node = lowering.add({
    ...check,
    title,
    onFail: nodes.length > 0 ? { kind: 'act', nodes } : { kind: 'continue' },
    onPass: lifts,
  })
  return { node, layer, everyMs, level: level.value, to, action: action ?? '' }
}

type Args = Expr<Readonly<Record<string, unknown>>>

/** A dashboard is looked at and sends nothing. */
function alertOf(monitor: Monitor, lowering: Lowering): readonly NodeId[] {
  const definition = lowering.scope.catalogue.get('alerts.raise')
  if (definition === undefined || monitor.level.value === 'dashboard') return []
  const { id, title, level, to, action, onFail } = monitor
  const does = onFail.map((act) => (act.kind === 'hold' ? `held (${act.hold})` : act.call.method.value))
  const told = { name: id.value, level: level.value, to, title, did: does, action: action ?? '' }
  const { details } = monitor
  const args: Args =
    details === undefined
      ? madeBy({ make: 'constant', value: told }, { text: title, span: id.span, reads: [], evaluate: () => told })
      : madeBy({ make: 'alert', given: told, node: details }, alertArguments(told, lowering.scope.text(details)))
  return [
    lowering.add({
      kind: 'action',
      ...plainNode(`${id.value}@alert`, `Alert: ${title}`, id.span),
      do: invocationOf(definition, args),
    }),
  ]
}
