/**
 * The step graph: everything that desk walks. Structure (blocks) for what runs, edges (questions, leaves) for what decides. Runbook,
 * tree and gate set differ only in how they are written and in which laws they must obey. Types only; nothing here touches the world.
 */
export const documentKinds = ['runbook', 'tree', 'gates', 'incident', 'monitors'] as const
export type DocumentKind = (typeof documentKinds)[number]
export type GraphId = `${DocumentKind}/${string}`
/** Unique within its graph: the authored id, or `<id>@after` and the like where lowering adds a node. */
export type NodeId = string

/** A place in a file: UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly file: string
  readonly start: number
  readonly end: number
}

/** What expressions see: `inputs`, `config`, saved values by name and, where a method was called, `result`. Plain JSON values. */
export type Env = Readonly<Record<string, unknown>>

/**
 * A compiled and type-checked expression over plain JSON values. `evaluate` throws `Undetermined` when it cannot tell (a missing
 * value, NaN, a division by zero): the caller must never take that for false.
 */
export interface Expr<T> {
  readonly text: string
  readonly span: Span
  /** Top-level names it needs, e.g. `inputs`, `prior`, `result`. */
  readonly reads: readonly string[]
  readonly evaluate: (env: Env) => T
}

/** What a method does to the world. `once`: after a crash its outcome is unknown; it is never repeated blindly. */
export type Effect = 'none' | 'idempotent' | 'once'
/** `adds`: both gates are asked and the run's epoch must still hold. `reduces`: always possible. */
export type Risk = 'adds' | 'neutral' | 'reduces'

/** An adapter method as the graph knows it. Its schemas live with its definition in `ports/`. */
export interface Method {
  readonly port: string
  readonly name: string
  readonly effect: Effect
  readonly risk: Risk
}

export interface Invocation {
  readonly method: Method
  /** Resolves all arguments at once, interpolations included, to plain JSON. */
  readonly args: Expr<Readonly<Record<string, unknown>>>
  readonly timeoutMs: number
}

/** A length of time: milliseconds, or full trading sessions. */
export interface Duration {
  readonly unit: 'ms' | 'sessions'
  readonly n: number
}
/** When a wait ends, measured from the moment it is entered. */
export type Moment =
  | { readonly kind: 'after'; readonly duration: Duration }
  | { readonly kind: 'next'; readonly at: 'open' | 'close'; readonly offsetMs: number }

export const leafKinds = ['kill-switch', 'rollback', 'throttle', 'investigate', 'resume'] as const
/** From most to least cautious. */
export type LeafKind = (typeof leafKinds)[number]

/** What a node that ended ok has established on its way; the laws of `check/` are recursions over these facts. */
export const facts = ['reconciled', 'cause-known', 'limits-kept'] as const
export type Fact = (typeof facts)[number]

interface Common {
  readonly id: NodeId
  readonly title: string
  readonly span: Span
  /** False: skipped. An expression that cannot tell makes the node undetermined, never skipped. */
  readonly when?: Expr<boolean>
  /** After failed, undetermined or refused. Whatever runs then, the verdict stays. */
  readonly onFail: OnFail
  /** Gates: actions that a pass triggers (lifting the gate's own hold). */
  readonly onPass: readonly NodeId[]
  /** Facts certainly established when this node ends ok. A node with facts can neither be waived nor overruled. */
  readonly establishes: readonly Fact[]
}
export type OnFail =
  | { readonly kind: 'stop' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'go'; readonly graph: GraphId; readonly inputs: Readonly<Record<string, Expr<unknown>>> }
  | { readonly kind: 'act'; readonly nodes: readonly NodeId[] }

export type CheckMode =
  | { readonly kind: 'once' }
  /** Poll until it passes or the time is up. */
  | { readonly kind: 'within'; readonly ms: number; readonly everyMs: number }
  /** Must hold all the time; a sampling gap above `maxGapMs` starts the hold anew. */
  | { readonly kind: 'hold'; readonly duration: Duration; readonly everyMs: number; readonly maxGapMs: number }

export interface ActionNode extends Common {
  readonly kind: 'action'
  readonly do: Invocation
  readonly save?: string
  readonly retry?: { readonly max: number; readonly everyMs: number }
  readonly undo?: Invocation
  /** How an unknown outcome is told: a read-only method and what it must say if the effect took place. */
  readonly settle?: { readonly check: Invocation; readonly done: Expr<boolean> }
}
export interface CheckNode extends Common {
  readonly kind: 'check'
  readonly check: Invocation
  readonly expect: Expr<boolean>
  readonly save?: string
  /** Values put on record. A check with `record` and no `expect` has a constant true `expect`: it passes when measured. */
  readonly record: readonly Expr<unknown>[]
  readonly mode: CheckMode
}
export interface EvidenceNode extends Common {
  readonly kind: 'evidence'
  /** An event that another run recorded, e.g. `reconciliation.completed`. */
  readonly event: string
  readonly young: { readonly kind: 'window' } | { readonly kind: 'duration'; readonly duration: Duration }
}
export interface AttestNode extends Common {
  readonly kind: 'attest'
  readonly role: string
  readonly ask: Expr<string>
  /** What can be said; absent: anything. */
  readonly of?: readonly string[]
  /** Saves {by, reason, at}: who said so, what was said, when. */
  readonly save?: string
}
export interface ApprovalNode extends Common {
  readonly kind: 'approval'
  readonly role: string
  readonly count: number
  /** Whose resolved arguments the approval binds. */
  readonly of: readonly NodeId[]
  readonly expiresMs: number
}
export interface WaitNode extends Common {
  readonly kind: 'wait'
  readonly until: Moment
  /** "Flatten by the close": parks only where `desk run continue --due` was seen in the last 15 minutes; else the process stays and pages. */
  readonly guardsRisk: boolean
}
export interface QuestionNode extends Common {
  readonly kind: 'question'
  readonly ask: Expr<string>
  /** Links and facts to look at before answering. */
  readonly look: readonly Expr<string>[]
  /** `person`: a probe's evidence is shown but never answers. */
  readonly who: 'probe-or-person' | 'person'
  readonly probe?: { readonly check: Invocation; readonly answer: Expr<string>; readonly save?: string }
  readonly to: ReadonlyMap<string, NodeId>
  readonly unsure: NodeId
  /** Facts that an answer establishes on its way, e.g. yes -> reconciled. */
  readonly answers: ReadonlyMap<string, readonly Fact[]>
  /** Where evidence is asked for by a hard principle: this answer counts only if it holds; else the `otherwise` answer is taken and shown. */
  readonly needs?: {
    readonly answer: string
    readonly check: Invocation
    readonly holds: Expr<boolean>
    readonly otherwise: string
  }
}
export interface LeafNode extends Common {
  readonly kind: 'leaf'
  readonly leaf: LeafKind
  readonly because: string
  /** Offered to a person; headless it needs `--act`. */
  readonly do: readonly NodeId[]
  readonly then: readonly GraphId[]
}
export interface CallNode extends Common {
  readonly kind: 'call'
  readonly graph: GraphId
  readonly inputs: Readonly<Record<string, Expr<unknown>>>
}
/** sequence/stop: a runbook's steps. sequence/all: verify and gates, every member is judged. parallel/all: `parallel:`. */
export interface BlockNode extends Common {
  readonly kind: 'block'
  readonly order: 'sequence' | 'parallel'
  readonly judge: 'stop' | 'all'
  readonly children: readonly NodeId[]
}
export type Node =
  | ActionNode
  | CheckNode
  | EvidenceNode
  | AttestNode
  | ApprovalNode
  | WaitNode
  | QuestionNode
  | LeafNode
  | CallNode
  | BlockNode

export interface InputSpec {
  readonly name: string
  readonly type: 'string' | 'int' | 'decimal' | 'bool'
  readonly required: boolean
  readonly default?: unknown
  /** What the paper desk uses when nothing is given, so that every shipped procedure runs there. */
  readonly paper?: unknown
}

/** The window in which a gate is due, in the words of its document. */
export type Anchor = { readonly at: 'open' | 'close' | 'next open' | 'event'; readonly offsetMs: number }
/** With `everyMs` the time from `from` to `to` is cut into windows of that length. */
export interface Due {
  readonly from: Anchor
  readonly to: Anchor
  readonly everyMs?: number
}
export interface GateSpec {
  readonly node: NodeId
  readonly due: Due
  /** Market-time gates are missed, never run late. */
  readonly marketTime: boolean
}

export const severities = ['P0', 'P1', 'P2'] as const
/** P0: no new orders in the scope; P1: a reduction or pause in it; P2: neither. */
export type Severity = (typeof severities)[number]

export const alertLevels = ['dashboard', 'low', 'medium', 'high', 'critical'] as const
/** `dashboard` is sent to nobody, `low` and `medium` queue, `high` wakes, `critical` wakes and acts by itself. */
export type AlertLevel = (typeof alertLevels)[number]

export const monitorLayers = ['infrastructure', 'service', 'application', 'data', 'model', 'pnl', 'business'] as const
export interface MonitorSpec {
  readonly node: NodeId
  readonly layer: (typeof monitorLayers)[number]
  readonly everyMs: number
  readonly level: AlertLevel
  /** Roles that are woken, or channels in which it queues. */
  readonly to: readonly string[]
  /** What the person does about it. */
  readonly action: string
}

export interface Graph {
  readonly id: GraphId
  readonly title: string
  readonly nodes: ReadonlyMap<NodeId, Node>
  /** A tree's root is its first question; a runbook's is the block of `steps` and `verify`; a gate set's the block of its gates. */
  readonly root: NodeId
  readonly inputs: readonly InputSpec[]
  /** Resources, e.g. `model:signal`: held while the run is open, parked or not. */
  readonly locks: readonly Expr<string>[]
  /** Runbooks only. Runs of `incident` and `rollback` abort a parked holder of a lock they need. */
  readonly category?: 'deploy' | 'rollback' | 'incident' | 'drift' | 'broker' | 'operations'
  /** Gate sets only. */
  readonly cadence?: {
    readonly name: string
    readonly calendar: string
    /** Events of which the latest opens the windows, for the cadence `event`. */
    readonly after?: readonly string[]
    readonly gates: readonly GateSpec[]
  }
  /** Incident classes only. */
  readonly severity?: Severity
  /** Incident classes only: a block of checks, outside of the root, of which one that fails says that it has happened. */
  readonly detection?: NodeId
  /** Monitor sets only. */
  readonly monitors?: readonly MonitorSpec[]
  /** An event that a successful run puts on record for gates and trees, e.g. `reconciliation.completed`. */
  readonly records?: string
}
