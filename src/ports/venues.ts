/**
 * Every venue of the configuration at once: a document cannot know how many there are, and the one that it forgot would keep its
 * orders. Served over the `venue` port; one venue that cannot be read or reached makes the whole answer a failure.
 */
import * as z from 'zod'
import { decimal, effect, read } from './method.ts'

const perVenue = <S extends z.ZodRawShape>(shape: S) => ({
  venues: z.array(z.strictObject({ venue: z.string(), ...shape })),
})

export const venuesMethods = [
  read(
    'venues',
    'countOpenOrders',
    "Open orders at every venue, from each venue's own list, in three buckets",
    () => ({}),
    () => perVenue({ open: z.int(), pendingCancel: z.int(), unknown: z.int() }),
  ),
  read(
    'venues',
    'countPositions',
    "Positions that are not flat at every venue, from each venue's own file",
    () => ({}),
    () => perVenue({ positions: z.int() }),
  ),
  read(
    'venues',
    'listStops',
    'Protective stops at work at every venue',
    () => ({}),
    () => perVenue({ stops: z.int() }),
  ),
  effect(
    'venues',
    'placeStops',
    'Offer the stops that a cancel removed once more at every venue, as venue.placeStops does',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    () => ({}),
    () => perVenue({ placed: z.int() }),
  ),
  effect(
    'venues',
    'cancelAllOrders',
    'Cancel every open order at every venue in parallel, without waiting for confirmations',
    { effect: 'idempotent', risk: 'reduces' },
    () => ({}),
    () => perVenue({ requested: z.int() }),
  ),
  effect(
    'venues',
    'tightenStops',
    'Move protective stops closer to the market at every venue, as venue.tightenStops does',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    () => ({ factor: decimal }),
    () => perVenue({ tightened: z.int() }),
  ),
  effect(
    'venues',
    'closeAllPositions',
    'Flatten every venue with its own close call',
    { effect: 'once', risk: 'reduces', tightens: true },
    () => ({}),
    () => perVenue({ closed: z.int() }),
  ),
]
