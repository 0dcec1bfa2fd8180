/** Differences, and what the book takes over to end them. Ids are hashes of content: the same difference has the same id everywhere. */
import { sha256 } from '../model/sha256.ts'

export type DifferenceClass =
  | 'filled-not-reported'
  | 'reported-not-filled'
  | 'duplicate'
  | 'quantity-mismatch'
  | 'side-flip'
  | 'external-order'
  | 'external-position'
  | 'order-state'
  | 'average-price'
  | 'cash'
  | 'corporate-action'
  | 'unknown'
export type Subject = 'position' | 'average-price' | 'order' | 'cash'

export interface Finding {
  readonly class: DifferenceClass
  readonly subject: Subject
  readonly venue: string
  /** The currency, where it is about cash. */
  readonly symbol: string
  /** Where it is about an order. */
  readonly clientOrderId?: string
  /** Decimal strings: what the book says, what the venue says. */
  readonly internal: string
  readonly broker: string
  /** For the person who confirms the class. */
  readonly because: string
}
export interface Difference extends Finding {
  readonly id: string
}
/** One entry of the book: what it said before and what it says from now on. */
export type Adjustment = Omit<Difference, 'because'>

/** `start` is part of it: the same gap in another silence is another difference. */
export function identify(finding: Finding, start: string): Difference {
  const { subject, venue, symbol, clientOrderId, internal, broker } = finding
  return { ...finding, id: `diff-${hashOf([start, subject, venue, symbol, clientOrderId ?? '', internal, broker])}` }
}

export const adjustmentFor = ({ because: _because, ...entry }: Difference): Adjustment => entry

/** The first 32 hexadecimal digits of the SHA-256 over the texts. */
export const hashOf = (texts: readonly string[]): string => sha256(JSON.stringify(texts)).slice(0, 32)
