/** The tree that YAML is read into: plain values, each with its place. */
import type { Span } from '../model/graph.ts'

export interface PEntry {
  readonly key: string
  readonly keySpan: Span
  readonly value: PNode
}
export interface PMap {
  readonly kind: 'map'
  readonly span: Span
  readonly entries: readonly PEntry[]
}
export interface PSeq {
  readonly kind: 'seq'
  readonly span: Span
  readonly items: readonly PNode[]
}
export interface PScalar {
  readonly kind: 'scalar'
  readonly span: Span
  readonly value: string | number | boolean | null
  /** The value of a string, and what was written for anything else. */
  readonly text: string
  /** The file offset of each unit of `text`, and of its end. Computed when first asked for. */
  readonly offsets: readonly number[]
}
export type PNode = PMap | PSeq | PScalar
