/** What a paper venue remembers. Everything is JSON; quantities and prices are decimal strings. */
import { decimalPattern } from '../../../model/decimal.ts'
import { isRecord } from '../store.ts'

export const venueIds = ['primary', 'backup'] as const
export type VenueId = (typeof venueIds)[number]
export const isVenueId = (id: string): id is VenueId => venueIds.some((known) => known === id)

export type Side = 'buy' | 'sell'

export interface Order {
  readonly id: string
  /** Unique per venue; orders of the street have one too. */
  readonly clientOrderId: string
  readonly owner: 'desk' | 'street'
  readonly symbol: string
  readonly side: Side
  /** `stop`: protective, not in the book; its price is the trigger, and it only ever reduces a position. */
  readonly type: 'limit' | 'stop'
  readonly quantity: string
  filled: string
  price: string
  status: 'open' | 'pendingCancel' | 'filled' | 'cancelled'
  /** Order of arrival at the venue: time priority without a clock. */
  readonly sequence: number
  /** RFC 3339. */
  readonly at: string
}

/** One execution. `taker` is the order that came second. */
export interface Trade {
  readonly id: string
  readonly symbol: string
  readonly quantity: string
  readonly price: string
  readonly buyOrder: string
  readonly sellOrder: string
  readonly taker: string
  /** What it did to the desk's position, signed; zero between others. */
  readonly deskChange: string
  readonly at: string
}

export interface Position {
  readonly symbol: string
  quantity: string
  averagePrice: string
}

export interface Reject {
  readonly clientOrderId: string
  /** Empty where the venue gave none. */
  readonly code: string
  readonly at: string
}

export interface VenueState {
  readonly id: VenueId
  sequence: number
  orders: Order[]
  trades: Trade[]
  positions: Position[]
  rejects: Reject[]
  /** Requests in the present window. */
  window: { startMs: number; used: number }
  /** RFC 3339 moments of probe orders. */
  probes: string[]
  /** RFC 3339 moment since when the venue takes no order of the desk. */
  suspendedAt?: string
  /** RFC 3339 moment at which the venue cancels everything unless the timer is wound again before. */
  cancelAt?: string
}

export function parseVenueState(value: unknown): VenueState | undefined {
  return isVenueState(value) ? value : undefined
}

const isVenueState = (value: unknown): value is VenueState =>
  isRecord(value) &&
  typeof value['id'] === 'string' &&
  isVenueId(value['id']) &&
  isCount(value['sequence']) &&
  isListOf(value['orders'], isOrder) &&
  isListOf(value['trades'], isTrade) &&
  isListOf(value['positions'], isPosition) &&
  isListOf(value['rejects'], (item) => hasTexts(item, ['clientOrderId', 'code', 'at'])) &&
  isRecord(value['window']) &&
  isCount(value['window']['startMs']) &&
  isCount(value['window']['used']) &&
  isListOf(value['probes'], (item) => typeof item === 'string') &&
  ['suspendedAt', 'cancelAt'].every((name) => ['string', 'undefined'].includes(typeof value[name]))

const isOrder = (value: unknown): boolean =>
  hasTexts(value, ['id', 'clientOrderId', 'symbol', 'at']) &&
  isOneOf(value['owner'], ['desk', 'street']) &&
  isOneOf(value['side'], ['buy', 'sell']) &&
  isOneOf(value['type'], ['limit', 'stop']) &&
  isOneOf(value['status'], ['open', 'pendingCancel', 'filled', 'cancelled']) &&
  [value['quantity'], value['filled'], value['price']].every(isDecimal) &&
  isCount(value['sequence'])

const isTrade = (value: unknown): boolean =>
  hasTexts(value, ['id', 'symbol', 'buyOrder', 'sellOrder', 'taker', 'at']) &&
  [value['quantity'], value['price'], value['deskChange']].every(isDecimal)

const isPosition = (value: unknown): boolean =>
  hasTexts(value, ['symbol']) && isDecimal(value['quantity']) && isDecimal(value['averagePrice'])

const isDecimal = (value: unknown): boolean => typeof value === 'string' && decimalPattern.test(value)
const hasTexts = (value: unknown, names: readonly string[]): value is Readonly<Record<string, unknown>> =>
  isRecord(value) && names.every((name) => typeof value[name] === 'string')
const isOneOf = (value: unknown, known: readonly unknown[]): boolean => known.includes(value)
const isCount = (value: unknown): boolean => Number.isSafeInteger(value)
const isListOf = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isItem)
