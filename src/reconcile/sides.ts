/**
 * The two sides of a reconciliation as plain data: what the venues say, and what the book believes. Quantities, prices and amounts are
 * decimal strings; quantities held are signed. Account and execution id together name an execution.
 */
export type Side = 'buy' | 'sell'

/** One execution as a venue reports it, possibly more than once. */
export interface Fill {
  readonly account: string
  readonly executionId: string
  readonly orderId: string
  readonly symbol: string
  readonly side: Side
  /** Of this execution. */
  readonly quantity: string
  /** Filled of its order so far, this execution included. */
  readonly cumulative: string
  readonly price: string
}
export interface OpenOrder {
  readonly clientOrderId: string
  readonly symbol: string
  /** Not filled yet. */
  readonly remaining: string
}
export interface Cash {
  readonly venue: string
  readonly currency: string
  readonly amount: string
}
export interface BrokerVenue {
  readonly venue: string
  readonly positions: readonly { readonly symbol: string; readonly quantity: string; readonly averagePrice?: string }[]
  /** Since the start. */
  readonly fills: readonly Fill[]
  readonly openOrders: readonly OpenOrder[]
}
export interface Broker {
  readonly venues: readonly BrokerVenue[]
  /** Symbols with a split or a merger since the start. */
  readonly reorganised: readonly string[]
  readonly cash?: readonly Cash[]
}

export interface Held {
  readonly venue: string
  readonly symbol: string
  readonly quantity: string
}
/** An execution as the book counted it; listed once per time it was counted. */
export interface Booked {
  readonly account: string
  readonly executionId: string
  readonly venue: string
  readonly symbol: string
  readonly side: Side
  readonly quantity: string
}
export interface Book {
  readonly atStart: readonly Held[]
  readonly positions: readonly (Held & { readonly averagePrice?: string | undefined })[]
  readonly executions: readonly Booked[]
  /** Absent where the book does not follow orders: then they are not compared. */
  readonly orders?: readonly (OpenOrder & { readonly venue: string })[] | undefined
  /** Absent where the book does not follow cash. */
  readonly cash?: readonly Cash[] | undefined
}
