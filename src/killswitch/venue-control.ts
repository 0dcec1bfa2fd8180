/** A venue as the kill switch needs it: a list of orders, a list of stops, one cancel for everything. */

/** One page of a venue's own list of orders. */
export interface OrderPage {
  readonly kind: 'page'
  readonly open: number
  readonly pendingCancel: number
  /** Orders whose state the venue itself does not know. */
  readonly unknown?: number
  /** Asks for the next page; absent on the last one. */
  readonly next?: string
}
export interface VenueFailure {
  readonly kind: 'failure'
  readonly reason: string
  /** Nobody answered, in contrast to a refusal. */
  readonly unreachable: boolean
}
/** An order that protects a position; it goes with the others when everything is cancelled. Quantities and prices are decimal strings. */
export interface ProtectiveStop {
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly quantity: string
  readonly stopPrice: string
}
/** As the venue lists it. */
export interface ListedStop extends ProtectiveStop {
  /** The venue's own name for it: listed twice it is one stop. */
  readonly id: string
}
export interface StopList {
  readonly kind: 'stops'
  readonly stops: readonly ListedStop[]
}
export interface CancelSent {
  readonly kind: 'sent'
  /** All protective stops that this very cancel took away, where the venue says so. */
  readonly stops?: readonly ListedStop[]
}
export interface VenueControl {
  readonly id: string
  /** Asked for before each cancel, which waits for the answer a moment and no longer. */
  readonly listStops: (signal: AbortSignal) => Promise<StopList | VenueFailure>
  readonly openOrders: (page: string | undefined, signal: AbortSignal) => Promise<OrderPage | VenueFailure>
  /** Cancels whatever the venue lists as open. Sending it again is harmless. */
  readonly cancelAll: (signal: AbortSignal) => Promise<CancelSent | VenueFailure>
}
