/** Why a paper venue does not answer, or does not let the desk in. On the path of the kill switch: Node's own modules only. */
import type { FaultId } from '../faults.ts'
import { brokerSecret, secretComponent, versionInUse, versionsOf } from '../secret-store.ts'
import type { Place } from '../store.ts'
import { readComponent } from '../store.ts'
import type { VenueId } from './state.ts'

type Faults = ReadonlyMap<FaultId, Date>

export interface NoAnswer {
  readonly reason: string
  /** The venue took the request: nobody knows what became of it. */
  readonly uncertain: boolean
}

/** Undefined: the venue answers. */
export function whyNoAnswer(faults: Faults, venue: VenueId): NoAnswer | undefined {
  if (venue === 'primary' && faults.has('venue-silent')) {
    return { reason: `${venue} took the connection and acknowledged nothing`, uncertain: true }
  }
  if (venue === 'backup' && faults.has('backup-venue-down')) {
    return { reason: `${venue} refuses connections`, uncertain: false }
  }
  return undefined
}

/** Undefined: the venue accepts this version of its credential, or the one in use where none is named. */
export function whyNotAuthorised(place: Place, faults: Faults, venue: VenueId, version?: string): string | undefined {
  const name = brokerSecret(venue)
  const state = readComponent(place, secretComponent)
  const now = place.now()
  const used =
    version === undefined
      ? versionInUse(state, name, now)
      : versionsOf(state, name).find((each) => each.version === version)
  const no = (why: string): string => `not authorised at ${venue}: ${why}`
  if (used === undefined) return no(version === undefined ? 'no credential is active' : `there is no ${version}`)
  if (used.revokedAt !== undefined) return no(`${used.version} was revoked`)
  if (used.destroyedAt !== undefined) return no(`the value of ${used.version} was destroyed`)
  if (used.activation === undefined) return no(`${used.version} is not in the secret store yet`)
  const refused = faults.get('auth-refused-on-backup')
  const isOld = refused !== undefined && Date.parse(used.createdAt) <= refused.getTime()
  return venue === 'backup' && isOld ? no(`${used.version} is not accepted any more`) : undefined
}
