/**
 * Which gates are due, for the home screen: from the index that the build makes of the shipped gate sets, because nothing is compiled
 * there. `desk gates` is what judges.
 */
import { readPackaged } from './packaged-json.ts'
import type { RunSummary } from '../audit/runs.ts'
import { readRun } from '../audit/segment-read.ts'
import { calendarOf } from '../calendar/calendars.ts'
import { isCadence, latestWindow, phaseOf } from '../calendar/window.ts'
import { formatMoment } from '../calendar/zone.ts'
import type { GateSpec } from '../model/graph.ts'

export interface DueGate {
  readonly cadence: string
  readonly id: string
  readonly title: string
  /** RFC 3339: until when. */
  readonly to: string
  /** That moment is over. */
  readonly overdue: boolean
}

/** A gate set as the build writes it. */
export interface IndexedSet {
  readonly id: string
  readonly cadence: string
  readonly calendar: string
  readonly gates: readonly (Pick<GateSpec, 'due' | 'marketTime'> & { readonly id: string; readonly title: string })[]
}
export const indexFile = 'gates.json'

/** Gates whose window is open, or over without a result, and that have not passed in it. Pre-launch is asked for, never due. */
export function dueGates(stateDir: string, runs: readonly RunSummary[], nowMs: number): readonly DueGate[] {
  return readIndex().flatMap((set) => {
    const calendar = calendarOf(set.calendar)
    const { cadence } = set
    if (calendar === undefined || !isCadence(cadence) || cadence === 'pre-launch') return []
    return set.gates.flatMap(({ id, title, due, marketTime }) => {
      const window = latestWindow(calendar, cadence, due, nowMs)
      const phase = phaseOf(window, nowMs)
      if (phase === 'pending' || (phase === 'over' && marketTime)) return []
      const hasPassed = runs.some(
        (run) =>
          run.graph === `gates/${set.id}` &&
          Date.parse(run.openedAt) >= window.fromMs &&
          passedIn(stateDir, run, set.id, id),
      )
      return hasPassed
        ? []
        : [{ cadence: set.id, id, title, to: formatMoment(window.toMs, calendar.zone), overdue: phase === 'over' }]
    })
  })
}

function passedIn(stateDir: string, run: RunSummary, set: string, gate: string): boolean {
  const { entries, problems } = readRun(stateDir, run.run)
  const outcome = entries.findLast((entry) => entry.event === 'outcome' && entry.step === `gates/${set}#${gate}`)
  return problems.length === 0 && (outcome?.result === 'ok' || outcome?.result === 'waived')
}

const readIndex = (): readonly IndexedSet[] => readPackaged(indexFile, isIndexedSet)

const isIndexedSet = (value: unknown): value is IndexedSet =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  'cadence' in value &&
  'calendar' in value &&
  'gates' in value &&
  Array.isArray(value.gates)
