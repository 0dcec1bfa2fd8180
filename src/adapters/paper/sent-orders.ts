/** The log of orders that the desk sent, written before the venue hears of them. */
import * as z from 'zod'
import { decimalUnits } from '../../model/decimal.ts'
import { once } from '../../model/once.ts'
import { decimal, moment } from '../../ports/method.ts'
import { intOf, textOf } from './arguments.ts'
import type { ReadHandler } from './handler.ts'
import { findInstrument } from './instruments.ts'
import { previousSessionClose } from './session-time.ts'
import type { Component, Place } from './store.ts'
import { changeComponent, readComponent } from './store.ts'
import { isMultipleOf } from './venue/arithmetic.ts'

const sentOrder = once(() =>
  z.strictObject({
    clientOrderId: z.string(),
    venue: z.string(),
    symbol: z.string(),
    side: z.enum(['buy', 'sell']),
    quantity: decimal,
    price: decimal,
    sentAt: moment,
    /** The fault that put it there; it leaves with the fault. */
    fault: z.string().optional(),
  }),
)
const sentOrders = once(() => z.strictObject({ orders: z.array(sentOrder()) }))
type SentOrder = z.infer<ReturnType<typeof sentOrder>>

const seeded = [
  ['AAPL', 'buy', '50', '229.34'],
  ['MSFT', 'sell', '40', '418.15'],
  ['SPY', 'buy', '20', '591.90'],
  ['NVDA', 'sell', '100', '141.18'],
] as const

const sentComponent: Component<z.infer<ReturnType<typeof sentOrders>>> = {
  name: 'sent-orders',
  parse: (value) => sentOrders().safeParse(value).data,
  seed: (now) => {
    const closeMs = previousSessionClose(now)
    return {
      orders: seeded.map(([symbol, side, quantity, price], index) => ({
        clientOrderId: `desk-sent-${String(index + 1)}`,
        ...{ venue: 'primary', symbol, side, quantity, price },
        sentAt: new Date(closeMs - (seeded.length - index) * 60_000).toISOString(),
      })),
    }
  },
}

/** A halted desk sends nothing of its own, so what a log begins with lies before the halt. */
const logOf = (place: Place, haltedAt: Date | undefined): Place =>
  haltedAt === undefined ? place : { ...place, now: () => haltedAt }

/** An order that is there already stays as it is. */
export function noteSent(place: Place, orders: readonly SentOrder[], haltedAt?: Date): void {
  changeComponent(logOf(place, haltedAt), sentComponent, (log) => {
    const known = new Set(log.orders.map(({ clientOrderId }) => clientOrderId))
    log.orders.push(...orders.filter(({ clientOrderId }) => !known.has(clientOrderId)))
  })
}

/** Forgets what a fault had put there. */
export function forgetSent(place: Place, fault: string): void {
  changeComponent(place, sentComponent, (log) => {
    log.orders = log.orders.filter((order) => order.fault !== fault)
  })
}

/** Orders of the last minutes in which any was sent: at night and on holidays the last ones count. */
function recentOrders(orders: readonly SentOrder[], lookbackMinutes: number): readonly SentOrder[] {
  const lastMs = Math.max(...orders.map(({ sentAt }) => Date.parse(sentAt)))
  return orders.filter(({ sentAt }) => Date.parse(sentAt) > lastMs - lookbackMinutes * 60_000)
}

export const sentOrderReads: Readonly<Record<string, ReadHandler>> = {
  'orders.newSince': async (world, args) => {
    const sinceMs = Date.parse(textOf(args, 'since'))
    const sent = readComponent(logOf(world, await world.haltedAt()), sentComponent)
      .orders.map(({ sentAt }) => Date.parse(sentAt))
      .filter((ms) => ms > sinceMs)
    return { count: sent.length, ...(sent.length === 0 ? {} : { lastAt: new Date(Math.max(...sent)).toISOString() }) }
  },
  'orders.conformance': (world, args) => {
    const orders = recentOrders(readComponent(world, sentComponent).orders, intOf(args, 'lookbackMinutes'))
    return { checked: orders.length, violations: orders.flatMap(violationsOf) }
  },
}

function violationsOf({ clientOrderId, symbol, quantity, price }: SentOrder) {
  const instrument = findInstrument(symbol)
  if (instrument === undefined) return []
  const checks = [
    { rule: 'lot', value: quantity, step: instrument.lot },
    { rule: 'tick', value: price, step: instrument.tick },
  ] as const
  return checks
    .filter(({ value, step }) => !isMultipleOf(decimalUnits(value), decimalUnits(step)))
    .map((check) => ({ clientOrderId, symbol, ...check }))
}
