/** When the gates of a set are due, and what earlier runs of the same window gave. */
import { rhythmOf, windowNow } from './gate-window.ts'
import { asItStands } from '../../audit/presence.ts'
import type { Procedure } from './procedure.ts'
import { listRuns } from '../../audit/runs.ts'
import { readLedger } from '../../audit/ledger-read.ts'
import { readRun } from '../../audit/segment-read.ts'
import { waiverEvent, waiverIn } from '../../audit/waiver.ts'
import { nextWindow, phaseOf } from '../../calendar/window.ts'
import { formatMoment } from '../../calendar/zone.ts'
import { isAlive } from '../../lock/liveness.ts'
import type { Graph } from '../../model/graph.ts'
import { startFold } from '../../walk/fold.ts'
import { placeOf } from '../../walk/place.ts'
import { gatesResult, type GateResult, type GateWaiver, type GateWindow } from '../../walk/result.ts'
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
  /** Who opened the runs that `earlier` is of. */
  readonly judgedBy: ReadonlyMap<string, string>
  readonly waivers: ReadonlyMap<string, GateWaiver>
  readonly open: readonly string[]
} {
  const windows = windowsOf(graph, stateDir, nowMs)
  const text = library.documents.get(graph.id)?.text ?? ''
  const found = earlierResults(stateDir, { graph, text }, windows, nowMs)
  const earlier = new Map([...found].map(([id, { gate }]) => [id, gate]))
  const judgedBy = new Map([...found].map(([id, { by }]) => [id, by]))
  // What failed and is overdue can still be put right: only its own pass lifts the hold that it placed.
  const isOpen = ({ phase, marketTime }: TimedWindow): boolean => phase === 'due' || (phase === 'over' && !marketTime)
  const open = [...windows]
    .filter(([id, window]) => isOpen(window) && earlier.get(id)?.status !== 'pass')
    .map(([id]) => id)
  return { windows, earlier, judgedBy, waivers: waiversOf(graph, stateDir, nowMs), open }
}

/** Waivers in force, by gate. */
function waiversOf({ id, cadence }: Graph, stateDir: string, nowMs: number): ReadonlyMap<string, GateWaiver> {
  const lines = readLedger(stateDir).lines.flatMap(({ value }) =>
    value.kind === 'evidence' && value.event === waiverEvent ? [value] : [],
  )
  return new Map(
    (cadence?.gates ?? []).flatMap(({ node }): [string, GateWaiver][] => {
      const waiver = waiverIn(lines, `${id}#${node}`, stateDir, nowMs)
      return waiver === undefined ? [] : [[node, waiver]]
    }),
  )
}

/**
 * By gate, in the order of the document. The latest window counts until the next one begins. A run that was opened earlier keeps the
 * windows of then.
 */
export function windowsOf(
  graph: Graph,
  stateDir: string,
  nowMs: number,
  openedMs: number = nowMs,
): ReadonlyMap<string, TimedWindow> {
  const rhythm = rhythmOf(graph, stateDir, openedMs)
  const { calendar, cadence } = rhythm
  return new Map(
    (graph.cadence?.gates ?? []).flatMap(({ node, due, marketTime }): [string, TimedWindow][] => {
      const last = windowNow(rhythm, due, openedMs)
      if (last === undefined) return []
      // What was missed is told until that trading day ends; what can still be put right is overdue until its next window begins.
      const isStale = marketTime && phaseOf(last, openedMs) === 'over' && openedMs - last.toMs > staleAfterMs
      const window = isStale && cadence !== 'event' ? nextWindow(calendar, cadence, due, openedMs) : last
      const moment = (ms: number): string => formatMoment(ms, calendar.zone)
      const told = { from: moment(window.fromMs), to: moment(window.toMs), phase: phaseOf(window, nowMs) }
      return [[node, { ...window, ...told, marketTime }]]
    }),
  )
}
/** A missed window is shown for this long; after that the next one is what matters. */
export const staleAfterMs = 12 * 3_600_000

/**
 * Results of closed runs inside the same window: kept, not computed again. A pass stands; a failure is walked anew. Nothing counts that
 * was walked by another text of the set, that is dated in the future, or that came too late for market time.
 */
export function earlierResults(
  stateDir: string,
  set: { readonly graph: Graph; readonly text: string },
  windows: ReadonlyMap<string, TimedWindow>,
  nowMs: number,
): ReadonlyMap<string, { readonly gate: GateResult; readonly by: string }> {
  const { graph } = set
  const pinned = hashOfDocument(set.text)
  const earliest = Math.min(...[...windows.values()].map((w) => w.fromMs))
  const found = new Map<string, { readonly gate: GateResult; readonly by: string }>()
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
      if (!isTooLate(state, graph, gate.id, window)) found.set(gate.id, { gate, by: state.opened.by.id })
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
): Pick<Procedure, 'windows' | 'earlier' | 'only' | 'waivers'> {
  if (graph?.cadence === undefined) return {}
  const openedMs = Date.parse(time)
  const windows = windowsOf(graph, stateDir, nowMs, openedMs)
  const found = earlierResults(stateDir, { graph, text }, windows, nowMs)
  const earlier = new Map([...found].map(([id, { gate }]) => [id, gate]))
  const wasOpen = ([id, window]: readonly [string, TimedWindow]): boolean => {
    const phase = phaseOf(window, openedMs)
    return (phase === 'due' || (phase === 'over' && !window.marketTime)) && earlier.get(id)?.status !== 'pass'
  }
  // Gates that were due and not asked for: the run was partial, and stays so.
  const isPartial = selected !== undefined && [...windows].some((each) => wasOpen(each) && !selected.includes(each[0]))
  const waivers = waiversOf(graph, stateDir, nowMs)
  return { windows, earlier, waivers, ...(isPartial ? { only: selected } : {}) }
}
