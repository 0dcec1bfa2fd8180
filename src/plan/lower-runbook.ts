/** A runbook: its steps in a row, then its verification, which is judged whatever became of the steps. */
import type { Graph, InputSpec } from '../model/graph.ts'
import type { Runbook } from '../parse/document.ts'
import { lowerSteps } from './lower-step.ts'
import { plainNode, type Lowering } from './lowering.ts'

export function lowerRunbook(runbook: Runbook, lowering: Lowering): Graph {
  const { span } = runbook.id
  const locks = runbook.locks.map((lock) => lowering.scope.text(lock))
  const children = [
    lowering.add({
      kind: 'block',
      ...plainNode('@steps', 'Steps', span),
      order: 'sequence',
      judge: 'stop',
      children: lowerSteps(runbook.steps, '', lowering),
    }),
    lowering.add({
      kind: 'block',
      ...plainNode('@verify', 'Verify', span),
      order: 'sequence',
      judge: 'all',
      children: lowerSteps(runbook.verify, '', lowering),
    }),
  ]
  const base = plainNode('@root', runbook.title.value, span)
  const root = lowering.add({ kind: 'block', ...base, order: 'sequence', judge: 'all', children })
  return {
    id: runbook.graph,
    title: runbook.title.value,
    nodes: lowering.nodes,
    root,
    inputs: runbook.inputs.map(specOf),
    locks,
    category: runbook.category,
    ...(runbook.records === undefined ? {} : { records: runbook.records.value }),
  }
}

export const specOf = ({ span: _span, ...spec }: Runbook['inputs'][number]): InputSpec => spec
