/** Cash of the desk at a venue, in dollars: what it came with, less what it bought, plus what it sold. */
import { decimalUnits, formatDecimal } from '../../../model/decimal.ts'
import { multiply } from './arithmetic.ts'
import type { Trade, VenueId, VenueState } from './state.ts'

export const currency = 'USD'

export const openingCash: Readonly<Record<VenueId, string>> = { primary: '1000000', backup: '250000' }

/** What an execution did to cash, in units of 10^-18: a purchase takes some. */
export const cashChange = ({ deskChange, price }: Pick<Trade, 'deskChange' | 'price'>): bigint =>
  -multiply(decimalUnits(deskChange), decimalUnits(price))

export const cashOf = ({ id, trades }: VenueState): string =>
  formatDecimal(trades.reduce((sum, trade) => sum + cashChange(trade), decimalUnits(openingCash[id])))
