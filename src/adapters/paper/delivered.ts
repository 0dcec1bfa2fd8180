/** Bars as a vendor sends them, with whatever is wrong with its format or its prices. */
import type { Feed } from './bars.ts'
import { intervalMs } from './bars.ts'
import { refuse } from './failure.ts'
import { formatOf } from './feed-format.ts'
import type { Bar } from './prices.ts'
import { barAt } from './prices.ts'
import { lastBarEnd, sessionTimeBefore } from './session-time.ts'

const mostMinutes = 3900
const sharesPerLot = 100
/** What is wrong with one bar of one symbol while prices jump. */
const jumpingSymbol = 'MSFT'
const jump = 1.25

/** In a changed format volumes count lots; where prices jump, one bar ends a quarter too high. */
export function delivered(feed: Feed, symbol: string, endMs: number): Bar {
  const bar = barAt(symbol, endMs, intervalMs)
  const { changedAt } = formatOf(feed.world, feed.vendor)
  const volume =
    changedAt !== undefined && endMs > changedAt.getTime() ? Math.floor(bar.volume / sharesPerLot) : bar.volume
  if (symbol !== jumpingSymbol || endMs !== jumpMs(feed)) return { ...bar, volume }
  const close = String(Number((Number(bar.close) * jump).toFixed(2)))
  return { ...bar, volume, high: close, close }
}

/** End of the wrong bar: the last one when the fault began. */
function jumpMs({ world, vendor }: Feed): number | undefined {
  const since = vendor === 'primary' ? world.faults.get('price-jump') : undefined
  return since === undefined ? undefined : lastBarEnd(world.calendar, since.getTime(), intervalMs)
}

/** Ends of the bars of the last minutes of session time, oldest first, whether they are there or not. */
export function minutesBack({ world, expectedMs }: Feed, minutes: number): readonly number[] {
  if (minutes < 1 || minutes > mostMinutes) return refuse(`minutes lie between 1 and ${String(mostMinutes)}`)
  return Array.from({ length: minutes }, (_, index) =>
    sessionTimeBefore(world.calendar, expectedMs, index * intervalMs),
  ).reverse()
}
