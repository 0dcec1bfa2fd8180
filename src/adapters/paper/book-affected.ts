/** Positions that a stretch of time has touched, for whoever looks at what a change did while it was live. */
import { decimalUnits, formatDecimal } from '../../model/decimal.ts'
import { intOf } from './arguments.ts'
import { bookComponent, positionsAt } from './book-state.ts'
import { limitsOf } from './config/limits.ts'
import { filesOf, openRepository } from './config/repository.ts'
import { refuse } from './failure.ts'
import type { ReadHandler } from './handler.ts'
import { readComponent } from './store.ts'
import { readVenue } from './venue-state.ts'
import { magnitude } from './venue/arithmetic.ts'
import { venueIds } from './venue/state.ts'
import type { World } from './world.ts'

interface Touched {
  readonly venue: string
  readonly symbol: string
  /** RFC 3339. */
  readonly openedAt: string
}

/** By the book and by the venues: an execution that the book never heard of is one all the same. Each position once, at its first. */
function touchedSince(world: World, sinceMs: number): readonly Touched[] {
  const booked = readComponent(world, bookComponent).entries.flatMap((entry) =>
    entry.kind === 'execution' ? [{ venue: entry.venue, symbol: entry.symbol, openedAt: entry.at }] : [],
  )
  const traded = venueIds.flatMap((venue) =>
    readVenue(world, venue)
      .trades.filter(({ deskChange }) => deskChange !== '0')
      .map(({ symbol, at }) => ({ venue, symbol, openedAt: at })),
  )
  const first = new Map<string, Touched>()
  for (const each of [...booked, ...traded]) {
    const name = JSON.stringify([each.venue, each.symbol])
    const known = first.get(name)
    const isEarlier = known === undefined || Date.parse(each.openedAt) < Date.parse(known.openedAt)
    if (Date.parse(each.openedAt) >= sinceMs && isEarlier) first.set(name, each)
  }
  return [...first.values()]
}

async function positionLimit(world: World): Promise<string> {
  const committed = limitsOf(await filesOf(await openRepository(world), 'HEAD'), 'at HEAD')
  return committed.get('max-position')?.value ?? refuse('no limit of a position is committed')
}

export const bookAffectedReads: Readonly<Record<string, ReadHandler>> = {
  'book.affected': async (world, args) => {
    const limit = await positionLimit(world)
    const internal = positionsAt(readComponent(world, bookComponent))
    const atVenues = venueIds.flatMap((venue) =>
      readVenue(world, venue).positions.map(({ symbol, quantity }) => ({ venue, symbol, quantity })),
    )
    const held = (all: typeof internal, { venue, symbol }: Touched): bigint =>
      decimalUnits(all.find((each) => each.venue === venue && each.symbol === symbol)?.quantity ?? '0')
    const touched = touchedSince(world, world.now().getTime() - intOf(args, 'sinceMinutes') * 60_000)
    const rows = touched.map((each) => ({ each, own: held(internal, each), theirs: held(atVenues, each) }))
    const sizes = rows.flatMap(({ own, theirs }) => [magnitude(own), magnitude(theirs)])
    const wrong = rows.filter(({ own, theirs }) => own !== theirs || magnitude(theirs) > decimalUnits(limit))
    return {
      positions: rows.map(({ each, theirs }) => ({
        ...{ venue: each.venue, symbol: each.symbol },
        ...{ quantity: formatDecimal(theirs), openedAt: each.openedAt },
      })),
      exposure: formatDecimal(sizes.reduce((largest, size) => (size > largest ? size : largest), 0n)),
      limit,
      mismatches: wrong.length,
    }
  },
}
