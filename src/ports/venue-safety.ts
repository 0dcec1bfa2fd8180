/** What a venue does to make the desk safer: stops, the dead man's switch, suspension, closing one position. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { decimal, effect, moment, read } from './method.ts'
import { protectiveStop } from './venue.ts'

const optionalVenue = once(() => ({ venue: z.string().optional() }))
const venue = once(() => ({ venue: z.string() }))

export const venueSafetyMethods = [
  read('venue', 'listStops', 'Protective stops at work', optionalVenue, () => ({
    venue: z.string(),
    stops: z.array(protectiveStop()),
  })),
  effect(
    'venue',
    'placeStops',
    'Offer the stops that a cancel removed once more, reduce-only, at their old price and for what is held now',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    optionalVenue,
    () => ({ placed: z.int() }),
  ),
  effect(
    'venue',
    'tightenStops',
    'Move protective stops closer to the market, their distance times the factor; stops that a cancel removed are placed again first, reduce-only',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    () => ({ ...optionalVenue(), factor: decimal }),
    () => ({ tightened: z.int() }),
  ),
  effect(
    'venue',
    'closePosition',
    "Close one position with the venue's own close call",
    { effect: 'once', risk: 'reduces', tightens: true },
    () => ({ ...venue(), symbol: z.string() }),
    /** Zero where nothing was held. */
    () => ({ closed: z.int() }),
  ),
  effect(
    'venue',
    'cancelAllOrdersAfter',
    'Have the venue cancel every order in so many seconds unless this is called again before; at least one second, as zero would disarm it',
    { effect: 'idempotent', risk: 'reduces' },
    () => ({ ...venue(), seconds: z.int() }),
    () => ({ venue: z.string(), armedUntil: moment }),
  ),
  effect(
    'venue',
    'suspendTrading',
    'Have the venue take no further order of the desk',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    venue,
    () => ({ venue: z.string(), suspended: z.boolean() }),
  ),
  effect(
    'venue',
    'resumeTrading',
    'Have the venue take orders of the desk again',
    { effect: 'idempotent', risk: 'adds', loosens: true },
    venue,
    () => ({ venue: z.string(), suspended: z.boolean() }),
  ),
]
