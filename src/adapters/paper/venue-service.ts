/** How well a paper venue serves the desk, by the desk's own records: they answer also where the venue does not. */
import { nearestRank } from '../../statistics/percentile.ts'
import { intOf, optionalNumber, textOf } from './arguments.ts'
import { refuse } from './failure.ts'
import type { ReadHandler } from './handler.ts'
import { findInstrument } from './instruments.ts'
import { noiseOf } from './noise.ts'
import { lastBarEnd, sessionTimeBefore } from './session-time.ts'
import { conditionsOf, requireAnswer, venueOf } from './venue-access.ts'
import { readVenue } from './venue-state.ts'
import { whyNoAnswer } from './venue/access.ts'
import type { VenueId } from './venue/state.ts'
import type { World } from './world.ts'

/** Median acknowledgement of a healthy venue. */
export const baselineMs = 12
/** Where an acknowledgement counts as lost; a lost one ranks as one of this length. */
const ackTimeoutMs = 10_000
/** The desk sends about one order in this time, while the session lasts. */
const orderEveryMs = 20_000
const slowFactor = 8
const beatEveryMs = 10_000
/** A fault is known from its first minutes, so what lies just before the switch is part of it. */
const reachBackMs = { acks: 15 * 60_000, beats: 3 * beatEveryMs } as const
const mostAsked = 10_000

function countOf(args: Parameters<typeof intOf>[0], name: string): number {
  const count = intOf(args, name)
  return count >= 1 && count <= mostAsked ? count : refuse(`${name} lies between 1 and ${String(mostAsked)}`)
}

/** Acknowledgement time of the order sent at `ms`; undefined: none came. */
function ackMs({ faults }: World, venue: VenueId, ms: number): number | undefined {
  const since = (fault: Parameters<typeof faults.get>[0]): boolean =>
    ms > (faults.get(fault)?.getTime() ?? Infinity) - reachBackMs.acks
  if (venue === 'primary' && (since('venue-silent') || since('acks-lost'))) return undefined
  if (venue === 'backup' && since('backup-venue-down')) return undefined
  const usual = baselineMs * (0.7 + 0.9 * noiseOf(`${venue} ack ${String(ms)}`))
  return usual * (venue === 'primary' && since('latency-high') ? slowFactor : 1)
}

const rounded = (ms: number): number => Number(ms.toFixed(3))

/** How many of the latest heartbeats in a row went unanswered. */
function lostBeats({ faults, now }: World, venue: VenueId): number {
  const causes = venue === 'primary' ? (['heartbeat-lost', 'venue-silent'] as const) : (['backup-venue-down'] as const)
  const since = Math.min(...causes.map((fault) => faults.get(fault)?.getTime() ?? Infinity))
  if (since === Infinity) return 0
  return Math.max(0, Math.floor((now().getTime() - since + reachBackMs.beats) / beatEveryMs))
}

export const venueServiceReads: Readonly<Record<string, ReadHandler>> = {
  'venue.fetchInstrument': (world, args) => {
    const venue = venueOf(world, args)
    requireAnswer(world, venue)
    const found = findInstrument(textOf(args, 'symbol'))
    if (found === undefined) return refuse(`there is no symbol ${textOf(args, 'symbol')}`)
    const { symbol, tick, lot } = found
    const tradable = readVenue(world, venue).suspendedAt === undefined && conditionsOf(world, venue).halted !== symbol
    return { symbol, tick, lot, tradable }
  },
  'venue.latency': (world, args) => {
    const venue = venueOf(world, args)
    const end = lastBarEnd(world.calendar, world.now().getTime(), orderEveryMs)
    const acks = Array.from({ length: countOf(args, 'last') }, (_, index) =>
      ackMs(world, venue, sessionTimeBefore(world.calendar, end, index * orderEveryMs)),
    )
    const times = acks.map((ms) => ms ?? ackTimeoutMs)
    return {
      ...{ venue, count: acks.length, baselineMs },
      ...{
        p50Ms: rounded(nearestRank(times, 50) ?? ackTimeoutMs),
        p95Ms: rounded(nearestRank(times, 95) ?? ackTimeoutMs),
      },
      missing: acks.filter((ms) => ms === undefined).length,
    }
  },
  'venue.heartbeat': (world, args) => {
    const venue = venueOf(world, args)
    const seconds = optionalNumber(args, 'seconds') ?? Infinity
    const checks = Math.min(countOf(args, 'last'), Math.floor((seconds * 1000) / beatEveryMs))
    const failed = Math.min(checks, lostBeats(world, venue))
    return { venue, checks, failed, consecutiveFailed: failed, windowSeconds: (checks * beatEveryMs) / 1000 }
  },
}

/** Whether a ping goes through. */
export const beats = (world: World, venue: VenueId): boolean =>
  whyNoAnswer(world.faults, venue) === undefined && !(venue === 'primary' && world.faults.has('heartbeat-lost'))
