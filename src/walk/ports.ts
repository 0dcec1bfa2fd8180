/** All that the walker needs of the world. Nothing here is implemented in this directory but for `headless.ts` and the run's own journal. */
import type { Duration, EvidenceNode, Graph, GraphId, LeafNode, Node, NodeId, QuestionNode } from '../model/graph.ts'
import type { Bound, Evidence, JournalRecord, Need, Person, Place } from '../model/journal.ts'
import type { Outcome } from '../model/outcome.ts'
import type { Adapter } from '../ports/adapter.ts'
import type { Args } from './command.ts'
import type { Attempt, Ref, State } from './state.ts'

export interface Clock {
  readonly now: () => Date
  /** Ends early, without an error, when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Real time, also where `now` is not: a call that hangs must end. */
  readonly deadline: (ms: number) => Deadline
  /** When a duration that began at a moment is over. */
  readonly dueMs: (duration: Duration, fromMs: number) => number
  /** The next session's open or close after a moment. */
  readonly nextMs: (at: 'open' | 'close', fromMs: number) => number
  /**
   * The date of the last session that had closed at a moment, by the calendar of a gate set or else the desk's; empty, which is no date,
   * where the calendar cannot tell.
   */
  readonly closedSession: (atMs: number, calendar: string | undefined) => string
  /** When the window of a gate closes: the last one that had begun at a moment. */
  readonly windowEndMs: (graph: Graph, gate: NodeId, atMs: number) => number
}
export interface Deadline {
  readonly expired: Promise<void>
  readonly signal: AbortSignal
  readonly cancel: () => void
}

export interface Journal {
  /** Durable when it returns, in this order. Throws AuditUnwritable (73) or Fenced (75); nothing more may be done then. */
  readonly append: (records: readonly JournalRecord[]) => readonly Ref[]
  /** Throws Fenced when somebody else has taken the run over. */
  readonly fence: () => void
  /** Evidence for other runs, announced in the ledger. */
  readonly publish: (evidence: { readonly event: string; readonly status: string; readonly title: string }) => void
  /** Keeps what is too large for a record; answers its SHA-256. */
  readonly keep: (text: string) => string
  /** Takes more resources for the rest of the run, or says who has them. Taking what one has is no error. */
  readonly lock: (resources: readonly string[], graph: Graph) => LockAnswer
  /** Ends the segment; the last call for this run and process. */
  readonly park: (needs: readonly Need[], resumeAt: string | undefined) => void
  readonly close: (outcome: Outcome, reason: string | undefined, unsettled?: readonly string[]) => void
}
export type LockAnswer =
  | { readonly kind: 'taken'; readonly record: JournalRecord | undefined; readonly ref?: Ref }
  | { readonly kind: 'held'; readonly by: string }

/** What a trading process may do now, in the scope of the arguments, and the grant or halt in force. */
export interface Permission {
  readonly allowed: 'all' | 'reduce-only' | 'none'
  readonly epoch: string
}
export interface Gates {
  /** Asked immediately before every effect, with nothing awaited in between; never cached. Throwing counts as `none`. */
  readonly ask: (method: string, args: Args) => Permission
  /** The grant in force, for whoever decides nothing but whether to ask a person first. Throws where it cannot be told. */
  readonly epoch: () => string
}

export type EvidenceAnswer =
  | {
      readonly kind: 'found'
      readonly status: string
      readonly at: string
      readonly source: string
      readonly observed?: unknown
    }
  | { readonly kind: 'none' }
  | { readonly kind: 'doubtful'; readonly reason: string }
export interface EvidenceLog {
  /** The newest record of an event since a moment. */
  readonly find: (event: string, sinceMs: number) => EvidenceAnswer
  /** When the window of a gate set's node began: the last one that had begun at a moment. */
  readonly windowStartMs: (graph: Graph, node: EvidenceNode, atMs: number) => number
}

/** What a person is shown. The need says what is asked. */
export type Ask = { readonly run: string; readonly graph: GraphId; readonly need: Need; readonly state: State } & (
  | {
      readonly kind: 'answer'
      readonly node: QuestionNode
      readonly text: string
      readonly look: readonly string[]
      /** What the probe read, and what it would answer: absent where it could not tell. */
      readonly probe?: { readonly method: string; readonly evidence: Evidence; readonly answer?: string }
      readonly canGoBack: boolean
    }
  | { readonly kind: 'attest'; readonly node: Node; readonly text: string }
  | { readonly kind: 'act'; readonly node: LeafNode; readonly offers: readonly Offer[] }
  | { readonly kind: 'settle'; readonly node: Node; readonly attempt: Attempt; readonly method: string }
  | { readonly kind: 'confirm'; readonly epoch: string; readonly since: string }
  | { readonly kind: 'approval'; readonly node: Node; readonly offers: string; readonly bound: readonly Bound[] }
)
/** One action of a leaf. Arguments are absent where they are not known yet. */
export interface Offer {
  readonly id: string
  readonly title: string
  readonly does: string
  readonly args?: Args
}

export type Reply =
  /** Nobody is there: the run parks, or a probe answers. */
  | { readonly kind: 'nobody' }
  /** A person leaves now; whatever else is open waits. */
  | { readonly kind: 'park' }
  | { readonly kind: 'back'; readonly by: Person }
  | { readonly kind: 'answer'; readonly answer: string; readonly by: Person; readonly reason?: string }
  | { readonly kind: 'attested'; readonly by: Person; readonly reason: string }
  | { readonly kind: 'taken' | 'left'; readonly by: Person; readonly reason?: string }
  | {
      readonly kind: 'settled'
      readonly as: 'ok' | 'failed' | 'not-done'
      readonly by: Person
      readonly reason?: string
    }
  | { readonly kind: 'confirmed'; readonly by: Person }

/** A decision about an approval, from the approver's own segment. */
export interface Decision {
  readonly kind: 'approved' | 'declined'
  readonly by: Person
  readonly offers: string
  readonly ref: string
}
export interface People {
  /** Asked for one thing at a time, when nothing else can go on. */
  readonly meet: (ask: Ask) => Promise<Reply>
  /** All decisions so far, of people who hold the role. */
  readonly decisions: (at: Place, role: string) => readonly Decision[]
  /** Wakes somebody; never fails and never holds up. */
  readonly page: (text: string) => void
}

export type WalkEvent =
  | { readonly kind: 'recorded'; readonly record: JournalRecord; readonly node?: Node }
  | {
      readonly kind: 'reading' | 'acting' | 'settling'
      readonly at: Place
      readonly node: Node
      readonly method: string
      readonly args: Args
    }
  /** One sample of a poll or hold, also where none of them goes on record. */
  | {
      readonly kind: 'sampled'
      readonly at: Place
      readonly node: Node
      readonly verdict: string
      readonly evidence: Evidence
    }
  | { readonly kind: 'sleeping'; readonly at: Place; readonly untilMs: number }
  | { readonly kind: 'asking'; readonly need: Need }

export interface Ports {
  readonly clock: Clock
  readonly journal: Journal
  readonly invoke: Pick<Adapter, 'read' | 'act' | 'lookup'>
  readonly gates: Gates
  readonly evidence: EvidenceLog
  readonly people: People
  readonly observe: (event: WalkEvent) => void
  /** Aborted by a signal, whose name is the reason: the run parks. */
  readonly interrupted: AbortSignal
  /** When something last took up due runs by itself; undefined: never seen. */
  readonly heartbeatMs: () => number | undefined
  /** Waits this short keep the process; 0: every wait parks. */
  readonly stayMs: number
}
