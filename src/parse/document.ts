/** Authored documents as they were written: typed, with the place of everything that a later finding may point at. */
import type {
  AlertLevel,
  Anchor,
  Duration,
  Fact,
  GraphId,
  LeafKind,
  Moment,
  MonitorSpec,
  Severity,
} from '../model/graph.ts'
import type { InputSpec } from '../model/graph.ts'
import type { SourceFile } from '../source/file.ts'
import type { PMap, PScalar } from '../source/yaml.ts'
import type { Span } from '../model/graph.ts'
import type { Located } from './form.ts'

export interface MethodCall {
  readonly method: Located<string>
  readonly with: PMap | undefined
}
export interface RunbookCall {
  readonly runbook: Located<string>
  readonly with: PMap | undefined
}
export type OnFailClause =
  | { readonly kind: 'stop' | 'continue' }
  | { readonly kind: 'run'; readonly call: RunbookCall }
  | { readonly kind: 'tree'; readonly tree: Located<string> }

interface StepCommon {
  readonly id: Located<string>
  /** Absent only within leaves and gates. */
  readonly title: string | undefined
  /** What tells the step's kind: the method, the runbook, the moment, or the key itself. */
  readonly span: Span
  /** Items of the sources that it answers. */
  readonly source: readonly string[]
  readonly when: PScalar | undefined
  readonly onFail: OnFailClause
}
export interface DoStep extends StepCommon {
  readonly kind: 'do'
  readonly call: MethodCall
  readonly save: Located<string> | undefined
  readonly timeoutMs: number | undefined
  readonly retry: Located<{ readonly max: number; readonly everyMs: number }> | undefined
  readonly undo: MethodCall | undefined
  readonly settle: { readonly call: MethodCall; readonly done: PScalar } | undefined
}
export interface CheckStep extends StepCommon {
  readonly kind: 'check'
  readonly call: MethodCall
  readonly expect: PScalar | undefined
  readonly record: readonly PScalar[]
  readonly save: Located<string> | undefined
  readonly timeoutMs: number | undefined
  readonly within: Located<number> | undefined
  readonly for: Located<Duration> | undefined
  /** Milliseconds. */
  readonly every: Located<number> | undefined
  readonly after: Located<Moment> | undefined
  readonly guards: Located<Fact> | undefined
}
export interface WaitStep extends StepCommon {
  readonly kind: 'wait'
  readonly until: Moment
  readonly guardsRisk: boolean
}
export interface ApproveStep extends StepCommon {
  readonly kind: 'approve'
  readonly role: string
  readonly of: readonly Located<string>[]
  readonly count: number
  readonly expiresMs: number
}
export interface AttestStep extends StepCommon {
  readonly kind: 'attest'
  readonly role: string
  readonly ask: PScalar
  /** What can be said; absent: anything. */
  readonly of?: readonly string[]
  readonly save: Located<string> | undefined
}
export interface RunStep extends StepCommon {
  readonly kind: 'run'
  readonly call: RunbookCall
}
export interface ParallelStep extends StepCommon {
  readonly kind: 'parallel'
  readonly steps: readonly Step[]
}
export type Step = DoStep | CheckStep | WaitStep | ApproveStep | AttestStep | RunStep | ParallelStep

interface DocumentCommon {
  readonly graph: GraphId
  readonly id: Located<string>
  readonly title: Located<string>
  readonly file: SourceFile
  readonly root: PMap
  /** Where the procedure comes from, e.g. `001/killswitch`. */
  readonly source: readonly string[]
  /** Names that a part saves which could not be read: nothing is said about expressions that use them. */
  readonly lostNames: ReadonlySet<string>
  /** False where a part could not be read: findings that rest on what is absent would mislead. */
  readonly isWhole: boolean
}
export const categories = ['deploy', 'rollback', 'incident', 'drift', 'broker', 'operations'] as const
export type Category = (typeof categories)[number]
/** `session` is the trading day, `close` what comes after a session's close; both last until the next one begins. */
export const recurrences = ['session', 'close', 'week', 'month', 'quarter'] as const
export type Recurrence = (typeof recurrences)[number]
/** How often a runbook is used. What falls due is judged by the exchange's sessions, weeks, months and quarters. */
export interface Frequency {
  readonly text: string
  /** Due where no run of this period ended well. */
  readonly every: Recurrence | undefined
  /** The same for practice on the paper desk. */
  readonly practise: Recurrence | undefined
  /** More runs than that in a period are too many. */
  readonly atMost: { readonly count: number; readonly per: Recurrence } | undefined
}
export interface Runbook extends DocumentCommon {
  readonly kind: 'runbook'
  readonly category: Category
  readonly frequency: Frequency | undefined
  readonly trigger: string | undefined
  readonly inputs: readonly (InputSpec & { readonly span: Span })[]
  readonly locks: readonly PScalar[]
  readonly records: Located<string> | undefined
  readonly steps: readonly Step[]
  readonly verify: readonly Step[]
}

export interface Question {
  readonly id: Located<string>
  readonly source: readonly string[]
  readonly ask: PScalar
  readonly look: readonly PScalar[]
  readonly who: 'probe-or-person' | 'person'
  readonly probe:
    { readonly call: MethodCall; readonly answer: PScalar; readonly save: Located<string> | undefined } | undefined
  readonly answers: ReadonlyMap<string, Located<string>>
  readonly unsure: Located<string> | undefined
  readonly needs:
    | {
        readonly answer: Located<string>
        readonly call: MethodCall
        readonly expect: PScalar
        readonly otherwise: Located<string>
        readonly guards: Located<Fact> | undefined
      }
    | undefined
}
export interface Leaf {
  readonly id: Located<string>
  readonly kind: LeafKind
  readonly source: readonly string[]
  readonly title: string
  readonly because: string
  readonly steps: readonly Step[]
  readonly then: readonly Located<string>[]
}
export interface Tree extends DocumentCommon {
  readonly kind: 'tree'
  readonly symptom: string
  readonly start: Located<string>
  readonly questions: ReadonlyMap<string, Question>
  readonly leaves: ReadonlyMap<string, Leaf>
}

export type GateProof =
  | { readonly kind: 'checks'; readonly checks: readonly CheckStep[] }
  | { readonly kind: 'evidence'; readonly event: Located<string>; readonly young: Duration | 'window' }
  | { readonly kind: 'attest'; readonly role: string; readonly ask: PScalar }
export type GateAction =
  | { readonly kind: 'do'; readonly call: MethodCall }
  | { readonly kind: 'hold'; readonly scope: PScalar; readonly hold: 'no-new' | 'reduce-only'; readonly span: Span }
export interface Gate {
  readonly id: Located<string>
  readonly source: readonly string[]
  readonly title: string
  readonly due: { readonly from: Anchor; readonly to: Anchor }
  readonly marketTime: boolean
  readonly proof: GateProof
  readonly onFail: readonly GateAction[]
}
export interface GateSet extends DocumentCommon {
  readonly kind: 'gates'
  readonly cadence: string
  readonly calendar: string
  /** How long each window of a set within market hours is, in milliseconds. */
  readonly every: Located<number> | undefined
  /** Events that open the windows of a set of the cadence `event`. */
  readonly after: Located<readonly string[]> | undefined
  readonly gates: readonly Gate[]
}

/** A class of incidents: how it is found, what is done at once and then, and what its review has to settle. */
export interface IncidentClass extends DocumentCommon {
  readonly kind: 'incident'
  readonly severity: Severity
  readonly symptom: string
  readonly inputs: Runbook['inputs']
  /** Immediate, unattended. */
  readonly act: readonly Step[]
  /** Each expects what holds while nothing is wrong. */
  readonly detect: readonly CheckStep[]
  readonly contain: readonly Step[]
  readonly review: readonly Step[]
}

export interface Monitor {
  readonly id: Located<string>
  readonly source: readonly string[]
  /** What is wrong where it fails. */
  readonly title: string
  readonly layer: MonitorSpec['layer']
  readonly everyMs: number
  readonly level: Located<AlertLevel>
  readonly to: readonly string[]
  readonly action: string | undefined
  /** In a row; later ones see what earlier ones saved. */
  readonly checks: readonly CheckStep[]
  readonly details: PScalar | undefined
  readonly onFail: readonly GateAction[]
}
export interface MonitorSet extends DocumentCommon {
  readonly kind: 'monitors'
  readonly monitors: readonly Monitor[]
}
export type Document = Runbook | Tree | GateSet | IncidentClass | MonitorSet
