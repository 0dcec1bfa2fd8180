/**
 * Cash in the book. It is carried from the statements of the venues, and can be calculated afresh from what each came with and the
 * executions that the book knows; where the two differ, a statement was booked wrong or an execution was never heard of.
 */
import { decimalUnits, formatDecimal } from '../../model/decimal.ts'
import type { BookState } from './book-state.ts'
import { readComponent } from './store.ts'
import { cashChange, cashOf, openingCash } from './venue/cash.ts'
import { venueComponent } from './venue/seed.ts'
import type { VenueId } from './venue/state.ts'
import { venueIds } from './venue/state.ts'
import type { World } from './world.ts'

export interface VenueCash {
  readonly venue: VenueId
  /** Both in units of 10^-18 dollars. */
  readonly carried: bigint
  readonly calculated: bigint
}

const total = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n)

export function cashByVenue(world: World, { entries, settled, errors }: BookState): readonly VenueCash[] {
  const booked = entries.flatMap((entry) => (entry.kind === 'execution' ? [entry.executionId] : []))
  const known = new Set([...settled, ...booked])
  return venueIds.map((venue) => {
    const state = readComponent(world, venueComponent(venue))
    const wrong = errors.flatMap((error) => (error.kind === 'cash' && error.venue === venue ? [error.amount] : []))
    return {
      venue,
      carried: decimalUnits(cashOf(state)) + total(wrong.map(decimalUnits)),
      calculated:
        decimalUnits(openingCash[venue]) + total(state.trades.filter(({ id }) => known.has(id)).map(cashChange)),
    }
  })
}

export const totalCash = (rows: readonly VenueCash[], which: 'carried' | 'calculated'): string =>
  formatDecimal(total(rows.map((row) => row[which])))
