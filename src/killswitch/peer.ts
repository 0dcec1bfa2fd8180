/** Other hosts of the same desk: what a halt here made of them. */
import type { Scope } from './scope.ts'

export interface PeerOutcome {
  readonly id: string
  /**
   * `unverified`: halted, with something to look at there. `not-halted`: it answers that trading may go on. `absent`: no such desk is there.
   * `unreached`: nobody knows.
   */
  readonly state: 'halted' | 'unverified' | 'not-halted' | 'absent' | 'unreached'
  readonly reason?: string
}
export interface PeerOrder {
  readonly profile: 'paper' | 'live'
  readonly scope: Scope
  readonly reason: string
}
