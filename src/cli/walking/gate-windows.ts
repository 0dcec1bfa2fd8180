/** When the gates of a set are due, and what earlier runs of the same window gave. */
import { asItStands } from '../../audit/presence.ts'
import type { Procedure } from './procedure.ts'
import { listRuns } from '../../audit/runs.ts'
import { readRun } from '../../audit/segment-read.ts'
import { calendarOf } from '../../calendar/calendars.ts'
import { isCadence, latestWindow, nextWindow, phaseOf } from '../../calendar/window.ts'
import { formatMoment } from '../../calendar/zone.ts'
import { isAlive } from '../../lock/liveness.ts'
import type { Graph } from '../../model/graph.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { startFold } from '../../walk/fold.ts'
import { placeOf } from '../../walk/place.ts'
import { gatesResult, type GateResult, type GateWindow } from '../../walk/result.ts'
import { journalOf } from '../../walk/journal-entry.ts'
import { hashOfDocument } from '../../walk/read-run.ts'
import { measuredMs } from '../../walk/next-gates.ts'
import { entryAt, type State } from '../../walk/state.ts'

export interface TimedWindow extends GateWindow {
  readonly fromMs: number
  readonly toMs: number
  readonly marketTime: boolean
}

/** What the calendar and earlier runs say of a set: which of its gates are open now. */
export function dueOf(
  { graph, library }: Pick<Procedure, 'graph' | 'library'>,
  stateDir: string,
  nowMs: number,
): {
  readonly windows: ReadonlyMap<string, TimedWindow>
  readonly earlier: ReadonlyMap<string, GateResult>
  readonly open: readonly string[]
} {
  const windows = windowsOf(graph, nowMs)
  const text = library.documents.get(graph.id)?.text ?? ''
  const earlier = earlierResults(stateDir, { graph, text }, windows, nowMs)
  // What failed and is overdue can still be put right: only its own pass lifts the hold that it placed.
  const isOpen = ({ phase, marketTime }: TimedWindow): boolean => phase === 'due' || (phase === 'over' && !marketTime)
  const open = [...windows]
    .filter(([id, window]) => isOpen(window) && earlier.get(id)?.status !== 'pass')
    .map(([id]) => id)
  return { windows, earlier, open }
}

/**
 * By gate, in the order of the document. The latest window counts until the next one begins. A run that was opened earlier keeps the
 * windows of then.
 */
export function windowsOf(graph: Graph, nowMs: number, openedMs: number = nowMs): ReadonlyMap<string, TimedWindow> {
  const { cadence } = graph
  const calendar = cadence === undefined ? undefined : calendarOf(cadence.calendar)
  if (cadence === undefined || calendar === undefined || !isCadence(cadence.name)) {
    throw new DeskError(
      'bad-cadence',
      exitCodes.invalidDocument,
      `${graph.id} has no cadence that desk knows`,
      'desk lint',
    )
  }
  const { name } = cadence
  return new Map(
    cadence.gates.map((gate) => {
      const last = latestWindow(calendar, name, gate.due, openedMs)
      // Once a market-time window is over it says what was missed only until that trading day ends.
      const isStale = phaseOf(last, openedMs) === 'over' && openedMs - last.toMs > staleAfterMs
      const window = isStale ? nextWindow(calendar, name, gate.due, openedMs) : last
      const moment = (ms: number): string => formatMoment(ms, calendar.zone)
      return [
        gate.node,
        {
          ...window,
          from: moment(window.fromMs),
          to: moment(window.toMs),
          phase: phaseOf(window, nowMs),
          marketTime: gate.marketTime,
        },
      ]
    }),
  )
}
/** A missed window is shown for this long; after that the next one is what matters. */
const staleAfterMs = 12 * 3_600_000

/**
 * Results of closed runs inside the same window: kept, not computed again. A pass stands; a failure is walked anew. Nothing counts that
 * was walked by another text of the set, that is dated in the future, or that came too late for market time.
 */
export function earlierResults(
  stateDir: string,
  set: { readonly graph: Graph; readonly text: string },
  windows: ReadonlyMap<string, TimedWindow>,
  nowMs: number,
): ReadonlyMap<string, GateResult> {
  const { graph } = set
  const pinned = hashOfDocument(set.text)
  const earliest = Math.min(...[...windows.values()].map((w) => w.fromMs))
  const found = new Map<string, GateResult>()
  for (const listed of listRuns(stateDir)) {
    const run = asItStands(stateDir, listed, isAlive)
    const openedMs = Date.parse(run.openedAt)
    if (run.graph !== graph.id || run.state !== 'closed' || !(openedMs >= earliest && openedMs <= nowMs)) continue
    const read = readRun(stateDir, run.run)
    if (read.problems.length > 0) continue
    const folding = startFold()
    for (const { record, ref } of journalOf(read)) folding.apply(record, ref)
    const { state } = folding
    if (state.opened?.pinned.documents.find(({ id }) => id === graph.id)?.sha256 !== pinned) continue
    const { gates } = gatesResult(
      { graphs: new Map([[graph.id, graph]]), root: graph.id, run: run.run, state },
      windows,
    )
    for (const gate of gates) {
      const window = windows.get(gate.id)
      if (window === undefined || gate.status === 'pending' || gate.status === 'missed' || openedMs < window.fromMs)
        continue
      if (!isTooLate(state, graph, gate.id, window)) found.set(gate.id, gate)
    }
  }
  return found
}

/** A run that was opened in time may have measured something when the window was over. */
function isTooLate(state: State, graph: Graph, gate: string, { marketTime, toMs }: TimedWindow): boolean {
  const outcome = entryAt(state, placeOf('', graph.id, gate)).outcome
  return marketTime && !((measuredMs(state, graph, gate) ?? Date.parse(outcome?.time ?? '')) < toMs)
}

/** What a run of gates that is looked at or taken up later is told with; nothing for what is no gate set. */
export function gatesOfRun(
  stateDir: string,
  { graph, text }: { readonly graph: Graph | undefined; readonly text: string },
  { time, selected }: { readonly time: string; readonly selected?: readonly string[] },
  nowMs: number,
): Pick<Procedure, 'windows' | 'earlier' | 'only'> {
  if (graph?.cadence === undefined) return {}
  const openedMs = Date.parse(time)
  const windows = windowsOf(graph, nowMs, openedMs)
  const earlier = earlierResults(stateDir, { graph, text }, windows, nowMs)
  const wasOpen = ([id, window]: readonly [string, TimedWindow]): boolean => {
    const phase = phaseOf(window, openedMs)
    return (phase === 'due' || (phase === 'over' && !window.marketTime)) && earlier.get(id)?.status !== 'pass'
  }
  // Gates that were due and not asked for: the run was partial, and stays so.
  const isPartial = selected !== undefined && [...windows].some((each) => wasOpen(each) && !selected.includes(each[0]))
  return { windows, earlier, ...(isPartial ? { only: selected } : {}) }
}
