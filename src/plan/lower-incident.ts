/** A class of incidents: what is done at once comes first, then how it was found is put on record; its review is judged whatever became of the rest. */
import type { CheckNode, Graph, Node } from '../model/graph.ts'
import type { IncidentClass } from '../parse/document.ts'
import { specOf } from './lower-runbook.ts'
import { checkNodeOf, lowerSteps, whenRead } from './lower-step.ts'
import { plainNode, type Lowering } from './lowering.ts'
import { madeBy } from './recipe.ts'

export function lowerIncident(incident: IncidentClass, lowering: Lowering): Graph {
  const { span } = incident.id
  const detection = incident.detect.flatMap((step) => {
    const node = checkNodeOf(step, '', lowering)
    if (node === undefined) return []
    lowering.add({ ...node, id: `${node.id}@detect`, onFail: { kind: 'continue' } })
    return [lowering.add(onRecord(node, whenRead(step)))]
  })
  const block = (id: string, title: string, children: readonly string[], judge: 'stop' | 'all'): string => {
    const node: Node = { kind: 'block', ...plainNode(id, title, span), order: 'sequence', judge, children }
    return lowering.add(node)
  }
  const act = lowerSteps(incident.act, '', lowering)
  const contain = lowerSteps(incident.contain, '', lowering)
  const steps = block('@steps', 'Act and contain', [...act, ...detection, ...contain], 'stop')
  const verify = block('@verify', 'Review', lowerSteps(incident.review, '', lowering), 'all')
  const lock = `incident:${incident.id.value}`
  return {
    id: incident.graph,
    title: incident.title.value,
    nodes: lowering.nodes,
    root: block('@root', incident.title.value, [steps, verify], 'all'),
    inputs: incident.inputs.map(specOf),
    // No category: a second run of the class joins the first and does not abort it.
    locks: [madeBy({ make: 'constant', value: lock }, { text: lock, span, reads: [], evaluate: () => lock })],
    severity: incident.severity,
    // Outside of the run: what tells whether there is anything to be opened.
    detection: block(
      '@detect',
      'Detection',
      detection.map((id) => `${id}@detect`),
      'all',
    ),
  }
}

/** Whether all is well is put on record and decides nothing: whoever opens the incident may know better than the rule. */
const onRecord = (node: CheckNode, whenMeasured: CheckNode['expect']): CheckNode => ({
  ...node,
  expect: whenMeasured,
  record: [node.expect, ...node.record],
  onFail: { kind: 'continue' },
})
