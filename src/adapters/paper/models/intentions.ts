/** What the signal would trade in the hours to come: one decision per symbol and hour of session time. */
import type { Session } from '../../../calendar/calendar.ts'
import { between, rounded } from '../chance.ts'
import { refuse } from '../failure.ts'
import { shareUnder } from '../inference-hosts.ts'
import { routingComponent } from '../routing.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'

const hourMs = 3_600_000
const mostHours = 100
/** Shares per standard deviation of the signal, and how many times more where it explodes. */
const sharesPerDeviation = 40
const exploded = 150

/** Moments of the next hours in which the exchange is open. */
function hoursAhead({ calendar, now }: World, count: number): readonly number[] {
  const moments: number[] = []
  const current = calendar.current(now().getTime())
  let session: Session = current ?? calendar.next(now().getTime())
  let at = current === undefined ? session.openMs : now().getTime()
  while (moments.length < count) {
    if (at >= session.closeMs) {
      session = calendar.next(session.openMs)
      at = session.openMs
    }
    moments.push(at)
    at += hourMs
  }
  return moments
}

interface Trade {
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly quantity: string
  readonly at: string
  readonly reason: string
}

/** Quantities in whole lots, as decimals. */
export function intendedTrades(
  world: World,
  hours: number,
): { readonly count: number; readonly trades: readonly Trade[]; readonly largestQuantity: string } {
  if (hours < 1 || hours > mostHours) return refuse(`ask for 1 to ${String(mostHours)} hours`)
  const scale = sharesPerDeviation * (shareUnder(world, 'signal-explosion') > 0 ? exploded : 1)
  const { traded } = readComponent(world, routingComponent)
  const trades = hoursAhead(world, hours).flatMap((ms) =>
    traded.flatMap((symbol): readonly Trade[] => {
      const at = new Date(ms).toISOString()
      const z = between(`intention for ${symbol} at ${at.slice(0, 13)}`, -2.5, 2.5)
      const quantity = Math.floor(Math.abs(z) * scale)
      // Below half a deviation the signal says nothing.
      if (Math.abs(z) < 0.5) return []
      return [
        {
          symbol,
          side: z > 0 ? 'buy' : 'sell',
          quantity: String(quantity),
          at,
          reason: `signal at ${String(rounded(z, 2))} deviations`,
        },
      ]
    }),
  )
  const largestQuantity = String(Math.max(0, ...trades.map(({ quantity }) => Number(quantity))))
  return { count: trades.length, trades, largestQuantity }
}
