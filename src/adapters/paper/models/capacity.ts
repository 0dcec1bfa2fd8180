/** How much of what there is the desk uses: volume of each symbol, request budget, machines; and how much of its PnL is one name's. */
import { largestShare } from '../../../statistics/concentration.ts'
import { decimalUnits } from '../../../model/decimal.ts'
import { between, rounded } from '../chance.ts'
import { refuse } from '../failure.ts'
import type { ReadHandler } from '../handler.ts'
import { instruments } from '../instruments.ts'
import { readComponent } from '../store.ts'
import { magnitude } from '../venue/arithmetic.ts'
import { requestLimit } from '../venue/desk.ts'
import { startingPositions, venueComponent } from '../venue/seed.ts'
import { venueIds } from '../venue/state.ts'
import type { World } from '../world.ts'

const nearShare = 0.7
/** The symbol that the faults of this file are about. */
const crowded = 'NVDA'
/** Lines that come near their limit under the fault. */
const tight = new Set([`adv:${crowded}`, 'memory'])
const dominates = 4

/** Shares that may be traded in a day without moving the price: a hundredth of the average volume. */
const dailyVolume: Readonly<Record<string, number>> = {
  ...{ SPY: 700_000, QQQ: 400_000, AAPL: 500_000 },
  ...{ MSFT: 200_000, NVDA: 900_000, AMZN: 350_000 },
}

function linesOf(world: World) {
  const { date } = world.calendar.previous(world.now().getTime())
  const isTight = world.faults.has('capacity-70')
  const line = (name: string, limit: number, low: number, high: number) => {
    const share = isTight && tight.has(name) ? 0.76 : between(`${name} on ${date}`, low, high)
    const used = Math.round(limit * share)
    return { name, used, limit, share: rounded(used / limit, 4) }
  }
  return [
    ...instruments.map(({ symbol }) => line(`adv:${symbol}`, dailyVolume[symbol] ?? 100_000, 0.08, 0.35)),
    ...venueIds.map((venue) => line(`requests:${venue}`, requestLimit, 0.15, 0.4)),
    line('cpu', 100, 0.3, 0.5),
    line('memory', 100, 0.4, 0.6),
    line('disk', 1000, 0.2, 0.5),
  ]
}

/** What is left of the position that the desk began with: 1 where nothing was reduced. */
function leftOf(world: World, symbol: string): number {
  const at = (quantity: string | undefined): number => Number(magnitude(decimalUnits(quantity ?? '0')))
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
  const began = sum(venueIds.map((venue) => at(startingPositions[venue].find(([name]) => name === symbol)?.[1])))
  const held = sum(
    venueIds.map((venue) =>
      at(readComponent(world, venueComponent(venue)).positions.find((each) => each.symbol === symbol)?.quantity),
    ),
  )
  return began === 0 ? 1 : held / began
}

export const capacityReads: Readonly<Record<string, ReadHandler>> = {
  'metrics.capacity': (world) => {
    const lines = linesOf(world)
    return { lines, nearest70: lines.filter(({ share }) => share >= nearShare).length }
  },
  'metrics.concentration': (world) => {
    const { date } = world.calendar.previous(world.now().getTime())
    const amounts = instruments.map(({ symbol }) => {
      const size =
        between(`${symbol} made on ${date}`, 250, 330) * Math.sign(between(`${symbol} won on ${date}`, -1, 1.5))
      const crowding = symbol === crowded && world.faults.has('concentration-high')
      return { name: symbol, value: size * (crowding ? dominates * leftOf(world, symbol) : 1) }
    })
    const { name, share } = largestShare(amounts) ?? refuse(`nothing was made or lost on ${date}`)
    return { date, largestShare: rounded(share, 4), symbol: name }
  },
}
