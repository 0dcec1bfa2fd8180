/**
 * W1 State is a fold over the records and over nothing else.
 * W2 A record never changes what an earlier one meant. `superseded` opens a new visit of its place and of every place of the same frame
 *    that was touched after it; what an old visit still says is ignored.
 */
import type { JournalRecord, Place } from '../model/journal.ts'
import { frameOf } from './place.ts'
import { untouched, type Attempt, type Entry, type Ref, type Saved, type State } from './state.ts'

export interface Folding {
  readonly state: State
  /** Takes in one more record; `state` then includes it. */
  readonly apply: (record: JournalRecord, ref?: Ref) => void
  /** Where the log holds a record that was taken in before it lay there. */
  readonly locate: (record: JournalRecord, ref: Ref) => void
}

export function fold(records: readonly JournalRecord[]): State {
  const folding = startFold()
  for (const record of records) folding.apply(record)
  return folding.state
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
interface Draft extends Mutable<Omit<State, 'entries' | 'saved' | 'done'>> {
  readonly entries: Map<string, Entry>
  readonly saved: Map<string, Map<string, Saved>>
  done: Place[]
}

/** The same one record at a time, so that a long run is not folded anew after each. */
export function startFold(): Folding {
  const draft: Draft = {
    entries: new Map(),
    saved: new Map(),
    epoch: 'none',
    locks: [],
    done: [],
    records: 0,
    reopened: 0,
  }
  return {
    state: draft,
    apply: (record, ref) => {
      draft.records++
      if ('at' in record) applyAt(draft, record, ref)
      else applyToRun(draft, record)
    },
    locate: (record, ref) => {
      if (!('at' in record) || !hasEvidence(record)) return
      const entry = draft.entries.get(record.at.path)
      if (entry?.visit === record.at.visit) draft.entries.set(record.at.path, { ...entry, ref })
    },
  }
}

type OfRun = Exclude<JournalRecord, { readonly at: Place }>
type OfPlace = Extract<JournalRecord, { readonly at: Place }>

function applyToRun(draft: Draft, record: OfRun): void {
  switch (record.kind) {
    case 'opened':
      draft.opened = record
      draft.epoch = record.epoch
      draft.locks = record.locks
      return
    case 'continued':
      delete draft.parked
      if (record.locks !== undefined) draft.locks = record.locks
      return
    case 'confirmed':
      draft.epoch = record.epoch
      draft.confirmedBy = record.by
      return
    case 'parked':
      draft.parked = record
      return
    case 'closed':
      draft.closed = record
      return
  }
}

function applyAt(draft: Draft, record: OfPlace, ref: Ref | undefined): void {
  const { path, visit } = record.at
  const before = draft.entries.get(path)
  if (before !== undefined && visit < before.visit) return
  const current = before?.visit === visit ? before : { ...untouched, visit, order: draft.entries.size }
  if (before?.outcome !== undefined || record.kind === 'superseded') draft.reopened++
  if (record.kind === 'superseded') {
    draft.entries.set(path, current)
    supersede(draft, path, current.order)
    return
  }
  const entry = after(current, record)
  draft.entries.set(path, hasEvidence(record) && ref !== undefined ? { ...entry, ref } : entry)
  if ('saved' in record) save(draft, path, record.saved)
  if ((record.kind === 'acted' && record.result === 'ok') || (record.kind === 'settled' && record.as === 'ok')) {
    if (entry.attempts.find((attempt) => attempt.attempt === record.attempt)?.undoes === undefined)
      draft.done.push(record.at)
  }
}

const hasEvidence = (record: OfPlace): boolean => 'evidence' in record

function after(entry: Entry, record: Exclude<OfPlace, { readonly kind: 'superseded' }>): Entry {
  switch (record.kind) {
    case 'entered':
      return { ...entry, entered: record }
    case 'sample':
      return { ...entry, samples: [...entry.samples, record] }
    case 'intent': {
      const { attempt, time, key, args, undoes } = record
      const begun = { attempt, time, key, args, ...(undoes === undefined ? {} : { undoes }) }
      return { ...entry, attempts: [...entry.attempts, begun] }
    }
    case 'acted':
      return changeAttempt(entry, record, { result: record.result, endedAt: record.time, evidence: record.evidence })
    case 'settled':
      return changeAttempt(entry, record, { settled: record.as, endedAt: record.time, evidence: record.evidence })
    case 'answer':
      return { ...entry, answer: record }
    case 'approved':
    case 'declined':
      return { ...entry, decisions: [...entry.decisions, record] }
    case 'found':
      return { ...entry, found: record }
    case 'taken':
    case 'left':
      return { ...entry, leaf: record }
    case 'published':
      return { ...entry, published: [...entry.published, record.event] }
    case 'waived':
      return { ...entry, waived: record }
    case 'outcome':
      return { ...entry, outcome: record }
  }
}

function changeAttempt(entry: Entry, { attempt }: { readonly attempt: number }, change: Partial<Attempt>): Entry {
  return { ...entry, attempts: entry.attempts.map((a) => (a.attempt === attempt ? { ...a, ...change } : a)) }
}

function save(draft: Draft, path: string, values: Readonly<Record<string, unknown>>): void {
  const frame = frameOf(path)
  const names = draft.saved.get(frame) ?? new Map<string, Saved>()
  for (const [name, value] of Object.entries(values)) names.set(name, { value, path })
  draft.saved.set(frame, names)
}

function supersede(draft: Draft, target: string, order: number): void {
  const frame = frameOf(target)
  for (const [path, entry] of [...draft.entries]) {
    if (!path.startsWith(frame) || entry.order < order) continue
    draft.entries.set(path, { ...untouched, visit: entry.visit + 1, order: entry.order })
    for (const names of draft.saved.values()) {
      for (const [name, saved] of [...names]) if (saved.path === path) names.delete(name)
    }
  }
}
