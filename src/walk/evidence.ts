/** Whether evidence that another run left will do. */
import type { EvidenceNode, Graph } from '../model/graph.ts'
import type { Evidence, Verdict } from '../model/journal.ts'
import type { EvidenceAnswer, Ports } from './ports.ts'
import { messageOf } from './scope.ts'

type Looked =
  | { readonly kind: 'judged'; readonly verdict: Verdict; readonly evidence: Evidence }
  /** None that is young enough, and there is still time to leave some. */
  | { readonly kind: 'not-yet'; readonly reason: string }

/**
 * The newest piece decides: an older pass never stands in for a newer failure. Only its absence can wait, and only until the window ends.
 * Windows are those in which the run was opened.
 */
export function findEvidenceFor(
  node: EvidenceNode,
  graph: Graph,
  openedMs: number,
  { clock, evidence }: Pick<Ports, 'clock' | 'evidence'>,
): Looked {
  const nowMs = clock.now().getTime()
  const expected = `${node.event} with status pass`
  const base = { source: 'audit', asOf: new Date(nowMs).toISOString(), expected, observed: null }
  let found: EvidenceAnswer
  let untilMs: number
  try {
    untilMs = clock.windowEndMs(graph, node.id, openedMs)
    found = evidence.find(node.event, sinceMs())
  } catch (error) {
    return judged('undetermined', { ...base, reason: messageOf(error) })
  }
  if (found.kind === 'doubtful') return judged('undetermined', { ...base, reason: found.reason })
  if (found.kind === 'none') return lacking(base, `no ${node.event}`)
  const { status, at, source } = found
  const seen = { ...base, source, asOf: at, observed: { status, at } }
  if (isTooOld(at)) return lacking(seen, `no younger ${node.event} than of ${at}`)
  if (status === 'pass') return judged('ok', seen)
  const verdict = status === 'fail' || status === 'refused' ? 'failed' : 'undetermined'
  return judged(verdict, { ...seen, reason: `${node.event} ended ${status}` })

  function lacking(what: Evidence, why: string): Looked {
    // A launch makes these due, whatever the clock says.
    const isDueNow = graph.cadence?.name === 'pre-launch'
    if (!isDueNow && nowMs < untilMs) return { kind: 'not-yet', reason: `${why} yet; it is due by ${iso(untilMs)}` }
    return judged('failed', { ...what, reason: `${why} in time` })
  }
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

const judged = (verdict: Verdict, evidence: Evidence): Looked => ({ kind: 'judged', verdict, evidence })
const iso = (ms: number): string => new Date(ms).toISOString()
