/** A gate set: every gate is judged. A failed gate places its holds, and only its own pass lifts them. */
import type { Expr, GateSpec, Graph, Invocation, Node, NodeId } from '../model/graph.ts'
import type { CheckStep, Gate, GateAction, GateSet } from '../parse/document.ts'
import { holdArguments } from './hold-arguments.ts'
import { checkNodeOf } from './lower-step.ts'
import { plainNode, type Lowering } from './lowering.ts'
import { madeBy } from './recipe.ts'
import { invocationOf } from './scope.ts'

export function lowerGates(set: GateSet, lowering: Lowering): Graph {
  const specs: GateSpec[] = []
  for (const gate of set.gates) {
    const node = lowerGate(set, gate, lowering)
    const due = set.every === undefined ? gate.due : { ...gate.due, everyMs: set.every.value }
    if (node !== undefined) specs.push({ node, due, marketTime: gate.marketTime })
  }
  const base = plainNode('@root', set.title.value, set.id.span)
  const children = specs.map(({ node }) => node)
  const root = lowering.add({ kind: 'block', ...base, order: 'sequence', judge: 'all', children })
  return {
    id: set.graph,
    title: set.title.value,
    nodes: lowering.nodes,
    root,
    inputs: [],
    locks: [],
    cadence: {
      name: set.cadence,
      calendar: set.calendar,
      ...(set.after === undefined ? {} : { after: set.after.value }),
      gates: specs,
    },
  }
}

/** Undefined where the gate names something unknown. */
function lowerGate(set: GateSet, gate: Gate, lowering: Lowering): NodeId | undefined {
  const id = gate.id.value
  const proof = proofOf(gate, lowering)
  if (proof === undefined || lowering.nodes.has(id)) return undefined
  const rule = `${set.graph}/${id}`
  const actions = gate.onFail.flatMap((action, i) =>
    lowerAction(action, `${id}@fail${String(i + 1)}`, rule, gate, lowering),
  )
  const lifts = gate.onFail.some((action) => action.kind === 'hold') ? lowerLift(rule, gate, lowering) : []
  return lowering.add({
    ...proof,
    title: gate.title,
    onFail: actions.length > 0 ? { kind: 'act', nodes: actions } : { kind: 'continue' },
    onPass: lifts,
  })
}

function proofOf({ id, title, proof }: Gate, lowering: Lowering): Node | undefined {
  const base = plainNode(id.value, title, id.span)
  switch (proof.kind) {
    case 'evidence': {
      const { event, young } = proof
      const age = young === 'window' ? ({ kind: 'window' } as const) : ({ kind: 'duration', duration: young } as const)
      return { kind: 'evidence', ...base, event: event.value, young: age }
    }
    case 'attest':
      return { kind: 'attest', ...base, role: proof.role, ask: lowering.scope.text(proof.ask) }
    case 'checks':
      return lowerChecks({ id, title }, proof.checks, lowering)
  }
}

/** One inline check is a node with the id of what it stands in; several are a block. Undefined where its method is unknown. */
export function lowerChecks({ id, title }: Held, checks: readonly CheckStep[], lowering: Lowering): Node | undefined {
  const [first, second] = checks
  if (first !== undefined && second === undefined && first.id.value === id.value)
    return checkNodeOf(first, '', lowering)
  const nodes = checks.map((check) => checkNodeOf(check, `${id.value}.`, lowering))
  const children = nodes.filter((node) => node !== undefined).map((node) => lowering.add(node))
  return { kind: 'block', ...plainNode(id.value, title, id.span), order: 'sequence', judge: 'all', children }
}

/** A hold takes its reason from what failed. */
type Held = Pick<Gate, 'id' | 'title'>

export function lowerAction(
  action: GateAction,
  id: NodeId,
  rule: string,
  gate: Held,
  lowering: Lowering,
): readonly NodeId[] {
  if (action.kind === 'do') {
    const call = lowering.scope.invocation(action.call)
    if (call === undefined) return []
    const title = lowering.scope.catalogue.get(action.call.method.value)?.summary ?? gate.title
    return [lowering.add({ kind: 'action', ...plainNode(id, title, action.call.method.span), do: call })]
  }
  const scope = lowering.scope.texts(action.scope)
  const given = { rule, kind: action.hold, reason: gate.title }
  const args = madeBy({ make: 'hold', given, node: action.scope }, holdArguments(given, scope))
  return own('desk.hold', id, `Hold: ${gate.title}`, args, action.scope, lowering)
}

export function lowerLift(rule: string, gate: Held, lowering: Lowering): readonly NodeId[] {
  const value = { rule }
  const args: Expr<Readonly<Record<string, unknown>>> = madeBy(
    { make: 'constant', value },
    { text: `{rule: ${rule}}`, span: gate.id.span, reads: [], evaluate: () => value },
  )
  return own('desk.liftHold', `${gate.id.value}@lift`, `Lift the hold: ${gate.title}`, args, gate.id, lowering)
}

/** A method that desk itself brings; a catalogue without it has no holds. */
function own(
  name: string,
  id: NodeId,
  title: string,
  args: Invocation['args'],
  at: { readonly span: Node['span'] },
  lowering: Lowering,
): readonly NodeId[] {
  const definition = lowering.scope.catalogue.get(name)
  if (definition === undefined) return []
  return [lowering.add({ kind: 'action', ...plainNode(id, title, at.span), do: invocationOf(definition, args) })]
}
