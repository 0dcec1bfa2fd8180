/** The venues of a desk as the kill switch needs them, and what else is done beside the cancels. */
import { existsSync } from 'node:fs'
import type { Deps } from '../command.ts'
import { type Announcement, announce } from './announce.ts'
import { type Settings, settingsOf } from './settings.ts'
import { newId } from '../../audit/id.ts'
import type { Config, PeerConfig } from '../../config/load.ts'
import type { DeskRef } from '../../killswitch/desks.ts'
import type { Scope } from '../../killswitch/scope.ts'
import type { VenueControl } from '../../killswitch/venue-control.ts'
import type { Adapter, Settlement } from '../../ports/adapter.ts'

export interface DeskVenues {
  /** Those that the halt is about; orders that it is not about are neither listed nor touched. */
  readonly venues: readonly VenueControl[]
  readonly peers: readonly PeerConfig[]
  readonly snapshot?: () => Promise<unknown>
  readonly closing?: Closing
  /** Opens the incident and asks for a commander; answers what could not be sent. */
  readonly announce?: (told: Announcement) => Promise<readonly string[]>
  /** Why the venues of this desk are not known. */
  readonly problem?: string
  /** What people should know besides. */
  readonly remarks: readonly string[]
  /** Values of configured secrets. */
  readonly secrets: readonly string[]
}
/** The venue's own close call, once per key. */
export interface Closing {
  /** `done`, or what went wrong. Never rejects. */
  readonly close: (venue: string, key: string) => Promise<string>
  /** What became of an earlier call with this key. */
  readonly lookup: (venue: string, key: string) => Promise<Settlement['kind']>
}
interface Asked {
  readonly desk: DeskRef
  readonly by: string
  readonly scope: Scope
  readonly deps: Deps
  /** False where there was no desk: it has no venues here. Its other hosts may have. */
  readonly isThere: boolean
}
const snapshotMinutes = 10
const callTimeoutMs = 10_000
const everything: Scope = { kind: 'all' }

/** Never throws: a configuration that cannot be read leaves the venues unknown, and that is said. */
export async function venuesOf(asked: Asked, config: string | undefined): Promise<DeskVenues> {
  try {
    const settings = await settingsOf(asked.desk, config, asked.deps)
    const secrets = settings.config?.secrets ?? []
    return { ...(await allVenues(asked, settings)), secrets }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return { venues: [], peers: [], remarks: [], secrets: [], problem }
  }
}

type Known = Omit<DeskVenues, 'secrets'>

async function allVenues(asked: Asked, { config, problem }: Settings): Promise<Known> {
  const remarks = problem === undefined ? [] : [problem]
  const peers = config?.peers ?? []
  if (!asked.isThere) return { venues: [], peers, remarks }
  if (asked.desk.profile === 'paper' && (config === undefined || !servesVenues(config)))
    return narrowed({ ...(await paperVenues(asked)), peers, remarks }, asked.scope)
  if (config === undefined) throw new Error(`${problem ?? 'nothing is configured'}, so the venues are unknown`)
  return narrowed({ ...(await configuredVenues(asked, config)), peers, remarks }, asked.scope)
}

const servesVenues = ({ adapters }: Config): boolean =>
  adapters.some(({ kind, serves }) => kind !== 'paper' && serves.some((each) => each.split('.')[0] === 'venue'))

/** Orders do not say which model sent them, so the halt of a model cancels all of them: in doubt the wider meaning. */
function narrowed(known: Known, scope: Scope): Known {
  if (scope.kind !== 'venue') return known
  const venues = known.venues.filter(({ id }) => id === scope.id)
  return venues.length > 0 ? { ...known, venues } : { ...known, venues, problem: `there is no venue ${scope.id} here` }
}

/**
 * Reads at every venue what a halt will read, so that nothing is left to be loaded then: a process may live longer than the files that it
 * was started from. Answers what could not be read.
 */
export async function rehearseHalt(
  desk: DeskRef,
  config: string | undefined,
  deps: Deps,
  timeoutMs: number,
): Promise<readonly string[]> {
  if (!existsSync(desk.stateDir)) return []
  const { venues, snapshot, problem } = await venuesOf(
    { desk, by: 'unknown', scope: everything, deps, isThere: true },
    config,
  )
  const signal = AbortSignal.timeout(timeoutMs)
  const read = await Promise.all(
    venues.map(async ({ id, openOrders }) => {
      const page = await openOrders(undefined, signal)
      return page.kind === 'failure' ? [`${id}: ${page.reason}`] : []
    }),
  )
  if (desk.profile === 'paper') await snapshot?.()
  return [...(problem === undefined ? [] : [problem]), ...read.flat()]
}

type Own = Pick<DeskVenues, 'venues' | 'snapshot' | 'closing' | 'announce'>

async function paperVenues(asked: Asked): Promise<Own> {
  const { desk, deps } = asked
  const { takeSnapshot, venueControls } = await import('../../adapters/paper/control.ts')
  const place = { stateDir: desk.stateDir, now: deps.now }
  const closing = async (): Promise<Closing> => {
    const { defaults } = await import('../../config/load.ts')
    return closingAt(await adapterOf(asked, defaults), asked)
  }
  return {
    venues: venueControls(place, symbolOf(asked.scope)),
    snapshot: () => takeSnapshot(place, snapshotMinutes),
    closing: {
      close: async (venue, key) => (await closing()).close(venue, key),
      lookup: async (venue, key) => (await closing()).lookup(venue, key),
    },
  }
}

async function configuredVenues(asked: Asked, config: Config): Promise<Own> {
  const [adapter, { adapterVenue }] = await Promise.all([adapterOf(asked, config), import('./adapter-venue.ts')])
  const { now, random } = asked.deps
  const symbol = symbolOf(asked.scope)
  const newKey = (): string => newId('note', now, random)
  return {
    venues: config.venues.map((venue) =>
      adapterVenue(adapter, {
        venue,
        newKey: () => `kill-${venue}-${newKey()}`,
        ...(symbol === undefined ? {} : { symbol }),
      }),
    ),
    snapshot: () =>
      adapter.act({ ...callOf('desk', 'snapshot', { minutes: snapshotMinutes }), key: `snapshot-${newKey()}` }),
    closing: closingAt(adapter, asked),
    // On paper the runbook does that: a drill with one key press is to leave nothing behind that somebody has to close.
    ...(asked.desk.profile === 'paper' ? {} : { announce: (told: Announcement) => announce(adapter, told) }),
  }
}

async function adapterOf({ desk, by, deps }: Asked, config: Config): Promise<Adapter> {
  const { composeAdapters } = await import('../../adapters/compose.ts')
  const { profile, name, stateDir } = desk
  const { env, now, random, host } = deps
  return composeAdapters({
    ...{ config, profile, deskName: name, stateDir, env, now, random, host },
    traceId: 'kill',
    by: { id: by, via: 'login' },
  })
}

function closingAt(adapter: Adapter, { scope }: Asked): Closing {
  const symbol = symbolOf(scope)
  const call = (venue: string, key: string) =>
    symbol === undefined
      ? { ...callOf('venue', 'closeAllPositions', { venue }), key }
      : { ...callOf('venue', 'closePosition', { venue, symbol }), key }
  return {
    close: async (venue, key) => {
      const answer = await adapter.act(call(venue, key))
      return answer.kind === 'done' ? 'done' : `${answer.kind}: ${answer.reason}`
    },
    lookup: async (venue, key) => (await adapter.lookup(call(venue, key))).kind,
  }
}

const symbolOf = (scope: Scope): string | undefined => (scope.kind === 'symbol' ? scope.id : undefined)

const callOf = (port: string, method: string, args: Readonly<Record<string, unknown>>) => ({
  ...{ port, method, args },
  timeoutMs: callTimeoutMs,
  signal: AbortSignal.timeout(callTimeoutMs),
})
