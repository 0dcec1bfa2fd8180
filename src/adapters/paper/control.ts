/**
 * What `desk kill` needs of the paper venues. It is on the path of the kill switch, so it loads Node's own modules only; the snapshot,
 * which comes last, loads the rest when it is asked for.
 */
import type { OrderPage, VenueControl, VenueFailure } from '../../killswitch/aftermath.ts'
import { PaperFailure } from './failure.ts'
import { activeFaults } from './faults.ts'
import type { Prediction } from './inference.ts'
import type { Place } from './store.ts'
import { changeComponent, readComponent } from './store.ts'
import { cancelAll, workingOrders } from './venue/desk.ts'
import { venueComponent } from './venue/seed.ts'
import type { Position, VenueId } from './venue/state.ts'
import { venueIds } from './venue/state.ts'

const pageSize = 100

/** One control per paper venue. */
export const venueControls = (place: Place): readonly VenueControl[] =>
  venueIds.map((id) => ({
    id,
    openOrders: (page) => answer(() => listOrders(place, id, page)),
    cancelAll: (signal) =>
      answer(() => {
        // Not sent is better than sent after the caller has gone on without it.
        signal.throwIfAborted()
        const silent = isSilent(place, id)
        changeComponent(place, venueComponent(id), (state) => cancelAll(state, { silent }))
        return silent ? silence(id) : { kind: 'sent' }
      }),
  }))

/** Faults of venues are all at primary. */
const isSilent = (place: Place, id: VenueId): boolean => id === 'primary' && activeFaults(place).has('venue-silent')

const silence = (id: VenueId): VenueFailure => ({
  kind: 'failure',
  reason: `${id} took the connection and acknowledged nothing`,
  unreachable: true,
})

function listOrders(place: Place, id: VenueId, page: string | undefined): OrderPage | VenueFailure {
  if (isSilent(place, id)) return silence(id)
  const orders = workingOrders(readComponent(place, venueComponent(id)))
  const from = page === undefined ? 0 : Number(page)
  const to = from + pageSize
  const listed = orders.slice(from, to)
  const pendingCancel = listed.filter(({ status }) => status === 'pendingCancel').length
  const counts = { open: listed.length - pendingCancel, pendingCancel, unknown: 0 }
  return { kind: 'page', ...counts, ...(to < orders.length ? { next: String(to) } : {}) }
}

async function answer<T>(ask: () => T): Promise<T | VenueFailure> {
  try {
    return await Promise.resolve(ask())
  } catch (error) {
    if (error instanceof PaperFailure) return { kind: 'failure', reason: error.message, unreachable: error.unreachable }
    throw error
  }
}

export interface Snapshot {
  /** RFC 3339. */
  readonly takenAt: string
  readonly positions: readonly (Readonly<Position> & { readonly venue: string })[]
  /** Venues whose positions nobody could tell. */
  readonly unknown: readonly string[]
  readonly hosts: readonly { readonly host: string; readonly healthy: boolean; readonly modelHash: string }[]
  readonly predictions: readonly Prediction[]
}

/** Positions of every venue, the model hash of every host, and the predictions of the last minutes. Throws PaperFailure. */
export async function takeSnapshot(place: Place, minutes: number): Promise<Snapshot> {
  const [{ openWorld }, { readHosts, recentPredictions }] = await Promise.all([
    import('./world.ts'),
    import('./inference.ts'),
  ])
  const world = openWorld(place)
  return {
    takenAt: place.now().toISOString(),
    positions: venueIds.flatMap((venue) =>
      isSilent(place, venue)
        ? []
        : readComponent(place, venueComponent(venue)).positions.map((position) => ({ venue, ...position })),
    ),
    unknown: venueIds.filter((venue) => isSilent(place, venue)),
    hosts: readHosts(world),
    predictions: recentPredictions(world, minutes),
  }
}
