/** Reductions by the risk service: with each venue's own close call, of all venues, in whole lots. */
import { decimalUnits, decimalUnit, formatDecimal } from '../../../model/decimal.ts'
import type { Arguments } from '../arguments.ts'
import { textOf } from '../arguments.ts'
import { hearExecutions } from '../book-state.ts'
import { PaperFailure, refuse } from '../failure.ts'
import type { EffectHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { findInstrument } from '../instruments.ts'
import type { Performed } from '../store.ts'
import { findPerformed, performOnce } from '../store.ts'
import { conditionsOf, requireAnswer } from '../venue-access.ts'
import { divide, floorTo, magnitude, multiply, smaller } from '../venue/arithmetic.ts'
import { closeOne } from '../venue/desk.ts'
import { venueComponent } from '../venue/seed.ts'
import type { VenueState } from '../venue/state.ts'
import { venueIds } from '../venue/state.ts'
import type { World } from '../world.ts'
import { breachesOf, riskComponent } from './risk.ts'

const heldIn = (state: VenueState, symbol: string): bigint =>
  decimalUnits(state.positions.find((each) => each.symbol === symbol)?.quantity ?? '0')

/** Keeps a share of a position, rounded down to whole lots. Answers how many positions were traded: one or none. */
function keepShare(state: VenueState, symbol: string, share: bigint, now: Date): number {
  const held = magnitude(heldIn(state, symbol))
  const kept = floorTo(multiply(held, share), decimalUnits(findInstrument(symbol)?.lot ?? '1'))
  return kept < held ? closeOne(state, symbol, now, held - kept) : 0
}

/**
 * The same at every venue, once per key and venue. Whoever comes back after a crash finishes at the venues that are left, by the share
 * that is right then.
 */
const everywhere = (
  shareOf: (world: World, args: Arguments) => Promise<bigint> | bigint,
  change: (state: VenueState, world: World, args: Arguments, share: bigint) => string,
  answer: (total: string, args: Arguments) => unknown,
): EffectHandler => {
  const joined = (performed: readonly Performed[], args: Arguments): Performed => {
    const last = performed.at(-1) ?? refuse('there is no venue')
    const total = performed.reduce((sum, { value }) => sum + decimalUnits(String(value)), 0n)
    return { ...last, value: answer(formatDecimal(total), args) }
  }
  return {
    act: async (world, args, key, method) => {
      const share = await shareOf(world, args)
      const performed: Performed[] = []
      for (const venue of venueIds) {
        try {
          if (!conditionsOf(world, venue).silent) requireAnswer(world, venue)
          const once = performOnce(world, venueComponent(venue), { key, method }, (state) =>
            change(state, world, args, share),
          )
          requireAnswer(world, venue)
          hearExecutions(world, venue)
          performed.push(once)
        } catch (error) {
          throw performed.length > 0 && error instanceof PaperFailure ? partly(error) : error
        }
      }
      return joined(performed, args)
    },
    lookup: (world, args, key) =>
      Promise.resolve().then(() => {
        for (const venue of venueIds) requireAnswer(world, venue)
        const performed = venueIds.flatMap((venue) => findPerformed(world, venueComponent(venue), key) ?? [])
        return performed.length === venueIds.length ? joined(performed, args) : undefined
      }),
  }
}

/** Some venues have done their part, so nobody may say that nothing took place. */
const partly = (failure: PaperFailure): PaperFailure =>
  new PaperFailure('paper-refused', `done at some venues, then: ${failure.message}`, failure.unreachable, true)

/** What may be kept of every position so that no limit is crossed; a hair less, so that rounding does not cross it again. */
async function compliantShare(world: World): Promise<bigint> {
  const hair = decimalUnits('0.98')
  return (await breachesOf(world)).reduce((share, { limit, value, ceiling }) => {
    if (limit === 'daily-drawdown-floor') return 0n
    return smaller(share, multiply(divide(decimalUnits(ceiling), decimalUnits(value)), hair))
  }, decimalUnit)
}

export const riskEffects: Readonly<Record<string, EffectHandler>> = {
  'risk.reduce': everywhere(
    (_world, args) => {
      const [symbol, target] = [textOf(args, 'symbol'), decimalUnits(textOf(args, 'target'))]
      if (findInstrument(symbol) === undefined) return refuse(`there is no symbol ${symbol}`)
      if (target < 0n || target >= decimalUnit) return refuse('the share to keep lies from 0 to below 1')
      return target
    },
    (state, world, args, share) => {
      keepShare(state, textOf(args, 'symbol'), share, world.now())
      return formatDecimal(heldIn(state, textOf(args, 'symbol')))
    },
    (total, args) => ({ symbol: textOf(args, 'symbol'), quantity: total }),
  ),
  'risk.autoFlatten': everywhere(
    compliantShare,
    (state, world, _args, share) =>
      String(
        state.positions
          .map(({ symbol }) => symbol)
          .reduce((count, symbol) => count + keepShare(state, symbol, share, world.now()), 0),
      ),
    (total) => ({ reduced: Number(total) }),
  ),
  'risk.resetAlert': {
    act: async (world, args, key, method) => {
      const standing = await breachesOf(world)
      return reset(standing.map(({ limit }) => limit)).act(world, args, key, method)
    },
    lookup: (world, args, key) => reset([]).lookup(world, args, key),
  },
}

const reset = (crossed: readonly string[]): EffectHandler =>
  effectOn(riskComponent, (state, world) => {
    if (crossed.length > 0) return refuse(`still crossed: ${crossed.join(', ')}`)
    state.resetAt = world.now().toISOString()
    return { reset: true }
  })
