/** How the windows of a gate set come about, and the window of one gate. */
import { openingEventMs } from './opening-event.ts'
import type { Calendar } from '../../calendar/calendar.ts'
import { calendarOf } from '../../calendar/calendars.ts'
import { type Cadence, isCadence, latestWindow, type Window, windowAfter } from '../../calendar/window.ts'
import type { Due, Graph, NodeId } from '../../model/graph.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'

/** By the calendar's periods, or by the latest event, where one has happened. */
export interface Rhythm {
  readonly calendar: Calendar
  readonly cadence: Cadence
  readonly eventMs: number | undefined
}

/** Throws DeskError for a set that no rule let through, and where an event cannot be believed. */
export function rhythmOf(graph: Graph, stateDir: string, atMs: number): Rhythm {
  const { calendar, cadence } = periodsOf(graph)
  const eventMs = cadence === 'event' ? openingEventMs(stateDir, graph.cadence?.after ?? [], atMs) : undefined
  return { calendar, cadence, eventMs }
}

/** The window that counts at a moment; undefined where the event that would open it has not happened. */
export function windowNow({ calendar, cadence, eventMs }: Rhythm, due: Due, atMs: number): Window | undefined {
  if (cadence !== 'event') return latestWindow(calendar, cadence, due, atMs)
  return eventMs === undefined ? undefined : windowAfter(due, eventMs)
}

/**
 * The last one that had begun at a moment. `node`: the gate or one of its checks; `eventMs`: when the event happened that opened it.
 * Throws where the document has no such gate, or no such window: lint and `windowsOf` let none through.
 */
export function gateWindow(graph: Graph, node: NodeId, atMs: number, eventMs?: number): Window {
  const gate = graph.cadence?.gates.find((g) => g.node === node || node.startsWith(`${g.node}.`))
  const window = gate === undefined ? undefined : windowNow({ ...periodsOf(graph), eventMs }, gate.due, atMs)
  if (window === undefined) throw new Error(`${graph.id} has no window for ${node}`)
  return window
}

function periodsOf({ id, cadence }: Graph): Pick<Rhythm, 'calendar' | 'cadence'> {
  const calendar = cadence === undefined ? undefined : calendarOf(cadence.calendar)
  if (cadence === undefined || calendar === undefined || !isCadence(cadence.name))
    throw new DeskError('bad-cadence', exitCodes.invalidDocument, `${id} has no cadence that desk knows`, 'desk lint')
  return { calendar, cadence: cadence.name }
}
