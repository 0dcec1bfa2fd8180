/** The venues of a desk as the kill switch needs them, and what else is looked at beside the cancels. */
import { homedir } from 'node:os'
import type { Deps } from '../command.ts'
import { newId } from '../../audit/id.ts'
import type { VenueControl } from '../../killswitch/aftermath.ts'
import type { DeskRef } from '../../killswitch/desks.ts'

export interface DeskVenues {
  readonly venues: readonly VenueControl[]
  readonly snapshot?: () => Promise<unknown>
  /** Closes the positions of one venue, once per key. */
  readonly flatten?: (venue: string, key: string) => Promise<string>
  /** Why the venues of this desk are not known. */
  readonly problem?: string
}
const snapshotMinutes = 10
const flattenTimeoutMs = 10_000

/** Never throws: a configuration that cannot be read leaves the venues unknown, and that is said. */
export async function venuesOf(desk: DeskRef, by: string, config: string | undefined, deps: Deps): Promise<DeskVenues> {
  try {
    return desk.profile === 'paper' ? await paperVenues(desk, by, deps) : await configuredVenues(desk, by, config, deps)
  } catch (error) {
    return { venues: [], problem: error instanceof Error ? error.message : String(error) }
  }
}

async function paperVenues(desk: DeskRef, by: string, deps: Deps): Promise<DeskVenues> {
  const { takeSnapshot, venueControls } = await import('../../adapters/paper/control.ts')
  const place = { stateDir: desk.stateDir, now: deps.now }
  return {
    venues: venueControls(place),
    snapshot: () => takeSnapshot(place, snapshotMinutes),
    flatten: async (venue, key) =>
      (await configuredVenues(desk, by, undefined, deps)).flatten?.(venue, key) ?? 'failed',
  }
}

async function configuredVenues(
  desk: DeskRef,
  by: string,
  config: string | undefined,
  deps: Deps,
): Promise<DeskVenues> {
  const [{ composeAdapters }, { configPlaces, loadConfig }, { hasErrors }] = await Promise.all([
    import('../../adapters/compose.ts'),
    import('../../config/load.ts'),
    import('../../source/diagnostic.ts'),
  ])
  const loaded = loadConfig(configPlaces(config, { HOME: homedir(), ...deps.env }, deps.cwd))
  if (hasErrors(loaded.findings)) throw new Error('the configuration is not valid, so the venues are unknown')
  const { profile, name, stateDir } = desk
  const { env, now, random, host } = deps
  const adapter = composeAdapters({
    config: loaded.config,
    profile,
    deskName: name,
    stateDir,
    env,
    now,
    random,
    host,
    traceId: 'kill',
    by: { id: by, via: 'login' },
  })
  const { adapterVenue } = await import('./adapter-venue.ts')
  return {
    venues: loaded.config.venues.map((venue) =>
      adapterVenue(adapter, venue, () => `kill-${venue}-${newId('note', now, random)}`),
    ),
    flatten: async (venue, key) => {
      const call = {
        port: 'venue',
        method: 'closeAllPositions',
        args: { venue },
        timeoutMs: flattenTimeoutMs,
        signal: AbortSignal.timeout(flattenTimeoutMs),
      }
      const answer = await adapter.act({ ...call, key })
      return answer.kind === 'done' ? 'done' : `${answer.kind}: ${answer.reason}`
    },
  }
}
