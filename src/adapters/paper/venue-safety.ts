/** What a paper venue does to make the desk safer: stops, the dead man's switch, suspension, and closing one position. */
import { decimalUnits } from '../../model/decimal.ts'
import { intOf, textOf } from './arguments.ts'
import { refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { findInstrument } from './instruments.ts'
import { reading, venueEffect } from './venue-access.ts'
import { closeOne } from './venue/desk.ts'
import { placeStops, tightenStops, workingStops } from './venue/stops.ts'

export const venueSafetyReads: Readonly<Record<string, ReadHandler>> = {
  'venue.listStops': reading((state, venue) => ({
    venue,
    stops: workingStops(state).map(({ id, symbol, side, quantity, price }) => ({
      ...{ id, symbol, side, quantity },
      stopPrice: price,
    })),
  })),
}

export const venueSafetyEffects: Readonly<Record<string, EffectHandler>> = {
  'venue.placeStops': venueEffect((state, world) => ({ placed: placeStops(state, world.now()) })),
  'venue.tightenStops': venueEffect((state, world, args) => {
    const factor = textOf(args, 'factor')
    if (decimalUnits(factor) <= 0n || decimalUnits(factor) >= decimalUnits('1')) {
      return refuse(`a factor of ${factor} does not tighten: it lies between 0 and 1`)
    }
    return { tightened: tightenStops(state, factor, world.now()) }
  }),
  'venue.closePosition': venueEffect((state, world, args) => {
    const symbol = textOf(args, 'symbol')
    if (findInstrument(symbol) === undefined) return refuse(`there is no symbol ${symbol}`)
    return { closed: closeOne(state, symbol, world.now()) }
  }),
  'venue.cancelAllOrdersAfter': venueEffect((state, world, args) => {
    const seconds = intOf(args, 'seconds')
    if (seconds < 1) return refuse(`a timer of ${String(seconds)} seconds would disarm: it needs at least one`)
    const armedUntil = new Date(world.now().getTime() + seconds * 1000).toISOString()
    state.cancelAt = armedUntil
    return { venue: state.id, armedUntil }
  }),
  'venue.suspendTrading': venueEffect((state, world) => {
    state.suspendedAt ??= world.now().toISOString()
    return { venue: state.id, suspended: true }
  }),
  'venue.resumeTrading': venueEffect((state) => {
    delete state.suspendedAt
    return { venue: state.id, suspended: false }
  }),
}
