/** Decisions of approvers. Each lies in a segment of its own, because a run's segment has one writer. */
import { newId } from '../audit/id.ts'
import { listRuns } from '../audit/runs.ts'
import { openSegment } from '../audit/segment.ts'
import { readRun } from '../audit/segment-read.ts'
import type { Person, Place } from '../model/journal.ts'
import type { Desk } from './desk.ts'
import type { Decision } from './ports.ts'
import { isObject } from './scope.ts'

/** Puts a decision about exactly what was offered on record. Durable when it returns; answers its reference. */
export function recordDecision(
  desk: Desk,
  decision: {
    readonly kind: Decision['kind']
    readonly run: string
    readonly at: Place
    readonly offers: string
    readonly by: Person
    /** Armored, where that is how they were recognised. */
    readonly signature?: string
  },
): string {
  const { kind, run, at, offers, by, signature } = decision
  const signed = signature === undefined ? {} : { signature }
  const id = newId('approval', desk.now, desk.random)
  const writer = openSegment({
    stateDir: desk.stateDir,
    run: id,
    k: 0,
    header: { event: kind, step: at.path, data: { kind, run, at, offers, by, ...signed } },
    envelope: { ...desk.envelope, actor: by.id },
    summary: { title: `${kind} for ${run}` },
    now: desk.now,
  })
  writer.close({ outcome: kind })
  return `${writer.name}:0`
}

/** All decisions about a place of a run by people of whom `mayDecide` holds. Damaged segments decide nothing. */
export function readDecisions(
  desk: Pick<Desk, 'stateDir'>,
  run: string,
  at: Place,
  mayDecide: (by: Person) => boolean,
): readonly Decision[] {
  return listRuns(desk.stateDir, 'approval').flatMap(({ run: id, title }) => {
    if (title?.endsWith(` for ${run}`) !== true) return []
    const read = readRun(desk.stateDir, id)
    const first = read.entries[0]
    if (read.problems.length > 0 || !isObject(first?.data)) return []
    const { kind, run: about, at: place, offers, by } = first.data
    if ((kind !== 'approved' && kind !== 'declined') || about !== run || typeof offers !== 'string') return []
    if (!isObject(place) || place['path'] !== at.path || place['visit'] !== at.visit) return []
    if (!isPerson(by) || by.id !== first.actor || !mayDecide(by)) return []
    return [{ kind, by, offers, ref: `${id}.0.ndjson:0` }]
  })
}

export const isPerson = (value: unknown): value is Person =>
  isObject(value) && typeof value['id'] === 'string' && typeof value['via'] === 'string'
