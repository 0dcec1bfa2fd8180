/** Orders and requests to cancel them, as messages. */
import type { SentOrder } from './records.ts'
import { timestampOf } from './report.ts'
import type { Outgoing } from './session.ts'
import { massCancelType, type Order } from './state.ts'
import type { Fields } from './wire.ts'
import { sha256 } from '../../model/sha256.ts'

/** Venues take twenty characters and no more, and some of them letters and digits only. */
const idLength = 20
const idOf = (letter: string, ...parts: readonly string[]): string =>
  `${letter}${sha256(parts.join('\u0000'))}`.slice(0, idLength)

/** Derived from the key, so that whoever repeats the call names the same order; anew after an attempt that never reached the venue. */
export const orderIdOf = (key: string, attempt: number): string => idOf('D', key, String(attempt))

const sides = { buy: '1', sell: '2' } as const

export interface Account {
  /** Tag 1; absent where the session stands for the account. */
  readonly account?: string
}

/** A limit order for the day. */
export function newOrder(order: SentOrder, now: Date, { account }: Account): Outgoing {
  return {
    type: 'D',
    fields: [
      [11, order.clientOrderId],
      ...accountField(account),
      [21, '1'],
      [55, order.symbol],
      [54, sides[order.side]],
      [60, timestampOf(now)],
      [38, order.quantity],
      [40, '2'],
      [44, order.price],
      [59, '0'],
    ],
    order,
  }
}

/** `seq` is the number that the message will have, and makes its id one that was never used. */
export function cancelOf(
  order: Order,
  key: string,
  place: { readonly session: string; readonly seq: number },
  now: Date,
): Outgoing {
  const clientOrderId = idOf('C', place.session, String(place.seq))
  return {
    type: 'F',
    fields: [
      [41, order.clientOrderId],
      ...(order.orderId === '' ? [] : ([[37, order.orderId]] as const)),
      [11, clientOrderId],
      [55, order.symbol],
      [54, sides[order.side]],
      [60, timestampOf(now)],
      [38, order.quantity],
    ],
    cancel: { key, clientOrderId, of: order.clientOrderId },
  }
}

/** Every order at once, for venues that took this over from later versions of FIX. */
export function massCancelOf(place: { readonly session: string; readonly seq: number }, now: Date): Outgoing {
  return {
    type: massCancelType,
    fields: [
      [11, idOf('M', place.session, String(place.seq))],
      [530, '7'],
      [60, timestampOf(now)],
    ],
  }
}

const accountField = (account: string | undefined): Fields => (account === undefined ? [] : [[1, account]])
