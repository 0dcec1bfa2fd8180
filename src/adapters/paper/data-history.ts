/** Completeness of the feeds over sessions: both vendors against each other, bars that are missing, and filling them in. */
import type { Session } from '../../calendar/calendar.ts'
import { barEnds, hasBar, lastSessions, openFeed, requireVendor, vendorOf } from './bars.ts'
import type { Feed } from './bars.ts'
import { isCurrent } from './data.ts'
import { refuse } from './failure.ts'
import { formatOf } from './feed-format.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { marketDataComponent } from './market-data.ts'
import { routingComponent } from './routing.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'

const tradedSymbols = (world: World): readonly string[] => readComponent(world, routingComponent).traded

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

/** Bars per traded symbol. */
const countsOf = (feed: Feed, session: Session): readonly number[] =>
  tradedSymbols(feed.world).map(
    (symbol) => barEnds(feed, session).filter((endMs) => hasBar(feed, symbol, endMs)).length,
  )

/** Missing bars per traded symbol, those of no symbol that is complete. */
function missingOf(feed: Feed, sessions: readonly Session[]) {
  const ends = sessions.flatMap((session) => barEnds(feed, session))
  return tradedSymbols(feed.world)
    .map((symbol) => ({ symbol, missing: ends.filter((endMs) => !hasBar(feed, symbol, endMs)).length }))
    .filter(({ missing }) => missing > 0)
}

const totalOf = (symbols: ReturnType<typeof missingOf>): number => sum(symbols.map(({ missing }) => missing))

export const dataHistoryReads: Readonly<Record<string, ReadHandler>> = {
  // The backup has run beside the primary as far back as it has bars without a whole session lacking.
  'data.compareCounts': (world, args) => {
    const [primary, backup] = [openFeed(world, 'primary'), openFeed(world, 'backup')]
    const all = lastSessions(world, args, false).map(
      (session) => [countsOf(primary, session), countsOf(backup, session)] as const,
    )
    const without = all.findIndex((counts) => counts.some((each) => sum(each) === 0))
    const parallel = without < 0 ? all : all.slice(0, without)
    if (parallel.length === 0) return refuse('the vendors have not run in parallel')
    const totals = { primary: sum(parallel.flatMap(([a]) => a)), backup: sum(parallel.flatMap(([, b]) => b)) }
    const apart = sum(parallel.flatMap(([a, b]) => a.map((count, index) => Math.abs(count - (b[index] ?? 0)))))
    const current = !world.faults.has('backup-dead') && isCurrent(backup)
    return { sessions: parallel.length, ...totals, divergence: apart / totals.primary, current }
  },
  'data.schema': (world, args) => {
    const vendor = vendorOf(world, args)
    requireVendor(world, vendor)
    const { format, expected, changedAt } = formatOf(world, vendor)
    const changed = changedAt === undefined ? {} : { changedAt: changedAt.toISOString() }
    return { vendor, format, expected, matches: format === expected, ...changed }
  },
  'data.missingBars': (world, args) => {
    const symbols = missingOf(openFeed(world, vendorOf(world, args)), lastSessions(world, args, true))
    return { symbols, missing: totalOf(symbols) }
  },
}

export const dataHistoryEffects: Readonly<Record<string, EffectHandler>> = {
  'data.backfill': effectOn(marketDataComponent, (state, world, args) => {
    const vendor = vendorOf(world, args)
    requireVendor(world, vendor)
    const sessions = lastSessions(world, args, true)
    const feed = openFeed(world, vendor)
    const from = new Date(Math.min(...sessions.map(({ openMs }) => openMs))).toISOString()
    state.backfills.push({ vendor, from, at: world.now().toISOString() })
    const after = { ...feed, backfills: state.backfills.filter((each) => each.vendor === vendor) }
    return { filled: totalOf(missingOf(feed, sessions)) - totalOf(missingOf(after, sessions)) }
  }),
}
