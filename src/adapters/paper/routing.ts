/** Which venue and vendor are in use, and what is traded. */
import * as z from 'zod'
import { once } from '../../model/once.ts'
import { moment } from '../../ports/method.ts'
import { textOf, textsOf } from './arguments.ts'
import { refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { findInstrument, instruments } from './instruments.ts'
import type { Component } from './store.ts'
import { readComponent } from './store.ts'
import { isVenueId, venueIds } from './venue/state.ts'

export const vendorIds = ['primary', 'backup'] as const
export type VendorId = (typeof vendorIds)[number]
export const isVendorId = (id: string): id is VendorId => vendorIds.some((known) => known === id)

const routingState = once(() =>
  z.strictObject({
    broker: z.enum(venueIds),
    /** Since when orders go there; absent: ever since. */
    brokerSince: moment.optional(),
    dataVendor: z.enum(vendorIds),
    traded: z.array(z.string()),
    suppressed: z.array(z.strictObject({ symbol: z.string(), reason: z.string() })),
  }),
)

export const routingComponent: Component<z.infer<ReturnType<typeof routingState>>> = {
  name: 'routing',
  seen: new WeakMap(),
  parse: (value) => routingState().safeParse(value).data,
  seed: () => ({
    broker: 'primary',
    dataVendor: 'primary',
    traded: instruments.map(({ symbol }) => symbol),
    suppressed: [],
  }),
}

export const routingReads: Readonly<Record<string, ReadHandler>> = {
  'routing.getBroker': (world) => ({ venue: readComponent(world, routingComponent).broker }),
  'routing.getDataVendor': (world) => ({ vendor: readComponent(world, routingComponent).dataVendor }),
  'universe.list': (world) => {
    const { traded, suppressed } = readComponent(world, routingComponent)
    return { traded, suppressed }
  },
}

export const routingEffects: Readonly<Record<string, EffectHandler>> = {
  'routing.setBroker': effectOn(routingComponent, (state, world, args) => {
    const venue = textOf(args, 'venue')
    if (!isVenueId(venue)) return refuse(`there is no venue ${venue}`)
    compare('venue', state.broker, textOf(args, 'ifCurrent'))
    if (venue !== state.broker) state.brokerSince = world.now().toISOString()
    state.broker = venue
    return { venue }
  }),
  'routing.setDataVendor': effectOn(routingComponent, (state, _world, args) => {
    const vendor = textOf(args, 'vendor')
    if (!isVendorId(vendor)) return refuse(`there is no vendor ${vendor}`)
    compare('vendor', state.dataVendor, textOf(args, 'ifCurrent'))
    state.dataVendor = vendor
    return { vendor }
  }),
  'universe.suppress': effectOn(routingComponent, (state, _world, args) => {
    const symbols = textsOf(args, 'symbols')
    const unknown = symbols.find((symbol) => findInstrument(symbol) === undefined)
    if (unknown !== undefined) return refuse(`there is no symbol ${unknown}`)
    const reason = textOf(args, 'reason')
    const others = state.suppressed.filter(({ symbol }) => !symbols.includes(symbol))
    state.suppressed = [...others, ...symbols.map((symbol) => ({ symbol, reason }))]
    state.traded = state.traded.filter((symbol) => !symbols.includes(symbol))
    return { suppressed: state.suppressed.map(({ symbol }) => symbol) }
  }),
  'universe.restore': effectOn(routingComponent, (state, _world, args) => {
    const symbols = textsOf(args, 'symbols')
    const unknown = symbols.find((symbol) => findInstrument(symbol) === undefined)
    if (unknown !== undefined) return refuse(`there is no symbol ${unknown}`)
    const restored = state.suppressed.map(({ symbol }) => symbol).filter((symbol) => symbols.includes(symbol))
    state.suppressed = state.suppressed.filter(({ symbol }) => !restored.includes(symbol))
    const traded = [...state.traded, ...restored]
    state.traded = instruments.map(({ symbol }) => symbol).filter((symbol) => traded.includes(symbol))
    return { restored }
  }),
}

function compare(what: string, current: string, expected: string): void {
  if (current !== expected) refuse(`the ${what} in use is ${current}, not ${expected}`)
}
