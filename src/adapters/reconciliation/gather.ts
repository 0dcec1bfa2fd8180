/** Both sides of a reconciliation, read through the ports. One answer that is missing leaves the whole without one. */
import { decimalUnits, formatDecimal } from '../../model/decimal.ts'
import type { Adapter, Call } from '../../ports/adapter.ts'
import { fetchCorporateActions } from '../../ports/data.ts'
import { bookSnapshot, bookSource } from '../../ports/reconciliation.ts'
import { fetchBalance } from '../../ports/venue-account.ts'
import { fetchMyTrades, fetchOpenOrders, fetchPositions } from '../../ports/venue.ts'
import type { Book, Broker, BrokerVenue, Cash } from '../../reconcile/sides.ts'
import { ask, type Got, joinFailures } from '../asking.ts'

export interface Surroundings {
  readonly inner: Adapter
  /** Ids of the configuration: all of them are asked. */
  readonly venues: readonly string[]
}
type Patience = Pick<Call, 'timeoutMs' | 'signal'>

export interface Taken {
  readonly venues: readonly BrokerVenue[]
  /** Absent where the venues do not tell. */
  readonly cash?: readonly Cash[]
  readonly positions: number
  readonly openOrders: number
  /** Equal for snapshots that say the same, in whatever order. */
  readonly fingerprint: string
}

/** Every venue at the same moment: positions, open orders and the executions after `since`. */
async function takeBroker(surroundings: Surroundings, since: string, call: Patience): Promise<Got<Taken>> {
  const { venues } = surroundings
  if (venues.length === 0) return { kind: 'failure', reason: 'no venue is configured', unreachable: false }
  const taken = await Promise.all(venues.map((venue) => takeVenue(surroundings, venue, since, call)))
  const failure = joinFailures(taken)
  if (failure !== undefined) return failure
  const values = taken.flatMap((got) => (got.kind === 'value' ? [got] : []))
  const sides = values.map(({ value }) => value.side)
  const cash = values.flatMap(({ value }) => value.cash)
  return {
    kind: 'value',
    asOf: values.map(({ asOf }) => asOf).reduce((a, b) => (Date.parse(b) < Date.parse(a) ? b : a)),
    value: {
      venues: sides,
      ...(cash.length === 0 ? {} : { cash }),
      positions: sides.reduce((sum, { positions }) => sum + positions.filter(isHeld).length, 0),
      openOrders: sides.reduce((sum, side) => sum + side.openOrders.length, 0),
      fingerprint: canonical(values.map(({ value }) => value.answers)),
    },
  }
}

interface TakenVenue {
  readonly side: BrokerVenue
  /** Empty where the venue's adapter has no balances. */
  readonly cash: readonly Cash[]
  readonly answers: readonly unknown[]
}

async function takeVenue(
  { inner }: Surroundings,
  venue: string,
  since: string,
  call: Patience,
): Promise<Got<TakenVenue>> {
  const [positions, orders, trades, balance] = await Promise.all([
    ask(inner, fetchPositions, { venue }, call),
    ask(inner, fetchOpenOrders, { venue }, call),
    ask(inner, fetchMyTrades, { venue, since }, call),
    inner.has.has('venue.fetchBalance') ? ask(inner, fetchBalance, { venue }, call) : undefined,
  ])
  if (positions.kind === 'failure') return positions
  if (orders.kind === 'failure') return orders
  if (trades.kind === 'failure') return trades
  if (balance?.kind === 'failure') return balance
  const balances = balance === undefined ? [] : [balance.value]
  const answers = [positions.value, orders.value, trades.value, ...balances]
  const stranger = answers.find((answer) => answer.venue !== venue)
  if (stranger !== undefined)
    return { kind: 'failure', reason: `${stranger.venue} answered for ${venue}`, unreachable: false }
  const openOrders = orders.value.orders.map(({ clientOrderId, symbol, quantity, filled }) => {
    const remaining = formatDecimal(decimalUnits(quantity) - decimalUnits(filled))
    return { clientOrderId, symbol, remaining }
  })
  const side = { venue, positions: positions.value.positions, fills: trades.value.trades, openOrders }
  const cash = balances.map(({ currency, cash: amount }) => ({ venue, currency, amount }))
  return { kind: 'value', value: { side, cash, answers }, asOf: positions.asOf }
}

const isHeld = ({ quantity }: { readonly quantity: string }): boolean => decimalUnits(quantity) !== 0n

/** JSON with sorted fields and lists, because venues promise no order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
  return `{${fields.sort().join()}}`
}

/** Two snapshots around `between`; they must say the same, or the venues moved while we looked. */
export async function takeBrokerTwice<T>(
  surroundings: Surroundings,
  since: string,
  call: Patience,
  between: () => Promise<Got<T>>,
): Promise<Got<{ readonly equal: boolean; readonly taken: Taken; readonly between: T }>> {
  const first = await takeBroker(surroundings, since, call)
  if (first.kind === 'failure') return first
  const middle = await between()
  if (middle.kind === 'failure') return middle
  const second = await takeBroker(surroundings, since, call)
  if (second.kind === 'failure') return second
  const equal = first.value.fingerprint === second.value.fingerprint
  return { kind: 'value', value: { equal, taken: second.value, between: middle.value }, asOf: first.asOf }
}

/** The book at `since`, or at its last reconciliation where that was later: it was proved then, so nothing before it can be wrong. */
export async function startOf(
  { inner }: Surroundings,
  since: string | undefined,
  call: Patience,
): Promise<Got<string>> {
  const source = await ask(inner, bookSource, {}, call)
  if (source.kind === 'failure') return source
  const starts = [since, source.value.reconciledAt].filter((start) => start !== undefined)
  const latest = starts.sort((a, b) => Date.parse(b) - Date.parse(a))[0]
  if (latest !== undefined) return { kind: 'value', value: new Date(latest).toISOString(), asOf: source.asOf }
  return { kind: 'failure', reason: 'the book was never reconciled: say when the silence began', unreachable: false }
}

export async function takeBook({ inner }: Surroundings, start: string, call: Patience): Promise<Got<Book>> {
  return ask(inner, bookSnapshot, { since: start }, call)
}

/**
 * Splits and mergers, where a data vendor can be asked. They only explain a difference that is there anyway, so a vendor without an
 * answer hides nothing.
 */
export async function reorganisedSymbols(
  { inner }: Surroundings,
  vendors: readonly string[],
  venues: readonly BrokerVenue[],
  call: Patience,
): Promise<Broker['reorganised']> {
  const symbols = [...new Set(venues.flatMap(({ positions }) => positions.map(({ symbol }) => symbol)))]
  if (symbols.length === 0) return []
  const answers = await Promise.all(
    vendors.map((vendor) => ask(inner, fetchCorporateActions, { vendor, symbols }, call)),
  )
  const actions = answers.flatMap((got) => (got.kind === 'value' ? got.value.actions : []))
  return actions.filter(({ type }) => type === 'split' || type === 'merger').map(({ symbol }) => symbol)
}
