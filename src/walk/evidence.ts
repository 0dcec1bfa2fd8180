/** Whether evidence that another run left will do. */
import type { EvidenceNode, Graph } from '../model/graph.ts'
import type { Evidence, Verdict } from '../model/journal.ts'
import type { EvidenceAnswer, Ports } from './ports.ts'
import { messageOf } from './scope.ts'

/** The newest piece decides: an older pass never stands in for a newer failure. Windows are those in which the run was opened. */
export function findEvidenceFor(
  node: EvidenceNode,
  graph: Graph,
  openedMs: number,
  { clock, evidence }: Pick<Ports, 'clock' | 'evidence'>,
): { readonly verdict: Verdict; readonly evidence: Evidence } {
  const nowMs = clock.now().getTime()
  const expected = `${node.event} with status pass`
  const base = { source: 'audit', asOf: new Date(nowMs).toISOString(), expected, observed: null }
  let found: EvidenceAnswer
  try {
    found = evidence.find(node.event, sinceMs())
  } catch (error) {
    return { verdict: 'undetermined', evidence: { ...base, reason: messageOf(error) } }
  }
  if (found.kind === 'none') return { verdict: 'failed', evidence: { ...base, reason: `no ${node.event} in time` } }
  if (found.kind === 'doubtful') return { verdict: 'undetermined', evidence: { ...base, reason: found.reason } }
  const { status, at, source } = found
  const seen = { ...base, source, asOf: at, observed: { status, at } }
  if (isTooOld(at))
    return { verdict: 'failed', evidence: { ...seen, reason: `${node.event} is of ${at}, which is too old` } }
  if (status === 'pass') return { verdict: 'ok', evidence: seen }
  const verdict = status === 'fail' || status === 'refused' ? 'failed' : 'undetermined'
  return { verdict, evidence: { ...seen, reason: `${node.event} ended ${status}` } }

  function sinceMs(): number {
    if (node.young.kind === 'window') return evidence.windowStartMs(graph, node, openedMs)
    const { duration } = node.young
    return duration.unit === 'ms' ? nowMs - duration.n : 0
  }
  /** Sessions are counted forwards from the evidence. */
  function isTooOld(at: string): boolean {
    if (node.young.kind === 'window' || node.young.duration.unit === 'ms') return false
    return clock.dueMs(node.young.duration, Date.parse(at)) < nowMs
  }
}
