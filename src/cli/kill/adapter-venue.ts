/** A venue behind an adapter, as the kill switch needs it. What the adapter answers is not believed before it is looked at. */
import type { ListedStop, OrderPage, StopList, VenueControl, VenueFailure } from '../../killswitch/venue-control.ts'
import type { Adapter } from '../../ports/adapter.ts'

const timeoutMs = 10_000
/** Cancels of single orders that are under way at one time: each may be a program. */
const mostAtOnce = 32

interface Asked {
  readonly venue: string
  /** Upper case; orders in other symbols are not touched. */
  readonly symbol?: string
  /** Never answers the same twice: one key for all sweeps would be answered from memory. */
  readonly newKey: () => string
}

export function adapterVenue(adapter: Adapter, asked: Asked): VenueControl {
  const { venue, symbol } = asked
  return {
    id: venue,
    openOrders: async (_page, signal) => {
      const value = await readOf(adapter, 'fetchOpenOrders', venue, signal)
      if (value.kind === 'failure') return value
      return symbol === undefined ? pageOf(value.value) : pageOfSymbol(ordersIn(value.value, symbol))
    },
    cancelAll: (signal) =>
      symbol === undefined ? cancelAll(adapter, asked, signal) : cancelEach(adapter, asked, symbol, signal),
    listStops: async (signal) => {
      const value = await readOf(adapter, 'listStops', venue, signal)
      return value.kind === 'failure' ? value : stopsIn(value.value, symbol)
    },
  }
}

type Value = { readonly kind: 'value'; readonly value: unknown } | VenueFailure

async function readOf(adapter: Adapter, method: string, venue: string, signal: AbortSignal): Promise<Value> {
  const reading = await adapter.read({ port: 'venue', method, args: { venue }, timeoutMs, signal })
  if (reading.kind === 'failure') return { kind: 'failure', reason: reading.reason, unreachable: reading.unreachable }
  return reading.complete ? { kind: 'value', value: reading.value } : failure('the list is not complete')
}

async function cancelAll(
  adapter: Adapter,
  { venue, newKey }: Asked,
  signal: AbortSignal,
): ReturnType<VenueControl['cancelAll']> {
  const call = { port: 'venue', method: 'cancelAllOrders', args: { venue }, timeoutMs, signal }
  const answer = await adapter.act({ ...call, key: newKey() })
  if (answer.kind !== 'done') return failure(answer.reason)
  const taken = stopsIn(answer.value, undefined)
  // Not every venue says which stops it has cancelled; the list is asked for besides.
  return taken.kind === 'stops' ? { kind: 'sent', stops: taken.stops } : { kind: 'sent' }
}

/**
 * No venue is known to cancel by symbol, so each order is cancelled by itself. One that fails keeps none from being sent. The list of them
 * came before their cancels, so it says which of them were stops.
 */
async function cancelEach(
  adapter: Adapter,
  { venue, newKey }: Asked,
  symbol: string,
  signal: AbortSignal,
): ReturnType<VenueControl['cancelAll']> {
  const listed = await readOf(adapter, 'fetchOpenOrders', venue, signal)
  if (listed.kind === 'failure') return listed
  const orders = ordersIn(listed.value, symbol)
  if (orders === undefined) return nonsense
  const reasons: string[] = []
  const open = orders.filter(({ status }) => status !== 'pendingCancel')
  for (let at = 0; at < open.length && !signal.aborted; at += mostAtOnce) {
    const answers = await Promise.all(
      open.slice(at, at + mostAtOnce).map(({ clientOrderId }) => {
        const args = { venue, clientOrderId }
        return adapter.act({ port: 'venue', method: 'cancelOrder', args, timeoutMs, signal, key: newKey() })
      }),
    )
    reasons.push(...answers.flatMap((answer) => (answer.kind === 'done' ? [] : [answer.reason])))
  }
  const [first] = reasons
  const stops = orders.flatMap(({ stop }) => (stop === undefined ? [] : [stop]))
  return first === undefined ? { kind: 'sent', stops } : failure(first)
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
const textOf = (value: unknown, name: string): string | undefined => {
  const field = fieldOf(value, name)
  return typeof field === 'string' ? field : undefined
}

function pageOf(value: unknown): OrderPage | VenueFailure {
  const count = (name: string): number => {
    const field = fieldOf(value, name)
    return typeof field === 'number' ? field : Number.NaN
  }
  return { kind: 'page', open: count('open'), pendingCancel: count('pendingCancel'), unknown: count('unknown') }
}

interface Listed {
  readonly clientOrderId: string
  readonly status: string
  /** Where it protects a position; its price is where it is triggered. */
  readonly stop?: ListedStop
}

/** Undefined where one of the orders cannot be told apart: it might be in that symbol. */
function ordersIn(value: unknown, symbol: string): readonly Listed[] | undefined {
  const rows = fieldOf(value, 'orders')
  if (!Array.isArray(rows)) return undefined
  const orders: Listed[] = []
  for (const row of rows) {
    const [of, clientOrderId, status] = [textOf(row, 'symbol'), textOf(row, 'clientOrderId'), textOf(row, 'status')]
    if (of === undefined || clientOrderId === undefined || status === undefined) return undefined
    if (of.toUpperCase() !== symbol) continue
    const stop = fieldOf(row, 'protective') === true ? stopIn(row, 'price') : undefined
    if (stop === 'nonsense') return undefined
    orders.push({ clientOrderId, status, ...(stop === undefined ? {} : { stop }) })
  }
  return orders
}

function pageOfSymbol(orders: readonly Listed[] | undefined): OrderPage | VenueFailure {
  if (orders === undefined) return nonsense
  const count = (status: string): number => orders.filter((each) => each.status === status).length
  const [open, pendingCancel] = [count('open'), count('pendingCancel')]
  return { kind: 'page', open, pendingCancel, unknown: orders.length - open - pendingCancel }
}

function stopsIn(value: unknown, symbol: string | undefined): StopList | VenueFailure {
  const rows = fieldOf(value, 'stops')
  if (!Array.isArray(rows)) return nonsense
  const stops: ListedStop[] = []
  for (const row of rows) {
    const stop = stopIn(row, 'stopPrice')
    if (stop === 'nonsense') return nonsense
    if (symbol === undefined || stop.symbol.toUpperCase() === symbol) stops.push(stop)
  }
  return { kind: 'stops', stops }
}

function stopIn(row: unknown, priceField: string): ListedStop | 'nonsense' {
  const [id, symbol, side] = [textOf(row, 'id'), textOf(row, 'symbol'), textOf(row, 'side')]
  const [quantity, stopPrice] = [textOf(row, 'quantity'), textOf(row, priceField)]
  if (id === undefined || symbol === undefined || quantity === undefined || stopPrice === undefined) return 'nonsense'
  return side === 'buy' || side === 'sell' ? { id, symbol, side, quantity, stopPrice } : 'nonsense'
}

const failure = (reason: string): VenueFailure => ({ kind: 'failure', reason, unreachable: false })
const nonsense = failure('the venue answered in an unknown shape')
