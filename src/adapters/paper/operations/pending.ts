/** Orders that wait at the venues: an orderly stop withdraws them and is not over before they are gone. Protective stops stay. */
import { changeComponent } from '../store.ts'
import { conditionsOf, requireAnswer, requireAuthorised } from '../venue-access.ts'
import { readVenue } from '../venue-state.ts'
import { cancelOrder, workingOrders } from '../venue/desk.ts'
import { venueComponent } from '../venue/seed.ts'
import type { Order, VenueId, VenueState } from '../venue/state.ts'
import { venueIds } from '../venue/state.ts'
import { PaperFailure } from '../failure.ts'
import type { World } from '../world.ts'

const waiting = (state: VenueState): readonly Order[] => workingOrders(state).filter(({ type }) => type !== 'stop')

export const pendingOrders = (world: World): number =>
  venueIds.reduce((sum, venue) => sum + waiting(readVenue(world, venue)).length, 0)

/** Where a venue cannot be asked, its orders stay. */
export function withdrawOrders(world: World): void {
  for (const venue of venueIds.filter((each) => takesCancels(world, each))) {
    const { silent } = conditionsOf(world, venue)
    changeComponent(world, venueComponent(venue), (state) => {
      for (const { clientOrderId } of waiting(state)) cancelOrder(state, clientOrderId, { silent })
    })
  }
}

/** One that takes them and says nothing is one that takes them. */
function takesCancels(world: World, venue: VenueId): boolean {
  try {
    requireAnswer(world, venue)
    requireAuthorised(world, venue)
    return true
  } catch (error) {
    if (error instanceof PaperFailure) return error.uncertain
    throw error
  }
}
