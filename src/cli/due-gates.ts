/**
 * Which gates are due, for the home screen: from the index that the build makes of the shipped gate sets, because nothing is compiled
 * there. `desk gates` is what judges.
 */
import { readPackaged } from './packaged-json.ts'
import type { Glance } from '../audit/glance.ts'
import type { RunSummary } from '../audit/runs.ts'
import { readRun } from '../audit/segment-read.ts'
import { BeyondHorizon, type Calendar } from '../calendar/calendar.ts'
import { calendarOf } from '../calendar/calendars.ts'
import { isCadence, latestWindow, phaseOf, type Window, windowAfter } from '../calendar/window.ts'
import { waiverIn } from '../audit/waiver.ts'
import { formatMoment } from '../calendar/zone.ts'
import type { Due, GateSpec } from '../model/graph.ts'

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
  /** Events of which the latest opens the windows. */
  readonly after?: readonly string[]
  readonly gates: readonly (Pick<GateSpec, 'due' | 'marketTime'> & { readonly id: string; readonly title: string })[]
}
export const indexFile = 'gates.json'

/** A set whose gates can be due, with the window of each that counts now. */
interface Watched {
  readonly set: IndexedSet
  readonly calendar: Calendar
  /** Undefined where an event opens them: the log tells when. */
  readonly windows: readonly (Window | undefined)[]
  /** Why it is not known: then all of them count as over. */
  readonly unknown?: string
}

/** Which gates the calendar has made due. Pre-launch is asked for, never due. Beyond the calendar what is not known is due. */
export function watchedGates(nowMs: number): readonly Watched[] {
  // Most gates of a set share their window.
  const known = new Map<string, Window>()
  return readIndex().flatMap((set): Watched[] => {
    const calendar = calendarOf(set.calendar)
    const { cadence } = set
    if (calendar === undefined || !isCadence(cadence) || cadence === 'pre-launch') return []
    const windowOf = (due: Due): Window | undefined => {
      if (cadence === 'event') return undefined
      const key = `${set.calendar} ${cadence} ${JSON.stringify(due)}`
      const window = known.get(key) ?? latestWindow(calendar, cadence, due, nowMs)
      known.set(key, window)
      return window
    }
    try {
      return [{ set, calendar, windows: set.gates.map(({ due }) => windowOf(due)) }]
    } catch (error) {
      if (!(error instanceof BeyondHorizon)) throw error
      const over = { fromMs: nowMs, toMs: nowMs }
      return [{ set, calendar, windows: set.gates.map(() => over), unknown: error.message }]
    }
  })
}

/** Whether an ended run can matter: it was opened in a window that counts. */
export function wantsRun(watched: readonly Watched[]): (graph: string, openedMs: number) => boolean {
  const sinceMs = new Map(
    watched.map(({ set, windows }) => [
      `gates/${set.id}`,
      Math.min(...windows.map((window) => window?.fromMs ?? Number.NEGATIVE_INFINITY)),
    ]),
  )
  return (graph, openedMs) => !(openedMs < (sinceMs.get(graph) ?? Number.POSITIVE_INFINITY))
}

/** Gates whose window is open, or over without a result, and that have not passed in it. */
export function dueGates(
  stateDir: string,
  watched: readonly Watched[],
  { runs, evidence }: Pick<Glance, 'runs' | 'evidence'>,
  nowMs: number,
): readonly DueGate[] {
  const results = new Map<string, ReadonlyMap<string, string>>()
  const resultIn = ({ run }: RunSummary, place: string): string | undefined => {
    const known = results.get(run) ?? resultsOf(stateDir, run)
    results.set(run, known)
    return known.get(place)
  }
  return watched.flatMap(({ set, calendar, windows }) => {
    const own = runs.filter(({ graph }) => graph === `gates/${set.id}`)
    const openedMs = openedBy(set, evidence)
    return set.gates.flatMap(({ id, title, due, marketTime }, i) => {
      const window = windows[i] ?? (openedMs === undefined ? undefined : windowAfter(due, openedMs))
      const phase = window === undefined ? 'pending' : phaseOf(window, nowMs)
      if (window === undefined || phase === 'pending' || (phase === 'over' && marketTime)) return []
      const place = `gates/${set.id}#${id}`
      const hasPassed = own.some((run) => Date.parse(run.openedAt) >= window.fromMs && isGood(resultIn(run, place)))
      return hasPassed || waiverIn(evidence, place, stateDir, nowMs) !== undefined
        ? []
        : [{ cadence: set.id, id, title, to: formatMoment(window.toMs, calendar.zone), overdue: phase === 'over' }]
    })
  })
}

const isGood = (result: string | undefined): boolean => result === 'ok' || result === 'waived'

/** When the latest of a set's events happened, going by what was announced. */
function openedBy({ after = [] }: IndexedSet, evidence: Glance['evidence']): number | undefined {
  const moments = after.flatMap((event) => {
    const newest = evidence.findLast((line) => line.event === event)
    return newest?.status === 'pass' ? [Date.parse(newest.at)] : []
  })
  return moments.length === 0 ? undefined : Math.max(...moments)
}

/** How the gates of a run ended, by place; nothing of a run that is damaged. */
function resultsOf(stateDir: string, run: string): ReadonlyMap<string, string> {
  const { entries, problems } = readRun(stateDir, run)
  if (problems.length > 0) return new Map()
  return new Map(
    entries.flatMap(({ event, step, result }) =>
      event === 'outcome' && step !== undefined && result !== undefined ? [[step, result] as const] : [],
    ),
  )
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
