/** The window of one gate: the last one that had begun at a moment. */
import { calendarOf } from '../../calendar/calendars.ts'
import { isCadence, latestWindow, type Window } from '../../calendar/window.ts'
import type { Graph, NodeId } from '../../model/graph.ts'

/** `node`: the gate or one of its checks. Throws where the document has no such gate: lint lets none through. */
export function gateWindow({ id, cadence }: Graph, node: NodeId, atMs: number): Window {
  const gate = cadence?.gates.find((g) => g.node === node || node.startsWith(`${g.node}.`))
  const calendar = cadence === undefined ? undefined : calendarOf(cadence.calendar)
  if (cadence === undefined || gate === undefined || calendar === undefined || !isCadence(cadence.name))
    throw new Error(`${id} has no window for ${node}`)
  return latestWindow(calendar, cadence.name, gate.due, atMs)
}
