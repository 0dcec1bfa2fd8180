/** The venues of a desk as the kill switch needs them, and what else is looked at beside the cancels. */
import { existsSync } from 'node:fs'
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
  const { venues, snapshot, problem } = await venuesOf(desk, 'unknown', config, deps)
  const signal = AbortSignal.timeout(timeoutMs)
  const read = await Promise.all(
    venues.map(async ({ id, openOrders }) => {
      const page = await openOrders(undefined, signal)
      return page.kind === 'failure' ? [`${id}: ${page.reason}`] : []
    }),
  )
  await snapshot?.()
  return [...(problem === undefined ? [] : [problem]), ...read.flat()]
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
  const [{ composeAdapters }, { configPlaces, loadConfig }, { hasErrors }, { adapterVenue }] = await Promise.all([
    import('../../adapters/compose.ts'),
    import('../../config/load.ts'),
    import('../../source/diagnostic.ts'),
    import('./adapter-venue.ts'),
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
