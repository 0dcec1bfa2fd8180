/** What the walker may do next. Everything else is a port's business. */
import type { ActionNode, CheckNode, Env, EvidenceNode, Graph, Invocation, Node, QuestionNode } from '../model/graph.ts'
import type { JournalRecord, Need, Place } from '../model/journal.ts'
import type { Outcome } from '../model/outcome.ts'

export type Args = Readonly<Record<string, unknown>>

/** How a reading is judged: against an expectation, as a probe's answer, or as the evidence that an answer needs. */
export type SampleFor =
  | { readonly kind: 'check'; readonly node: CheckNode }
  | { readonly kind: 'probe'; readonly node: QuestionNode; readonly probe: NonNullable<QuestionNode['probe']> }
  | { readonly kind: 'needs'; readonly node: QuestionNode; readonly needs: NonNullable<QuestionNode['needs']> }

export type Command =
  /** Decided already; nothing in the world is needed for it. */
  | { readonly kind: 'record'; readonly record: JournalRecord }
  | {
      readonly kind: 'sample'
      readonly at: Place
      readonly for: SampleFor
      readonly invocation: Invocation
      readonly args: Args
      readonly env: Env
      readonly notBeforeMs: number
      /** Polls and holds: go on in one command as long as nothing changes. */
      readonly repeat?: Repeat
    }
  | { readonly kind: 'evidence'; readonly at: Place; readonly node: EvidenceNode; readonly graph: Graph }
  | {
      readonly kind: 'act'
      readonly at: Place
      readonly node: ActionNode
      readonly attempt: number
      readonly invocation: Invocation
      readonly args: Args
      readonly notBeforeMs: number
      readonly undoes?: Place
    }
  | {
      readonly kind: 'settle'
      readonly at: Place
      readonly node: ActionNode
      readonly attempt: number
      readonly invocation: Invocation
      readonly args: Args
      readonly key: string
      readonly env: Env
      readonly undoes?: Place
    }
  /** A called document holds resources of its own. */
  | {
      readonly kind: 'lock'
      readonly at: Place
      readonly graph: Graph
      readonly resources: readonly string[]
      readonly entered: JournalRecord
    }
  | {
      readonly kind: 'publish'
      readonly at: Place
      readonly event: string
      readonly status: string
      readonly title: string
    }
  | { readonly kind: 'need'; readonly need: Need; readonly node: Node; readonly graph: Graph; readonly env: Env }

export interface Repeat {
  readonly everyMs: number
  readonly untilMs: number
  /** Holds: two samples further apart do not belong together. */
  readonly maxGapMs?: number
}

export type Step =
  | { readonly kind: 'done'; readonly outcome: Outcome; readonly reason?: string }
  | { readonly kind: 'go'; readonly commands: readonly Command[] }
