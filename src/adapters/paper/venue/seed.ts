/** A venue as it is found: the street quoting, the desk with positions, working orders and protective stops. */
import type { Component } from '../store.ts'
import { findInstrument, instruments } from '../instruments.ts'
import { decimalUnits, formatDecimal } from '../../../model/decimal.ts'
import { magnitude } from './arithmetic.ts'
import { protective } from './stops.ts'
import { takeIn } from './matching.ts'
import type { Side, VenueId, VenueState } from './state.ts'
import { parseVenueState } from './state.ts'

/** Signed shares. The internal book starts with the same. */
export const startingPositions: Readonly<Record<VenueId, readonly (readonly [symbol: string, quantity: string])[]>> = {
  primary: [
    ['AAPL', '300'],
    ['MSFT', '120'],
    ['NVDA', '-200'],
    ['SPY', '50'],
  ],
  backup: [
    ['QQQ', '80'],
    ['AMZN', '-60'],
  ],
}

/** Offset from the reference price, in dollars. */
type WorkingOrder = readonly [symbol: string, side: Side, quantity: string, offset: string]
const workingOrders: Readonly<Record<VenueId, readonly WorkingOrder[]>> = {
  primary: [
    ['AAPL', 'buy', '50', '-0.01'],
    ['MSFT', 'sell', '40', '0.35'],
    ['SPY', 'buy', '20', '-0.20'],
  ],
  backup: [
    ['QQQ', 'sell', '30', '0.25'],
    ['AMZN', 'buy', '20', '-0.15'],
  ],
}

const streetLevels = ['0.02', '0.04', '0.06'] as const
const streetQuantity = '500'
const stopDistance = '10'

export function seedVenue(id: VenueId, now: Date): VenueState {
  const state: VenueState = {
    id,
    sequence: 0,
    orders: [],
    trades: [],
    positions: [],
    rejects: [
      {
        clientOrderId: 'desk-seed-rejected',
        code: 'PRICE_BAND',
        at: new Date(now.getTime() - 3_600_000).toISOString(),
      },
    ],
    window: { startMs: 0, used: 0 },
    probes: [],
  }
  const nextId = (): string => `${id}-seed-${String(state.sequence + 1)}`
  for (const { symbol, reference } of instruments) {
    for (const level of streetLevels) {
      for (const side of ['buy', 'sell'] as const) {
        const price = offsetFrom(reference, side === 'buy' ? `-${level}` : level)
        takeIn(
          state,
          {
            clientOrderId: `street-${nextId()}`,
            owner: 'street',
            symbol,
            side,
            type: 'limit',
            quantity: streetQuantity,
            price,
          },
          now,
        )
      }
    }
  }
  for (const [symbol, quantity] of startingPositions[id]) {
    const reference = findInstrument(symbol)?.reference ?? '1'
    const side: Side = decimalUnits(quantity) > 0n ? 'sell' : 'buy'
    state.positions.push({ symbol, quantity, averagePrice: reference })
    const price = offsetFrom(reference, side === 'sell' ? `-${stopDistance}` : stopDistance)
    const size = formatDecimal(magnitude(decimalUnits(quantity)))
    takeIn(state, { ...protective(symbol, side), clientOrderId: `desk-${nextId()}`, quantity: size, price }, now)
  }
  for (const [symbol, side, quantity, offset] of workingOrders[id]) {
    const price = offsetFrom(findInstrument(symbol)?.reference ?? '1', offset)
    takeIn(
      state,
      { clientOrderId: `desk-${nextId()}`, owner: 'desk', symbol, side, type: 'limit', quantity, price },
      now,
    )
  }
  return state
}

const offsetFrom = (reference: string, offset: string): string =>
  formatDecimal(decimalUnits(reference) + decimalUnits(offset))

/** A venue that nobody has changed yet is asked many times at one moment. Kept as text: whoever is given a state may change it. */
const latest = new Map<VenueId, { readonly ms: number; readonly text: string }>()

function seedAgain(id: VenueId, now: Date): VenueState {
  const known = latest.get(id)
  const again = known?.ms === now.getTime() ? parseVenueState(JSON.parse(known.text)) : undefined
  if (again !== undefined) return again
  const state = seedVenue(id, now)
  latest.set(id, { ms: now.getTime(), text: JSON.stringify(state) })
  return state
}

export const venueComponent = (id: VenueId): Component<VenueState> => ({
  name: `venue-${id}`,
  parse: parseVenueState,
  seed: (now) => seedAgain(id, now),
})
