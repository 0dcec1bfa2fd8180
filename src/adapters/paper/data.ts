/** Two vendors of one-minute bars. A healthy one has the bar that the calendar expects, by day, by night and over holidays. */
import { tradingDate } from '../../calendar/due.ts'
import { intOf, textOf, textsOf } from './arguments.ts'
import type { Feed } from './bars.ts'
import { hasBar, intervalMs, lastBar, openFeed, requireVendor, staleSymbol, vendorOf } from './bars.ts'
import { refuse } from './failure.ts'
import { delivered, minutesBack } from './delivered.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { findInstrument, instruments } from './instruments.ts'
import { marketDataComponent, subscribeAgain } from './market-data.ts'
import { priceJumpReads } from './price-jumps.ts'
import { routingComponent } from './routing.ts'
import { sessionTimeBetween } from './session-time.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'

const latencyMs = 8

const isHalted = ({ faults }: World, symbol: string): boolean => faults.has('symbol-halted') && symbol === staleSymbol

function ageOf(feed: Feed, symbol: string) {
  const barMs = lastBar(feed, symbol)
  if (barMs === undefined) return undefined
  const ageMs = sessionTimeBetween(feed.world.calendar, barMs, feed.world.now().getTime())
  return { barMs, ageSeconds: ageMs / 1000, stale: ageMs > 2 * intervalMs }
}

function freshnessOf(feed: Feed, symbol: string, suppressed: boolean) {
  const base = { symbol, suppressed, halted: isHalted(feed.world, symbol) }
  const age = ageOf(feed, symbol)
  if (age === undefined) return { ...base, stale: true }
  return { ...base, lastBarAt: new Date(age.barMs).toISOString(), ageSeconds: age.ageSeconds, stale: age.stale }
}

/** Whether no traded symbol of the vendor is stale. */
export const isCurrent = (feed: Feed): boolean =>
  readComponent(feed.world, routingComponent).traded.every(
    (symbol) => isHalted(feed.world, symbol) || ageOf(feed, symbol)?.stale === false,
  )

const requireSymbol = (symbol: string): string =>
  findInstrument(symbol) === undefined ? refuse(`there is no symbol ${symbol}`) : symbol

export const dataReads: Readonly<Record<string, ReadHandler>> = {
  ...priceJumpReads,
  'data.ping': (world, args) => {
    const vendor = vendorOf(world, args)
    requireVendor(world, vendor)
    return { vendor, latencyMs }
  },
  // Judged from the bars that arrived, so it has an answer also where the vendor has none.
  'data.freshness': (world, args) => {
    const feed = openFeed(world, vendorOf(world, args))
    const { traded, suppressed } = readComponent(world, routingComponent)
    const symbols = [
      ...traded.map((symbol) => freshnessOf(feed, symbol, false)),
      ...suppressed.map(({ symbol }) => freshnessOf(feed, symbol, true)),
    ]
    const stale = symbols.filter((each) => each.stale && !each.suppressed && !each.halted).length
    return { vendor: feed.vendor, intervalSeconds: intervalMs / 1000, traded: traded.length, stale, symbols }
  },
  'data.fetchLatestBar': (world, args) => {
    const feed = openFeed(world, vendorOf(world, args))
    requireVendor(world, feed.vendor)
    const symbol = requireSymbol(textOf(args, 'symbol'))
    const age = ageOf(feed, symbol) ?? refuse(`vendor ${feed.vendor} has no bar of ${symbol}`)
    const { at, close, volume } = delivered(feed, symbol, age.barMs)
    return { vendor: feed.vendor, symbol, at, ageSeconds: age.ageSeconds, close, volume }
  },
  'data.fetchBars': (world, args) => {
    const feed = openFeed(world, vendorOf(world, args))
    requireVendor(world, feed.vendor)
    const symbol = requireSymbol(textOf(args, 'symbol'))
    const ends = minutesBack(feed, intOf(args, 'lookbackMinutes'))
    const bars = ends.filter((endMs) => hasBar(feed, symbol, endMs)).map((endMs) => delivered(feed, symbol, endMs))
    if (bars.length === 0) return refuse(`vendor ${feed.vendor} has no bar of ${symbol} in that time`)
    return { bars, missing: ends.length - bars.length }
  },
  'data.fetchTradingStatus': (world, args) => {
    requireVendor(world, vendorOf(world, args))
    const symbols = textsOf(args, 'symbols').map(requireSymbol)
    if (symbols.length === 0) return refuse('no symbol is named')
    return { symbols: symbols.map((symbol) => ({ symbol, status: isHalted(world, symbol) ? 'halted' : 'trading' })) }
  },
  'data.fetchCorporateActions': (world, args) => {
    vendorOf(world, args)
    const date = tradingDate(world.calendar, world.now().getTime())
    const types = [
      ...(world.faults.has('stale-one-corporate-action') || world.faults.has('split-unbooked') ? ['split'] : []),
      ...(world.faults.has('symbol-halted') ? ['halt'] : []),
    ]
    const asked = textsOf(args, 'symbols').includes(staleSymbol)
    return { actions: asked ? types.map((type) => ({ symbol: staleSymbol, type, date })) : [] }
  },
  'data.countBars': (world, args) => {
    const feed = openFeed(world, vendorOf(world, args))
    const ends = minutesBack(feed, intOf(args, 'lookbackMinutes'))
    const symbols = readComponent(world, routingComponent).traded.map((symbol) => ({
      symbol,
      count: ends.filter((endMs) => hasBar(feed, symbol, endMs)).length,
    }))
    return { vendor: feed.vendor, total: symbols.reduce((sum, { count }) => sum + count, 0), symbols }
  },
}

export const dataEffects: Readonly<Record<string, EffectHandler>> = {
  'data.subscribe': effectOn(marketDataComponent, (state, world, args) => {
    const vendor = vendorOf(world, args)
    requireVendor(world, vendor)
    subscribeAgain(state, vendor, world.now().toISOString(), textsOf(args, 'symbols').map(requireSymbol))
    const lost = new Set(
      state.losses.flatMap((loss) => (loss.vendor === vendor && loss.backAt === undefined ? [loss.symbol] : [])),
    )
    return { vendor, subscribed: instruments.length - lost.size }
  }),
}
