/** A monitor as alerts elsewhere tell of it. */
import { expressed, type Expressed } from './expressible.ts'
import type { Env, Graph, MonitorSpec } from '../../model/graph.ts'

export interface MonitorRule {
  readonly set: string
  readonly id: string
  readonly title: string
  readonly spec: MonitorSpec
  readonly forMs: number
  /** What desk does by itself where it watches; nothing but desk does it. */
  readonly acts: readonly string[]
  readonly expressed: Expressed
}

/** How soon somebody has to answer, by level. */
export const answeredWithin = { low: '4h', medium: '1h', high: '5m', critical: '0m' } as const

export function monitorRules(set: string, graph: Graph, env: Env): readonly MonitorRule[] {
  return (graph.monitors ?? []).map((spec) => {
    const node = graph.nodes.get(spec.node)
    const onFail = node?.onFail.kind === 'act' ? node.onFail.nodes : []
    const acts = onFail.flatMap((id) => {
      const act = graph.nodes.get(id)
      const name = act?.kind === 'action' ? `${act.do.method.port}.${act.do.method.name}` : ''
      return name === '' || name === 'alerts.raise' ? [] : [name]
    })
    const forMs = node?.kind === 'check' && node.mode.kind === 'within' ? node.mode.ms : 0
    const isSent = spec.level !== 'dashboard'
    return {
      ...{ set, id: spec.node, title: node?.title ?? spec.node, spec, forMs, acts },
      expressed: isSent ? expressed(graph, spec, env) : { kind: 'left', reason: 'a dashboard sends nothing' },
    }
  })
}
