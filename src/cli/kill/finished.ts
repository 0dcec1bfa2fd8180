/** What became of one desk, for people and for scripts. */
import type { VenueOutcome } from '../../killswitch/aftermath.ts'
import type { Engaged } from '../../killswitch/engage.ts'
import type { PeerOutcome } from '../../killswitch/peer.ts'
import { type DeskReport, type DeskVerdict, type FlattenedVenue, isVerified } from '../../killswitch/report.ts'
import { bootId } from '../../killswitch/gate.ts'
import { nameScope } from '../../killswitch/scope.ts'
import { whyUnknown } from '../../killswitch/standing.ts'
import { wordsFor } from '../../model/standing.ts'

export interface Finished {
  readonly report: DeskReport
  readonly verdict: DeskVerdict
  readonly venues: readonly VenueOutcome[]
}
export interface Ended {
  readonly engaged: Engaged
  readonly by: string
  readonly reason: string
  /** As recorded. */
  readonly epoch: string
  readonly unrecorded: string | undefined
  /** Where there was no desk, that is nothing to be told. */
  readonly isExtra: boolean
  readonly venues: readonly VenueOutcome[]
  readonly peers: readonly PeerOutcome[]
  /** Undefined where nobody asked for it. */
  readonly flattened: readonly FlattenedVenue[] | undefined
  /** What people have to know besides. */
  readonly more: readonly string[]
}

export function finishedOf(ended: Ended): Finished {
  const { engaged, by, reason, epoch, unrecorded, venues, peers, flattened } = ended
  const { desk, before, scope, halted } = engaged
  const wasThere = before.kind === 'desk'
  const report: DeskReport = {
    profile: desk.profile,
    desk: desk.name,
    stateDir: desk.stateDir,
    ...{ halted, already: halted && engaged.already, epoch },
    scope: nameScope(scope),
    ...{ by, reason },
    before: wordsBefore(engaged),
    venues: venues.map(({ id, open, pendingCancel, unknown }) => ({ id, open, pendingCancel, unknown })),
    ...stopsOf(venues),
    ...(flattened === undefined ? {} : { flattened }),
    peers,
    // No venue was looked at where no desk was: that proves nothing.
    verified: halted && (wasThere || ended.isExtra) && isVerified(venues),
    recorded: unrecorded === undefined,
    problems: problemsOf(ended),
  }
  const verdict = { halted, recorded: report.recorded, wasThere: wasThere || ended.isExtra, venues, peers }
  return { report, verdict, venues }
}

/** A permission that nobody may look for reads as none at all; that is no halt. */
function wordsBefore({ desk, before, halted }: Engaged): string {
  if (before.kind === 'absent') return ''
  return !halted && whyUnknown(desk.stateDir, bootId()) !== undefined ? 'UNKNOWN' : wordsFor(before)
}

function stopsOf(venues: readonly VenueOutcome[]): Pick<DeskReport, 'stops' | 'knownStops' | 'stopsUnknown'> {
  const knownStops = venues.flatMap(({ id, stops }) => stops.map((stop) => ({ venue: id, ...stop })))
  const stopsUnknown = venues.flatMap(({ id, stopsUnknown: reason }) =>
    reason === undefined ? [] : [{ venue: id, reason }],
  )
  return { stops: stopsUnknown.length === 0 ? knownStops : null, knownStops, stopsUnknown }
}

function problemsOf({ engaged, unrecorded, isExtra, peers, more }: Ended): readonly string[] {
  const { desk, before, halted, troubles, widened } = engaged
  const wasThere = before.kind === 'desk'
  return [
    ...(halted ? [] : ['STILL NOT HALTED: trading may go on. Stop the trading processes, and cancel at the venues']),
    ...troubles.map(({ errno, path }) => `${errno}: ${path}`),
    ...(widened ? ['the part could not be marked, so the whole desk was halted'] : []),
    ...(wasThere || isExtra ? [] : [`NO DESK WAS THERE: ${desk.stateDir} did not exist. Is this the right host?`]),
    ...(unrecorded === undefined
      ? []
      : [`${halted ? 'halted, but not on record' : 'not on record either'}: ${unrecorded}`]),
    ...peers.flatMap(problemOfPeer),
    ...more,
  ]
}

function problemOfPeer({ id, state, reason = '' }: PeerOutcome): readonly string[] {
  switch (state) {
    case 'halted':
    case 'absent':
      return []
    case 'unverified':
      return [`peer ${id}: halted, but: ${reason}`]
    case 'not-halted':
      return [`peer ${id}: NOT HALTED: trading may go on there: ${reason}`]
    case 'unreached':
      return [`peer ${id}: NOT REACHED, so it may be trading: ${reason}`]
  }
}
