/** How a change of what is permitted goes on record: one segment per decision, and what it means for permissions as data in it. */
import { newId, timeOf, type IdKind } from '../audit/id.ts'
import type { Redaction } from '../audit/redact.ts'
import type { HoldKind, Token } from './scope.ts'

/** Everything that is not in the state directory. */
export interface Means {
  readonly now: () => Date
  readonly random: (bytes: number) => Uint8Array
  readonly host: string
  readonly traceId: string
  /** What never goes on record; absent where the configuration is not known. */
  readonly redaction?: Redaction
  /** The caller's own (W3C trace context), where another id won over it. */
  readonly traceparent?: string
  /** How long to block the thread for somebody else who is changing permissions; without it two seconds. */
  readonly lockWaitMs?: number
}

export interface Level {
  readonly size: 0 | 0.25 | 0.5 | 1
  readonly orderRate: 0.25 | 0.5 | 1
}

/** The `data` of a record that changed permissions. History is the fold over these. */
export interface Change {
  readonly kind:
    | 'born'
    | 'halted'
    | 'released'
    | 'throttled'
    | 'promoted'
    | 'held'
    | 'lifted'
    | 'removed'
    | 'rearmed'
    | 'session-opened'
    | 'session-closed'
  /** As `nameScope` writes it. */
  readonly scope: string
  readonly by: string
  readonly reason: string
  readonly tightens: readonly Token[]
  /** Carried by the permissions' content. */
  readonly grants?: { readonly id: string; readonly tokens: readonly Token[] }
  /** Before it. */
  readonly from?: Level
  /** After it, where it was meant to set a level. */
  readonly to?: Level
  readonly rule?: string
  readonly holdKind?: HoldKind
  /** Nobody recorded it when it happened; it was found later. */
  readonly silent?: true
  readonly already?: true
  readonly base?: Base
}

/** A halt that no release has lifted. */
export interface StandingHalt {
  readonly id: string
  readonly scope: string
  readonly by: string
  readonly reason: string
  /** RFC 3339. */
  readonly since: string
  readonly silent?: true
}
export interface LastChange extends Pick<Change, 'kind' | 'by' | 'reason'> {
  readonly id: string
  /** RFC 3339. */
  readonly at: string
}
export interface History {
  /** The last grant of each permission that nothing has tightened since. */
  readonly grants: Readonly<Record<string, string>>
  readonly tightened: Readonly<Record<string, string>>
  /** By id; of many halts of one scope the first and the latest ones. */
  readonly halts: readonly StandingHalt[]
  /** Levels from which it was tightened and to which promotion may lead back. */
  readonly sizes: readonly number[]
  readonly orderRates: readonly number[]
  /** The desk has had a permit before. */
  readonly launched?: true
  /** The last change of level or state of the whole desk. */
  readonly level?: LastChange
  /** Id of the last change. */
  readonly last?: string
}
/** Without the bases inside. */
export interface Base {
  /** How many segments it was folded from. */
  readonly of: number
  readonly history: History
}
/** A grant that was approved and then overtaken: the grants of its segment never came into force. */
export const voidEvent = 'grant.void'

/** The part of an id by which decisions of all kinds are ordered. */
export const stampOf = (id: string): string => id.slice(id.indexOf('-') + 1)

/** An id later than `after`, even if the clock has gone back: the order of decisions is the order of their ids. */
export function idAfter(kind: IdKind, after: string | undefined, means: Pick<Means, 'now' | 'random'>): string {
  const id = newId(kind, means.now, means.random)
  if (after === undefined || stampOf(id) > stampOf(after)) return id
  const last = timeOf(after) ?? 0
  return newId(kind, () => new Date(last + 1), means.random)
}
