/** How the methods of the port `venue` reach a paper venue: which one, whether it answers, and with which credential. */
import type { Arguments } from './arguments.ts'
import { optionalText } from './arguments.ts'
import { staleSymbol } from './bars.ts'
import { hearExecutions } from './book-state.ts'
import { PaperFailure, refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { routingComponent } from './routing.ts'
import type { Component } from './store.ts'
import { readComponent } from './store.ts'
import { readVenue } from './venue-state.ts'
import { whyNoAnswer, whyNotAuthorised } from './venue/access.ts'
import type { Conditions } from './venue/desk.ts'
import { runTimer } from './venue/desk.ts'
import { venueComponent } from './venue/seed.ts'
import type { VenueId, VenueState } from './venue/state.ts'
import { isVenueId } from './venue/state.ts'
import type { World } from './world.ts'

/** The venue that is named, or else the one in use. */
export function venueOf(world: World, args: Arguments): VenueId {
  const id = optionalText(args, 'venue') ?? readComponent(world, routingComponent).broker
  return isVenueId(id) ? id : refuse(`there is no venue ${id}`)
}
export const venueStateOf = (world: World, args: Arguments): Component<VenueState> =>
  venueComponent(venueOf(world, args))

/** Faults of order entry are all at primary; a halt holds everywhere. */
export const conditionsOf = ({ faults }: World, venue: VenueId): Conditions => ({
  silent: venue === 'primary' && faults.has('venue-silent'),
  exhausted: venue === 'primary' && faults.has('rate-limit-gone'),
  blankRejects: venue === 'primary' && faults.has('blank-rejects'),
  ...(faults.has('symbol-halted') ? { halted: staleSymbol } : {}),
})

export function requireAnswer({ faults }: World, venue: VenueId): void {
  const no = whyNoAnswer(faults, venue)
  if (no !== undefined) throw new PaperFailure('paper-unreachable', no.reason, true, no.uncertain)
}

/** With the credential in use, or with the version that is named. */
export function requireAuthorised(world: World, venue: VenueId, version?: string): void {
  const why = whyNotAuthorised(world, world.faults, venue, version)
  if (why !== undefined) refuse(why)
}

/** A read of the venue's state, which only a venue that answers and lets the desk in can give. */
export const reading =
  (read: (state: VenueState, venue: VenueId, world: World, args: Arguments) => unknown): ReadHandler =>
  (world, args) => {
    const venue = venueOf(world, args)
    requireAnswer(world, venue)
    requireAuthorised(world, venue, optionalText(args, 'credential'))
    return read(readVenue(world, venue), venue, world, args)
  }

/** A silent venue has taken the request and says nothing about it, now or when asked later; one that is down or refuses has not. */
export const acknowledged = (handler: EffectHandler): EffectHandler => ({
  act: async (world, args, key, method) => {
    const venue = venueOf(world, args)
    if (!conditionsOf(world, venue).silent) requireAnswer(world, venue)
    requireAuthorised(world, venue)
    const performed = await handler.act(world, args, key, method)
    requireAnswer(world, venue)
    hearExecutions(world, venue)
    return performed
  },
  lookup: async (world, args, key) => {
    const venue = venueOf(world, args)
    requireAnswer(world, venue)
    const performed = await handler.lookup(world, args, key)
    hearExecutions(world, venue)
    return performed
  },
})

/** An effect on the state of one venue. */
export const venueEffect = (change: (state: VenueState, world: World, args: Arguments) => unknown): EffectHandler =>
  acknowledged(
    effectOn(venueStateOf, (state, world, args) => {
      runTimer(state, world.now())
      return change(state, world, args)
    }),
  )
