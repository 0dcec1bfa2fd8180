/** How the first orders at a venue were filled since the desk routes to it: in a session it sends one in every half minute. */
import { nearestRank } from '../../statistics/percentile.ts'
import { intOf } from './arguments.ts'
import { refuse } from './failure.ts'
import type { ReadHandler } from './handler.ts'
import { noiseOf } from './noise.ts'
import { routingComponent } from './routing.ts'
import { lastBarEnd, sessionTimeBetween } from './session-time.ts'
import { readComponent } from './store.ts'
import { venueOf } from './venue-access.ts'
import { whyNoAnswer, whyNotAuthorised } from './venue/access.ts'
import type { VenueId } from './venue/state.ts'
import type { World } from './world.ts'

const orderEveryMs = 30_000
const band = { lowerMs: 20, upperMs: 250 } as const
/** Usual fill at each venue. */
const usualMs: Readonly<Record<VenueId, number>> = { primary: 84, backup: 97 }
const slowFactor = 9

/** How many orders the desk has sent there since the route was set, or in the last session where it never was. */
function sentTo(world: World, venue: VenueId, haltedAt: Date | undefined): number {
  const { broker, brokerSince } = readComponent(world, routingComponent)
  if (broker !== venue) return 0
  const { calendar, now } = world
  const nowMs = now().getTime()
  const untilMs = Math.min(nowMs, haltedAt?.getTime() ?? Infinity)
  if (brokerSince !== undefined) {
    const sinceMs = Date.parse(brokerSince)
    return sinceMs >= untilMs ? 0 : Math.floor(sessionTimeBetween(calendar, sinceMs, untilMs) / orderEveryMs)
  }
  const lastMs = lastBarEnd(calendar, untilMs, orderEveryMs)
  const openMs = calendar.current(lastMs - 1)?.openMs ?? calendar.previous(lastMs).openMs
  return Math.floor((lastMs - openMs) / orderEveryMs)
}

/** Fill time of the n-th order; undefined: it was not filled. */
function fillMs(world: World, venue: VenueId, n: number): number | undefined {
  const { faults } = world
  const lost = whyNoAnswer(faults, venue) !== undefined || whyNotAuthorised(world, faults, venue) !== undefined
  if (lost || (venue === 'primary' && faults.has('blank-rejects'))) return undefined
  const usual = usualMs[venue] * (0.6 + 0.9 * noiseOf(`${venue} fill ${String(n)}`))
  const slow = venue === 'primary' ? faults.has('latency-high') : faults.has('backup-fills-slow')
  return usual * (slow ? slowFactor : 1)
}

export const fillBandReads: Readonly<Record<string, ReadHandler>> = {
  'orders.fillBand': async (world, args) => {
    const venue = venueOf(world, args)
    const first = intOf(args, 'first')
    if (first < 1 || first > 1000) return refuse('first lies between 1 and 1000')
    const count = Math.min(first, sentTo(world, venue, await world.haltedAt()))
    if (count === 0) return refuse(`no order was routed to ${venue} yet`)
    const fills = Array.from({ length: count }, (_, n) => fillMs(world, venue, n)).filter((ms) => ms !== undefined)
    if (fills.length === 0) return refuse(`none of the ${String(count)} orders at ${venue} was filled`)
    const p95Ms = Number((nearestRank(fills, 95) ?? 0).toFixed(3))
    const inside = fills.length === first && fills.every((ms) => ms >= band.lowerMs && ms <= band.upperMs)
    return { count, filled: fills.length, p95Ms, ...band, inside }
  },
}
