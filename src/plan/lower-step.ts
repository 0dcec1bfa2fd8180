/** One authored step becomes one node, or a few: a wait before a delayed check, a block for parallel steps. */
import type { CheckMode, CheckNode, Expr, NodeId } from '../model/graph.ts'
import type { CheckStep, DoStep, Step } from '../parse/document.ts'
import { plainNode, type Lowering } from './lowering.ts'
import { madeBy } from './recipe.ts'

/** A hold whose samples lie further apart than this many intervals starts anew. */
const maxGapIntervals = 3

/** The nodes of a list, in order. `prefix` keeps ids of leaves and gates apart, e.g. `rate-limited.`. */
export const lowerSteps = (steps: readonly Step[], prefix: string, lowering: Lowering): readonly NodeId[] =>
  steps.flatMap((step) => lowerStep(step, prefix, lowering))

/** Nodes that run one after the other; none where the step names something unknown. */
function lowerStep(step: Step, prefix: string, lowering: Lowering): readonly NodeId[] {
  switch (step.kind) {
    case 'do':
      return lowerDo(step, prefix, lowering)
    case 'check':
      return lowerCheck(step, prefix, lowering)
    case 'wait': {
      const { until, guardsRisk } = step
      return [lowering.add({ kind: 'wait', ...commonOf(step, prefix, lowering), until, guardsRisk })]
    }
    case 'approve': {
      const { role, count, expiresMs } = step
      const of = step.of.map(({ value }) => prefix + value)
      return [lowering.add({ kind: 'approval', ...commonOf(step, prefix, lowering), role, count, of, expiresMs })]
    }
    case 'attest': {
      const ask = lowering.scope.text(step.ask)
      const common = commonOf(step, prefix, lowering)
      const of = step.of === undefined ? {} : { of: step.of }
      return [lowering.add({ kind: 'attest', ...common, role: step.role, ask, ...of, ...saved(step) })]
    }
    case 'run': {
      const graph = `runbook/${step.call.runbook.value}` as const
      const common = commonOf(step, prefix, lowering, lowering.titleOf(graph))
      return [lowering.add({ kind: 'call', ...common, graph, inputs: lowering.inputs(step.call) })]
    }
    case 'parallel': {
      const children = step.steps.flatMap((child) =>
        together(lowerStep(child, prefix, lowering), child, prefix, lowering),
      )
      const common = commonOf(step, prefix, lowering)
      return [lowering.add({ kind: 'block', ...common, order: 'parallel', judge: 'all', children })]
    }
  }
}

/** Within a parallel block, nodes that belong to one step still run one after the other. */
function together(ids: readonly NodeId[], step: Step, prefix: string, lowering: Lowering): readonly NodeId[] {
  if (ids.length < 2) return ids
  const { title } = commonOf(step, prefix, lowering)
  const base = plainNode(`${prefix}${step.id.value}@sequence`, title, step.span)
  return [lowering.add({ kind: 'block', ...base, order: 'sequence', judge: 'stop', children: ids })]
}

function commonOf(step: Step, prefix: string, lowering: Lowering, fallbackTitle?: string) {
  const id = prefix + step.id.value
  const { title = fallbackTitle ?? step.id.value, when } = step
  return {
    ...plainNode(id, title, step.span),
    ...(when === undefined ? {} : { when: lowering.scope.condition(when) }),
    onFail: lowering.onFail(step.onFail),
  }
}

const saved = ({ save }: { readonly save: DoStep['save'] }): { readonly save?: string } =>
  save === undefined ? {} : { save: save.value }

function lowerDo(step: DoStep, prefix: string, lowering: Lowering): readonly NodeId[] {
  const { scope } = lowering
  const call = scope.invocation(step.call, step.timeoutMs)
  if (call === undefined) return []
  const undo = step.undo === undefined ? undefined : scope.invocation(step.undo)
  const settleCheck = step.settle === undefined ? undefined : scope.invocation(step.settle.call)
  const summary = scope.catalogue.get(step.call.method.value)?.summary
  return [
    lowering.add({
      kind: 'action',
      ...commonOf(step, prefix, lowering, summary),
      do: call,
      ...saved(step),
      ...(step.retry === undefined ? {} : { retry: step.retry.value }),
      ...(undo === undefined ? {} : { undo }),
      ...(step.settle === undefined || settleCheck === undefined
        ? {}
        : { settle: { check: settleCheck, done: scope.expectation(step.settle.done, step.settle.call) } }),
    }),
  ]
}

function lowerCheck(step: CheckStep, prefix: string, lowering: Lowering): readonly NodeId[] {
  const node = checkNodeOf(step, prefix, lowering)
  if (node === undefined) return []
  if (step.after === undefined) return [lowering.add(node)]
  const { when } = node
  const wait = {
    ...plainNode(`${node.id}@after`, `Wait before: ${node.title}`, step.after.span),
    ...(when && { when }),
  }
  return [lowering.add({ kind: 'wait', ...wait, until: step.after.value, guardsRisk: false }), lowering.add(node)]
}

/** Undefined where the method is unknown. */
export function checkNodeOf(step: CheckStep, prefix: string, lowering: Lowering): CheckNode | undefined {
  const { scope } = lowering
  const check = scope.invocation(step.call, step.timeoutMs)
  if (check === undefined) return undefined
  const summary = scope.catalogue.get(step.call.method.value)?.summary
  return {
    kind: 'check',
    ...commonOf(step, prefix, lowering, summary),
    check,
    expect: step.expect === undefined ? whenRead(step) : scope.expectation(step.expect, step.call),
    record: step.record.map((scalar) => scope.recorded(scalar, step.call)),
    mode: modeOf(step),
    establishes: step.guards === undefined ? [] : [step.guards.value],
    ...saved(step),
  }
}

/** A check that only records or saves passes when its value was read. */
export const whenRead = (step: CheckStep): Expr<boolean> =>
  madeBy({ make: 'constant', value: true }, { text: 'true', span: step.span, reads: [], evaluate: () => true })

/** Where `every` is missing, which is reported elsewhere, there is nothing to poll with. */
function modeOf({ within, for: lasts, every }: CheckStep): CheckMode {
  if (every === undefined) return { kind: 'once' }
  const everyMs = every.value
  if (within !== undefined) return { kind: 'within', ms: within.value, everyMs }
  if (lasts === undefined) return { kind: 'once' }
  return { kind: 'hold', duration: lasts.value, everyMs, maxGapMs: maxGapIntervals * everyMs }
}
