/**
 * Giving a run up. What it has done stays as it is, so that takes two people: one asks, and another one agrees by typing the same; where
 * the run is handed over, the other one is who takes it. Undoing is a walk of its own (`undo.ts`).
 */
import { newId } from '../audit/id.ts'
import { listRuns } from '../audit/runs.ts'
import { openSegment } from '../audit/segment.ts'
import { readRun } from '../audit/segment-read.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Person } from '../model/journal.ts'
import { isPerson } from './approvals.ts'
import type { Desk } from './desk.ts'
import { knownRun, readJournal, unsettled } from './read-run.ts'
import { closeAborted, runLock, type Held } from './resources.ts'
import { isObject } from './scope.ts'
import type { State } from './state.ts'

export type Disposition =
  /** Everything stays as it is; a second person agrees. */
  | { readonly kind: 'leave'; readonly second: Person; readonly reason: string }
  /** Everything stays as it is, and is from now on the business of whoever takes it over. */
  | { readonly kind: 'hand-over'; readonly second: Person; readonly reason: string }

/** Throws DeskError `second-person` (77). What is unsettled is on record with the end, and goes on being listed. */
export function abortRun(
  desk: Desk,
  id: string,
  by: Person,
  disposition: Disposition,
): Held | { readonly kind: 'aborted'; readonly unsettled: readonly string[] } {
  const { kind, second, reason } = disposition
  if (isSame(second, by))
    throw new DeskError(
      'second-person',
      exitCodes.notAuthorised,
      `${by.id} cannot be the second person`,
      'somebody else has to agree',
    )
  const lock = runLock(desk, knownRun(id), by)
  if (lock.kind === 'held') return { kind: 'held', by: `${id} is being walked by ${lock.who} since ${lock.since}` }
  try {
    const state = openState(desk, id)
    const summary = listRuns(desk.stateDir).find((run) => run.run === id)
    if (summary === undefined) throw new DeskError('run-closed', exitCodes.usage, `${id} has ended`)
    const open = unsettled(state)
    const what = kind === 'leave' ? `left as it is, agreed by ${second.id}` : `handed over to ${second.id}`
    const rest = open.length === 0 ? '' : `; unsettled: ${open.join(', ')}`
    closeAborted(desk, summary, by, `${what}: ${reason}${rest}`, open)
    return { kind: 'aborted', unsettled: open }
  } finally {
    lock.release()
  }
}

/** Throws DeskError `run-closed` (64). */
function openState(desk: Desk, id: string): State {
  const { state } = readJournal(desk, id)
  if (state.closed === undefined) return state
  throw new DeskError('run-closed', exitCodes.usage, `${id} has ended: ${state.closed.outcome}`, `desk run show ${id}`)
}

/** One person wants to give a run up and waits for another one. */
export interface AbortAsked {
  readonly disposition: Disposition['kind']
  readonly by: Person
  readonly reason: string
  /** Who takes it over; with `hand-over` only. */
  readonly to?: string
}

/** Durable when it returns. Throws DeskError `run-closed` (64). */
export function askToAbort(desk: Desk, run: string, asked: AbortAsked): void {
  const { records } = openState(desk, run)
  const id = newId('approval', desk.now, desk.random)
  openSegment({
    stateDir: desk.stateDir,
    run: id,
    k: 0,
    header: { event: askedEvent, data: { run, records, ...asked } },
    envelope: { ...desk.envelope, actor: asked.by.id },
    summary: { title: titleFor(run) },
    now: desk.now,
  }).close({ outcome: 'asked' })
}

/** What `person` may agree to now: asked by somebody else, of the run as it still is, and where it is handed over, to this person. */
export function findAsked(
  desk: Desk,
  run: string,
  disposition: Disposition['kind'],
  person: Person,
): AbortAsked | undefined {
  const { records } = openState(desk, run)
  return listRuns(desk.stateDir, 'approval')
    .filter(({ title }) => title === titleFor(run))
    .flatMap(({ run: id }) => askedIn(desk, id, run, records))
    .findLast(
      (asked) =>
        asked.disposition === disposition &&
        !isSame(asked.by, person) &&
        (asked.to === undefined || isSame({ id: asked.to }, person)),
    )
}

function askedIn(desk: Desk, id: string, run: string, records: number): readonly AbortAsked[] {
  const read = readRun(desk.stateDir, id)
  const first = read.entries[0]
  if (read.problems.length > 0 || first?.event !== askedEvent || !isObject(first.data)) return []
  const { run: about, records: then, disposition, by, reason, to } = first.data
  if (about !== run || then !== records || (disposition !== 'leave' && disposition !== 'hand-over')) return []
  if (!isPerson(by) || by.id !== first.actor || typeof reason !== 'string') return []
  if (disposition === 'leave') return [{ disposition, by, reason }]
  return typeof to === 'string' ? [{ disposition, by, reason, to }] : []
}

const askedEvent = 'abort.asked'
const titleFor = (run: string): string => `abort asked for ${run}`
const isSame = (a: Pick<Person, 'id'>, b: Pick<Person, 'id'>): boolean => a.id.toLowerCase() === b.id.toLowerCase()
