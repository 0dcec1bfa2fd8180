/** The state of a venue at this moment: a timer that has run out has run out also where nobody has written so. */
import type { Place } from './store.ts'
import { readComponent } from './store.ts'
import { runTimer } from './venue/desk.ts'
import { venueComponent } from './venue/seed.ts'
import type { VenueId, VenueState } from './venue/state.ts'

export function readVenue(place: Place, venue: VenueId): VenueState {
  const state = readComponent(place, venueComponent(venue))
  runTimer(state, place.now())
  return state
}
