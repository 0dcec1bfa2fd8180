/**
 * The journal of a run. State is a fold over these records, and what to do next a pure function of graphs, state and clock. Each
 * record is the `data` of one audit record whose `event` is its kind. One writer per segment.
 */
import type { GraphId, LeafKind, NodeId } from './graph.ts'
import type { Outcome } from './outcome.ts'

/** Where in the run: the path of node ids through calls, and how often it was entered (back and override enter anew). */
export interface Place {
  readonly path: string
  readonly visit: number
}
/** Who decided. `via` tells how the person was recognised. */
export interface Person {
  readonly id: string
  readonly via: 'login' | 'key' | 'paper' | 'answers-file' | 'flag'
  /** On a paper desk without operators, where nobody was given a role: what was said there was said in every one. */
  readonly roles?: 'every'
  /** The note that keeps the signature and the words that it signs. */
  readonly signed?: string
}
/** What was seen, where, when, and what had been expected. `asOf` is RFC 3339. */
export interface Evidence {
  readonly source: string
  readonly asOf: string
  readonly expected?: string
  readonly observed: unknown
  readonly reason?: string
}
/** One node under an approval: acting is refused where its arguments have another digest. */
export interface Bound {
  readonly node: NodeId
  readonly args: unknown
  readonly digest: string
}
export type Verdict = 'ok' | 'failed' | 'undetermined'

/** What a run pins: every document it can reach, by hash. The bytes lie beside the log; a run goes on with its own. */
export interface Pinned {
  readonly root: GraphId
  readonly documents: readonly { readonly id: GraphId; readonly file: string; readonly sha256: string }[]
}

export type JournalRecord =
  | {
      readonly kind: 'opened'
      readonly schema: 1
      readonly pinned: Pinned
      readonly inputs: Readonly<Record<string, unknown>>
      readonly by: Person
      /** The grant in force when the run began, or `none`. */
      readonly epoch: string
      readonly locks: readonly string[]
      readonly time: string
      /** Gates of this window that are walked; absent: all. */
      readonly selected?: readonly string[]
      readonly title: string
      /** Parked runs that were aborted because this one needs what they held. */
      readonly displaced?: readonly string[]
    }
  | {
      readonly kind: 'continued'
      readonly by: Person
      readonly epoch: string
      readonly time: string
      /** Documents that have changed since; the run goes on with its own. */
      readonly differs?: readonly GraphId[]
      /** Set where the run took more resources: all that it holds from here on. */
      readonly locks?: readonly string[]
    }
  /** A person lets the run go on adding risk although a halt or a grant came in between. */
  | { readonly kind: 'confirmed'; readonly by: Person; readonly epoch: string; readonly time: string }
  | {
      readonly kind: 'entered'
      readonly at: Place
      readonly time: string
      readonly dueAt?: string
      /** Digest of everything that an approval binds. */
      readonly offers?: string
      /** What an approval binds: each node with its resolved arguments. */
      readonly bound?: readonly Bound[]
      /** Of a called document, resolved. */
      readonly inputs?: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'sample'
      readonly at: Place
      readonly time: string
      readonly verdict: Verdict
      readonly evidence: Evidence
      readonly saved?: Readonly<Record<string, unknown>>
      /** What a probe says to its question. */
      readonly answer?: string
      /** Stands for so many samples with the same verdict, `since` that moment, none further apart than a hold allows. */
      readonly samples?: number
      readonly since?: string
    }
  | {
      readonly kind: 'intent'
      readonly at: Place
      readonly time: string
      readonly attempt: number
      readonly method: string
      readonly key: string
      readonly args: unknown
      readonly undoes?: Place
    }
  | {
      readonly kind: 'acted'
      readonly at: Place
      readonly time: string
      readonly attempt: number
      /** `refused`: the gate said no, and nothing was sent. */
      readonly result: 'ok' | 'failed' | 'unknown' | 'refused'
      readonly evidence: Evidence
      readonly saved?: Readonly<Record<string, unknown>>
      /** What the gate said just before. */
      readonly gate?: { readonly allowed: string; readonly epoch: string }
    }
  | {
      readonly kind: 'settled'
      readonly at: Place
      readonly time: string
      readonly attempt: number
      /** `unknown`: neither check nor lookup could tell. */
      readonly as: 'ok' | 'failed' | 'not-done' | 'unknown'
      readonly by: Person | 'check' | 'lookup'
      readonly evidence: Evidence
      readonly saved?: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'answer'
      readonly at: Place
      readonly time: string
      readonly answer: string
      readonly by: Person | 'probe'
      readonly probe?: string
      readonly evidence?: Evidence
      readonly reason?: string
      readonly saved?: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'approved' | 'declined'
      readonly at: Place
      readonly time: string
      readonly by: Person
      readonly offers: string
      readonly ref: string
    }
  /** Arrival at a leaf of a tree: the finding. */
  | {
      readonly kind: 'found'
      readonly at: Place
      readonly time: string
      readonly tree: GraphId
      readonly leaf: string
      readonly as: LeafKind
    }
  /** Evidence for other runs was recorded and announced. */
  | {
      readonly kind: 'published'
      readonly at: Place
      readonly time: string
      readonly event: string
      readonly status: string
    }
  /** A person took or declined what a leaf offers. */
  | {
      readonly kind: 'taken' | 'left'
      readonly at: Place
      readonly time: string
      readonly by: Person
      readonly reason?: string
    }
  | { readonly kind: 'superseded'; readonly at: Place; readonly time: string; readonly by: Person }
  | { readonly kind: 'waived'; readonly at: Place; readonly time: string; readonly by: Person; readonly reason: string }
  | {
      readonly kind: 'outcome'
      readonly at: Place
      readonly time: string
      readonly outcome: Outcome
      readonly reason?: string
      /** A gate whose window closed before it was judged. */
      readonly missed?: true
    }
  | { readonly kind: 'parked'; readonly time: string; readonly needs: readonly Need[] }
  | {
      readonly kind: 'closed'
      readonly time: string
      readonly outcome: Outcome
      readonly reason?: string
      /** Places of effects of which nobody knows whether they took place. */
      readonly unsettled?: readonly string[]
    }

/** What an open run waits for. */
export type Need = { readonly at: Place; readonly title: string } & (
  | {
      readonly kind: 'moment'
      readonly dueAt: string
      /** Risk stays until then: wait in place unless something is known to take the run up in time. */
      readonly guardsRisk?: true
    }
  | { readonly kind: 'answer'; readonly answers: readonly string[] }
  /** `ask`: the question to be answered, where it says more than the title. */
  | { readonly kind: 'attest'; readonly role: string; readonly ask?: string }
  | { readonly kind: 'settle' }
  /** `confirm`: the desk's name, which has to be said where acting loosens. */
  | { readonly kind: 'act'; readonly confirm?: string }
  | { readonly kind: 'approval'; readonly role: string; readonly missing: number }
  | { readonly kind: 'confirm'; readonly name: string }
)
