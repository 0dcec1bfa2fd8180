/** Which rules look at a step: by what it does, not by whether it keeps them. */
import { effectsOf, nameOf } from '../../check/effects.ts'
import type { Library } from '../../check/rule.ts'
import type { Graph, Node } from '../../model/graph.ts'

type Effects = ReturnType<typeof effectsOf>

const loosening = ['reconcile-before-loosening', 'cause-before-resume', 'limits-never-loosened']
const promotions = ['registry.setAlias', 'inference.setAllocation', 'inference.switchTo']

/** Their codes. */
export function rulesFor(library: Library, graph: Graph, node: Node): readonly string[] {
  const effects = node.kind === 'leaf' ? new Set<never>() : effectsOf(library, [node])
  const codes = [...lawsOfEffects(graph, effects).map((law) => `law/${law}`), ...rulesOfForm(node)]
  return [...new Set(codes)]
}

function lawsOfEffects(graph: Graph, effects: Effects): readonly string[] {
  const all = [...effects]
  const names = new Set(all.map(nameOf))
  const isDeploy = graph.category === 'deploy' || graph.category === 'drift'
  return [
    ...(names.has('desk.halt') ? ['halt-always'] : []),
    ...(all.some(({ loosens }) => loosens) ? loosening : []),
    ...(all.some(({ tightens }) => tightens) ? ['tightening-has-no-undo'] : []),
    ...(all.some(({ effect }) => effect === 'once') ? ['no-blind-retry'] : []),
    ...(isDeploy && all.some(({ risk }) => risk === 'adds') ? ['slow-return'] : []),
    ...(graph.category !== 'rollback' && promotions.some((name) => names.has(name)) ? ['no-immortal-model'] : []),
    ...(names.has('research.train') ? ['leakage-before-retrain'] : []),
    ...(names.has('storage.restore') ? ['tested-backup'] : []),
    ...(names.has('desk.hold') || names.has('desk.liftHold') ? ['own-hold'] : []),
  ]
}

function rulesOfForm(node: Node): readonly string[] {
  const facts = node.establishes.length > 0 ? ['law/guard-needs-evidence'] : []
  switch (node.kind) {
    case 'check':
      return [
        ...facts,
        ...(nameOf(node.check.method) === 'storage.backups' ? ['law/tested-backup'] : []),
        ...(node.mode.kind === 'hold' ? ['check/hold-has-every'] : []),
        ...(node.mode.kind === 'within' ? ['check/poll-has-every'] : []),
      ]
    case 'action':
      return node.undo === undefined ? [] : ['check/undo-fits']
    case 'approval':
      return ['check/approval-before']
    case 'evidence':
      return ['law/evidence-is-earned']
    case 'question':
      return [
        'law/answers-lead-somewhere',
        'check/unsure-tie',
        ...(node.needs === undefined ? [] : ['law/guard-needs-evidence']),
      ]
    case 'leaf':
      return [
        'law/leaf-kind-fits',
        ...(node.leaf === 'kill-switch' ? ['law/halt-always'] : node.leaf === 'resume' ? ['law/slow-return'] : []),
      ]
    case 'attest':
    case 'wait':
    case 'call':
    case 'block':
      return facts
  }
}
