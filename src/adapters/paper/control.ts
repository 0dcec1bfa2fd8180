/**
 * What `desk kill` needs of the paper venues. It is on the path of the kill switch, so it loads Node's own modules only; the snapshot,
 * which comes last, loads the rest when it is asked for.
 */
import type { ListedStop, OrderPage, VenueControl, VenueFailure } from '../../killswitch/venue-control.ts'
import { PaperFailure } from './failure.ts'
import { activeFaults } from './faults.ts'
import type { Prediction } from './inference.ts'
import type { Place } from './store.ts'
import { changeComponent } from './store.ts'
import { readVenue } from './venue-state.ts'
import { whyNoAnswer, whyNotAuthorised } from './venue/access.ts'
import { cancelAll, workingOrders } from './venue/desk.ts'
import { venueComponent } from './venue/seed.ts'
import type { Order, Position, VenueId, VenueState } from './venue/state.ts'
import { venueIds } from './venue/state.ts'

const pageSize = 100

/** One control per paper venue; with a symbol, orders in others are neither listed nor touched. */
export const venueControls = (place: Place, symbol?: string): readonly VenueControl[] =>
  venueIds.map((id) => ({
    id,
    listStops: () =>
      answer(() => troubleAt(place, id) ?? { kind: 'stops', stops: stopsOf(readVenue(place, id), symbol) }),
    openOrders: (page) => answer(() => listOrders(place, id, page, symbol)),
    cancelAll: (signal) =>
      answer(() => {
        // Not sent is better than sent after the caller has gone on without it.
        signal.throwIfAborted()
        const trouble = troubleAt(place, id)
        const silent = trouble?.uncertain === true
        if (trouble !== undefined && !silent) return trouble
        const stops = changeComponent(place, venueComponent(id), (state) => {
          const atWork = stopsOf(state, symbol)
          cancelAll(state, { silent }, symbol)
          return atWork
        })
        return trouble ?? { kind: 'sent', stops }
      }),
  }))

interface Trouble extends VenueFailure {
  /** The venue took the request: nobody knows what became of it. */
  readonly uncertain: boolean
}

/** Why the venue does not do what it is asked; undefined: it does. */
function troubleAt(place: Place, id: VenueId): Trouble | undefined {
  const faults = activeFaults(place)
  const silence = whyNoAnswer(faults, id)
  if (silence !== undefined) return { kind: 'failure', ...silence, unreachable: true }
  const reason = whyNotAuthorised(place, faults, id)
  return reason === undefined ? undefined : { kind: 'failure', reason, unreachable: false, uncertain: false }
}

const concerns =
  (symbol: string | undefined) =>
  (order: Order): boolean =>
    symbol === undefined || order.symbol === symbol

const stopsOf = (state: VenueState, symbol: string | undefined): readonly ListedStop[] =>
  workingOrders(state)
    .filter(({ type }) => type === 'stop')
    .filter(concerns(symbol))
    .map(({ id, symbol: of, side, quantity, price }) => ({ id, symbol: of, side, quantity, stopPrice: price }))

function listOrders(
  place: Place,
  id: VenueId,
  page: string | undefined,
  symbol: string | undefined,
): OrderPage | VenueFailure {
  const trouble = troubleAt(place, id)
  if (trouble !== undefined) return trouble
  const orders = workingOrders(readVenue(place, id)).filter(concerns(symbol))
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
  const [{ openWorld }, { readHosts }, { recentPredictions }] = await Promise.all([
    import('./world.ts'),
    import('./inference-hosts.ts'),
    import('./inference.ts'),
  ])
  const world = openWorld(place)
  const unknown = venueIds.filter((venue) => troubleAt(place, venue) !== undefined)
  return {
    takenAt: place.now().toISOString(),
    positions: venueIds
      .filter((venue) => !unknown.includes(venue))
      .flatMap((venue) => readVenue(place, venue).positions.map((position) => ({ venue, ...position }))),
    unknown,
    hosts: readHosts(world),
    predictions: recentPredictions(world, minutes),
  }
}
