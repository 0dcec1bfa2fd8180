/** What the desk holds at every venue, what it is worth, and how much of it could be lost in a day. */
import { decimalUnits, formatDecimal } from '../../../model/decimal.ts'
import { once } from '../../../model/once.ts'
import { findInstrument } from '../instruments.ts'
import { readVenue } from '../venue-state.ts'
import { magnitude, multiply } from '../venue/arithmetic.ts'
import { lastPrice } from '../venue/desk.ts'
import { startingPositions } from '../venue/seed.ts'
import type { VenueId } from '../venue/state.ts'
import { venueIds } from '../venue/state.ts'
import type { World } from '../world.ts'

/** Dollars. */
export const capital = 400_000
/** One-sided 95 % of a normal distribution. */
const quantile95 = 1.6448536269514722
/** Standard deviation of a day, and the correlation of any two symbols. */
const dailyVolatility: Readonly<Record<string, number>> = {
  SPY: 0.009,
  QQQ: 0.012,
  AAPL: 0.015,
  MSFT: 0.014,
  NVDA: 0.028,
  AMZN: 0.018,
}
const pairCorrelation = 0.5

export interface Holding {
  readonly venue: VenueId
  readonly symbol: string
  /** Signed decimal. */
  readonly quantity: string
  /** Signed dollars, as a decimal and as a number. */
  readonly value: string
  readonly dollars: number
}

/** The risk service's own view: it holds also where a venue does not answer. */
export const holdingsOf = (world: World): readonly Holding[] =>
  venueIds.flatMap((venue) => {
    const state = readVenue(world, venue)
    return state.positions.flatMap(({ symbol, quantity }) => {
      const instrument = findInstrument(symbol)
      return instrument === undefined ? [] : [holdingAt(venue, symbol, quantity, lastPrice(state, instrument))]
    })
  })

function holdingAt(venue: VenueId, symbol: string, quantity: string, price: string): Holding {
  const value = formatDecimal(multiply(decimalUnits(quantity), decimalUnits(price)))
  return { venue, symbol, quantity, value, dollars: Number(value) }
}

/** As the paper desk begins: faults of the market are set against it. */
const startingHoldings = once((): readonly Holding[] =>
  venueIds.flatMap((venue) =>
    startingPositions[venue].map(([symbol, quantity]) =>
      holdingAt(venue, symbol, quantity, findInstrument(symbol)?.reference ?? '0'),
    ),
  ),
)

/** Variance that each holding accounts for, in square dollars; a hedge has a negative part. */
export function varianceParts(holdings: readonly Holding[]): readonly number[] {
  const moves = holdings.map(({ symbol, dollars }) => dollars * (dailyVolatility[symbol] ?? 0.02))
  return moves.map((move, i) =>
    moves.reduce((sum, other, j) => {
      const isSame = i === j || holdings[i]?.symbol === holdings[j]?.symbol
      return sum + move * other * (isSame ? 1 : pairCorrelation)
    }, 0),
  )
}

/** Dollars that a day exceeds once in twenty, in the market as it usually is. */
const valueAtRisk = (holdings: readonly Holding[]): number =>
  quantile95 *
  Math.sqrt(
    Math.max(
      0,
      varianceParts(holdings).reduce((sum, part) => sum + part, 0),
    ),
  )

/** Of a limit that the first positions would use in a market gone wild. */
const wildShares = { 'risk-breach': 1.15, 'var-over-80': 0.86 } as const

/** Dollars, in the market as it is: the faults make it as wild as it takes. */
export function presentValueAtRisk(world: World, holdings: readonly Holding[], limit: number): number {
  const fault = (['risk-breach', 'var-over-80'] as const).find((id) => world.faults.has(id))
  const wild = fault === undefined ? 1 : (wildShares[fault] * limit) / valueAtRisk(startingHoldings())
  return valueAtRisk(holdings) * Math.max(1, wild)
}

/** A decimal in dollars. */
export const grossExposure = (holdings: readonly Holding[]): string =>
  formatDecimal(holdings.reduce((sum, { value }) => sum + magnitude(decimalUnits(value)), 0n))
