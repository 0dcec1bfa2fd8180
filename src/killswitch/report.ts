/** What `desk kill` answers: the JSON of the contract, and its exit code. */
import { type ExitCode, exitCodes } from '../model/failure.ts'
import type { Buckets, VenueOutcome } from './aftermath.ts'
import type { PeerOutcome } from './peer.ts'
import type { ProtectiveStop } from './venue-control.ts'

export type CancelledStop = ProtectiveStop & { readonly venue: string }

/** `done-before`: earlier in the same halt. `failed` and `unknown`: somebody has to look at the venue. */
export interface FlattenedVenue {
  readonly venue: string
  readonly state: 'done' | 'done-before' | 'failed' | 'unknown'
}

export interface DeskReport {
  readonly profile: 'paper' | 'live'
  readonly desk: string
  /** Absolute. */
  readonly stateDir: string
  readonly halted: boolean
  readonly already: boolean
  /** The halt's id. */
  readonly epoch: string
  readonly scope: string
  readonly by: string
  readonly reason: string
  /** What it was before, in words; empty where nothing was there, `UNKNOWN` where it cannot be told. */
  readonly before: string
  readonly venues: readonly (Buckets & { readonly id: string })[]
  /** Protective stops that were cancelled with everything else; null where they may not be all. */
  readonly stops: readonly CancelledStop[] | null
  /** Those that are known, also where they may not be all. */
  readonly knownStops: readonly CancelledStop[]
  /** Where there may have been more of them, and why nobody can tell. */
  readonly stopsUnknown: readonly { readonly venue: string; readonly reason: string }[]
  /** Where positions were closed; absent where nobody asked for it. */
  readonly flattened?: readonly FlattenedVenue[]
  /** Other hosts of this desk. */
  readonly peers: readonly PeerOutcome[]
  /** Every venue was read and is at 0/0/0. */
  readonly verified: boolean
  readonly recorded: boolean
  /** What went wrong, for people. */
  readonly problems: readonly string[]
}

export const isVerified = (venues: readonly VenueOutcome[]): boolean =>
  venues.every((venue) => venue.open === 0 && venue.pendingCancel === 0 && venue.unknown === 0 && !venue.unreachable)

export interface DeskVerdict {
  readonly halted: boolean
  readonly recorded: boolean
  readonly wasThere: boolean
  readonly venues: readonly VenueOutcome[]
  readonly peers: readonly PeerOutcome[]
}

/** From worst to best; 1 is the only one that means trading may go on. */
const order: readonly ExitCode[] = [
  exitCodes.failed,
  exitCodes.auditUnwritable,
  exitCodes.unreachable,
  exitCodes.undetermined,
  exitCodes.invalidConfiguration,
  exitCodes.usage,
  exitCodes.ok,
]

export function exitOfDesk(desk: DeskVerdict): ExitCode {
  const codes: ExitCode[] = [
    desk.halted && !desk.peers.some(({ state }) => state === 'not-halted') ? exitCodes.ok : exitCodes.failed,
    desk.recorded ? exitCodes.ok : exitCodes.auditUnwritable,
    desk.venues.some((venue) => venue.unreachable) || desk.peers.some(({ state }) => state === 'unreached')
      ? exitCodes.unreachable
      : exitCodes.ok,
    isVerified(desk.venues) && !desk.peers.some(({ state }) => state === 'unverified')
      ? exitCodes.ok
      : exitCodes.undetermined,
    desk.wasThere ? exitCodes.ok : exitCodes.invalidConfiguration,
  ]
  return worstKillExit(codes)
}

export const worstKillExit = (codes: readonly ExitCode[]): ExitCode =>
  order.find((code) => codes.includes(code)) ?? exitCodes.ok
