/** Gates on market time: what freshness and hashes say after the open is no answer to whether they were right before it. */
import type { Graph, NodeId } from '../model/graph.ts'
import { record, spotOf, timeOf, type Frame } from './frame.ts'
import type { Step } from './command.ts'
import { placeOf } from './place.ts'
import { entryAt, type State } from './state.ts'

/**
 * W19 A gate on market time is judged by what was measured while its window was open, however late that is put together. What would
 *    still have to be looked at, or was looked at too late, is not judged: the gate is missed, and as nothing is known, nothing that
 *    its failure would do is done. The window is the one in which the run was opened.
 */
export function missedOr(frame: Frame, id: NodeId, step: Step): Step {
  const { graph, state, world, prefix } = frame
  const gate = graph.cadence?.gates.find(({ node }) => node === id)
  const { at, entry } = spotOf(frame, id)
  if (gate?.marketTime !== true || prefix !== '' || state.opened === undefined) return step
  if (entry.outcome !== undefined || entry.waived !== undefined) return step
  const endMs = world.windowEndMs(graph, id, Date.parse(state.opened.time))
  if (world.nowMs < endMs) return step
  const isOpen = step.kind === 'go' && step.commands.some((command) => command.kind !== 'record')
  const measured = measuredMs(state, graph, id)
  if (!isOpen && measured !== undefined && measured < endMs) return step
  const reason = `its window closed at ${new Date(endMs).toISOString()}, before it was judged`
  return record({ kind: 'outcome', at, time: timeOf(frame), outcome: 'failed', reason, missed: true })
}

/** When the last thing was seen that a gate is judged by; undefined where nothing was. */
export function measuredMs(state: State, graph: Graph, id: NodeId): number | undefined {
  const node = graph.nodes.get(id)
  const { samples, answer } = entryAt(state, placeOf('', graph.id, id))
  const own = [...samples.map(({ time }) => time), ...(answer === undefined ? [] : [answer.time])].map(Date.parse)
  const below = node?.kind === 'block' ? node.children.flatMap((child) => measuredMs(state, graph, child) ?? []) : []
  const all = [...own, ...below]
  return all.length === 0 ? undefined : Math.max(...all)
}
