/** What is known of a run. Built by `fold.ts` alone, from records alone. */
import type { Evidence, JournalRecord, Person, Place } from '../model/journal.ts'
import type { Outcome } from '../model/outcome.ts'

export type RecordOf<K extends JournalRecord['kind']> = Extract<JournalRecord, { readonly kind: K }>

/** Names one record of the log. */
export interface Ref {
  readonly segment: string
  readonly seq: number
}

/** One attempt at an effect. Without a result nobody knows whether it took place. */
export interface Attempt {
  readonly attempt: number
  readonly time: string
  readonly key: string
  readonly args: unknown
  readonly undoes?: Place
  readonly result?: RecordOf<'acted'>['result']
  /** When the result came. */
  readonly endedAt?: string
  readonly settled?: RecordOf<'settled'>['as']
  readonly evidence?: Evidence
}

/** The latest visit of a place. */
export interface Entry {
  readonly visit: number
  /** Places are numbered in the order in which they were first touched. */
  readonly order: number
  readonly entered?: RecordOf<'entered'>
  readonly samples: readonly RecordOf<'sample'>[]
  readonly attempts: readonly Attempt[]
  readonly answer?: RecordOf<'answer'>
  readonly decisions: readonly RecordOf<'approved' | 'declined'>[]
  readonly found?: RecordOf<'found'>
  readonly leaf?: RecordOf<'taken' | 'left'>
  readonly published: readonly string[]
  readonly waived?: RecordOf<'waived'>
  readonly outcome?: RecordOf<'outcome'>
  /** Where the log holds the evidence that counts. */
  readonly ref?: Ref
}

export interface Saved {
  readonly value: unknown
  /** Who saved it: a superseded place takes its values with it. */
  readonly path: string
}

export interface State {
  readonly opened?: RecordOf<'opened'>
  readonly entries: ReadonlyMap<string, Entry>
  /** By frame and name. */
  readonly saved: ReadonlyMap<string, ReadonlyMap<string, Saved>>
  /** The grant under which risk may be added: as opened, or as confirmed since. */
  readonly epoch: string
  readonly confirmedBy?: Person
  /** Resources that the run holds. */
  readonly locks: readonly string[]
  /** Effects that took place, in order, and their undoing is not among them. */
  readonly done: readonly Place[]
  readonly parked?: RecordOf<'parked'>
  readonly closed?: RecordOf<'closed'>
  /** Number of records folded. */
  readonly records: number
  /** How many of them were about a place that was through already: until the next one, what is through stays so. */
  readonly reopened: number
}

/** What a place looks like before anything happened there. */
export const untouched: Entry = { visit: 1, order: -1, samples: [], attempts: [], decisions: [], published: [] }

export const entryAt = (state: State, path: string): Entry => state.entries.get(path) ?? untouched
export const isTouched = (entry: Entry): boolean =>
  entry.entered !== undefined ||
  entry.samples.length > 0 ||
  entry.attempts.length > 0 ||
  entry.answer !== undefined ||
  entry.found !== undefined

/** How the latest attempt ended, settling included; undefined: nobody knows, and nobody has looked. */
export const endOf = (attempt: Attempt): Attempt['settled'] | 'refused' => attempt.settled ?? knownResult(attempt)
const knownResult = ({ result }: Attempt): 'ok' | 'failed' | 'refused' | undefined =>
  result === 'unknown' ? undefined : result

export const outcomeAt = (state: State, path: string): Outcome | undefined => {
  const entry = entryAt(state, path)
  return entry.waived === undefined ? entry.outcome?.outcome : 'waived'
}
