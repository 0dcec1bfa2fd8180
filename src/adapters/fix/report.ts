/** What an execution report says, in desk's words. */
import { formatDecimal, parseDecimal } from '../../model/decimal.ts'
import { type Fields, only } from './wire.ts'

export type ReportedStatus = 'open' | 'pendingCancel' | 'filled' | 'cancelled' | 'rejected' | 'unknown'

export interface ExecutionReport {
  readonly executionId: string
  readonly orderId: string
  /** Of the message that it answers: an order, or the request to cancel one. */
  readonly clientOrderId: string
  /** The order, where the report answers a request about it. */
  readonly about: string | undefined
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly status: ReportedStatus
  /** Filled so far. */
  readonly cumulative: string
  readonly quantity: string | undefined
  readonly price: string | undefined
  /** Of this execution, where it is one. */
  readonly last: { readonly quantity: string; readonly price: string } | undefined
  /** `cancel` and `correct` are about an earlier execution. */
  readonly transaction: 'new' | 'cancel' | 'correct' | 'status'
  /** The execution that is cancelled or corrected. */
  readonly refersTo: string | undefined
  readonly rejectCode: string
  /** RFC 3339. */
  readonly at: string
}

/** The venue's words for the state of an order; `D` is accepted for bidding, `3` done for the day, `B` calculated, `C` expired. */
const statuses: Readonly<Record<string, ReportedStatus>> = {
  '0': 'open',
  '1': 'open',
  '2': 'filled',
  '3': 'cancelled',
  '4': 'cancelled',
  '5': 'open',
  '6': 'pendingCancel',
  '7': 'open',
  '8': 'rejected',
  '9': 'open',
  A: 'open',
  B: 'cancelled',
  C: 'cancelled',
  D: 'open',
  E: 'open',
}
const transactions: Readonly<Record<string, ExecutionReport['transaction']>> = {
  '0': 'new',
  '1': 'cancel',
  '2': 'correct',
  '3': 'status',
}

/** Undefined for a report that lacks what every report has: nobody can say what it means. */
export function readReport(fields: Fields): ExecutionReport | undefined {
  const text = (tag: number): string | undefined => only(fields, tag)
  const [executionId, orderId, clientOrderId, symbol] = [text(17), text(37), text(11), text(55)]
  const side = sides[text(54) ?? '']
  const transaction = transactions[text(20) ?? '']
  const cumulative = decimalOf(text(14))
  const at = momentOf(text(60)) ?? momentOf(text(122)) ?? momentOf(text(52))
  if (executionId === undefined || orderId === undefined || clientOrderId === undefined || symbol === undefined)
    return undefined
  if (side === undefined || transaction === undefined || cumulative === undefined || at === undefined) return undefined
  const [lastQuantity, lastPrice] = [decimalOf(text(32)), decimalOf(text(31))]
  const isExecution = lastQuantity !== undefined && lastPrice !== undefined && parseDecimal(lastQuantity) !== 0n
  return {
    ...{ executionId, orderId, clientOrderId, symbol, side, transaction, cumulative, at },
    about: text(41),
    status: statuses[text(39) ?? ''] ?? 'unknown',
    quantity: decimalOf(text(38)),
    price: decimalOf(text(44)),
    last: isExecution ? { quantity: lastQuantity, price: lastPrice } : undefined,
    refersTo: text(19),
    rejectCode: text(103) ?? text(58) ?? '',
  }
}

const sides: Readonly<Record<string, 'buy' | 'sell'>> = { '1': 'buy', '2': 'sell', '5': 'sell', '6': 'sell' }

/** FIX writes `00023.230`, `.5` and `23.` as well. */
export function decimalOf(text: string | undefined): string | undefined {
  const found = /^(-?)0*(\d*)(?:\.(\d*))?$/.exec(text ?? '')
  if (found === null || !/\d/.test(text ?? '')) return undefined
  const [, sign = '', whole = '', fraction = ''] = found
  const units = parseDecimal(`${sign}${whole || '0'}${fraction === '' ? '' : `.${fraction}`}`)
  return units === undefined ? undefined : formatDecimal(units)
}

/** `20261120-14:05:09.123`, which is UTC, as RFC 3339. */
export function momentOf(text: string | undefined): string | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)-(\d\d:\d\d:\d\d)(?:\.(\d{3})\d*)?$/.exec(text ?? '')
  if (found === null) return undefined
  const [, year = '', month = '', day = '', time = '', ms = '000'] = found
  const moment = `${year}-${month}-${day}T${time}.${ms}Z`
  // A leap second, and the 31st of February, are no moments that anybody else would understand.
  return Number.isNaN(Date.parse(moment)) ? undefined : moment
}

/** A moment as FIX writes it. */
export const timestampOf = (moment: Date): string =>
  moment.toISOString().replace(/^(\d{4})-(\d\d)-(\d\d)T(.*)Z$/, '$1$2$3-$4')
