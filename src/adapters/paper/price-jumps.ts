/** How far prices move from one bar to the next: what no market does in a minute is wrong data until somebody knows better. */
import { intOf } from './arguments.ts'
import type { Feed } from './bars.ts'
import { hasBar, openFeed, requireVendor, vendorOf } from './bars.ts'
import { rounded } from './chance.ts'
import { delivered, minutesBack } from './delivered.ts'
import type { ReadHandler } from './handler.ts'
import type { Bar } from './prices.ts'
import { routingComponent } from './routing.ts'
import { readComponent } from './store.ts'

interface Change {
  readonly at: string
  readonly change: number
}

/** Against the close of the bar before, which belongs to the same session; the first bar of a session against its own open. */
function changeOf(feed: Feed, bar: Bar, before: Bar | undefined): Change {
  const openMs = feed.world.calendar.current(Date.parse(bar.at) - 1)?.openMs ?? Infinity
  const isSameSession = before !== undefined && Date.parse(before.at) > openMs
  const from = Number(isSameSession ? before.close : bar.open)
  const change = Math.max(Math.abs(Number(bar.high) / from - 1), Math.abs(Number(bar.low) / from - 1))
  return { at: bar.at, change: rounded(change, 6) }
}

/** Undefined where none of these bars is there. */
function largestChange(feed: Feed, symbol: string, ends: readonly number[]): Change | undefined {
  const bars = ends.filter((endMs) => hasBar(feed, symbol, endMs)).map((endMs) => delivered(feed, symbol, endMs))
  const changes = bars.map((bar, index) => changeOf(feed, bar, bars[index - 1]))
  return changes.reduce<Change | undefined>(
    (largest, each) => (largest === undefined || each.change > largest.change ? each : largest),
    undefined,
  )
}

export const priceJumpReads: Readonly<Record<string, ReadHandler>> = {
  'data.priceJumps': (world, args) => {
    const feed = openFeed(world, vendorOf(world, args))
    requireVendor(world, feed.vendor)
    const ends = minutesBack(feed, intOf(args, 'lookbackMinutes'))
    const { traded } = readComponent(world, routingComponent)
    const symbols = traded.flatMap((symbol) => {
      const largest = largestChange(feed, symbol, ends)
      return largest === undefined ? [] : [{ symbol, ...largest }]
    })
    return {
      vendor: feed.vendor,
      traded: traded.length,
      silent: traded.length - symbols.length,
      largest: Math.max(0, ...symbols.map(({ change }) => change)),
      symbols,
    }
  },
}
