import type { Envelope } from '../audit/line-encoder.ts'

/** What every run of a desk has in common. */
export interface Desk {
  /** Absolute. */
  readonly stateDir: string
  readonly now: () => Date
  readonly random: (bytes: number) => Uint8Array
  readonly envelope: Omit<Envelope, 'actor'>
  /** Paper values stand in for inputs that nobody gave. */
  readonly paper: boolean
  /** The latest grant or halt. */
  readonly epoch: () => string
}
