/**
 * Compares the book with broker truth.
 *
 * R1 Repeating or reordering what a venue reports changes nothing, neither differences nor ids.
 * R2 Every difference to the share is found; there is no tolerance.
 * R3 Taking over the broker's side of every difference leaves none.
 * R4 A venue that contradicts itself gives no comparison, rather than one without differences.
 */
import { decimalUnits, formatDecimal } from '../model/decimal.ts'
import { type Difference, type Finding, hashOf, identify } from './difference.ts'
import { type Change, changeOf, type Contradiction } from './fills.ts'
import { groupBy } from './group.ts'
import { judgePosition } from './position.ts'
import type { Book, Broker, BrokerVenue, Cash, Held } from './sides.ts'

export interface Comparison {
  readonly kind: 'comparison'
  /** Names exactly these differences and this start. */
  readonly id: string
  /** Sorted by venue, symbol and subject. */
  readonly differences: readonly Difference[]
}

/** `start` is the RFC 3339 moment at which the book's `atStart` was true, and after which fills count. */
export function compare(book: Book, broker: Broker, start: string): Comparison | Contradiction {
  const findings: Finding[] = []
  for (const venue of broker.venues) {
    const changes = changesOf(venue)
    if ('kind' in changes) return changes
    findings.push(...comparePositions(book, venue, changes, new Set(broker.reorganised)), ...compareOrders(book, venue))
  }
  findings.push(...strayPositions(book, broker), ...compareCash(book.cash, broker.cash))
  const differences = findings
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
    .map((finding) => identify(finding, start))
  const texts = differences.flatMap((difference) => [difference.id, difference.class])
  return { kind: 'comparison', id: hashOf([start, ...texts]), differences }
}

const sortKey = ({ venue, symbol, subject, clientOrderId }: Finding): string =>
  JSON.stringify([venue, symbol, subject, clientOrderId ?? ''])

type Changes = ReadonlyMap<string, Change>

/** Per symbol. */
function changesOf({ venue, fills }: BrokerVenue): Changes | Contradiction {
  const changes = new Map<string, Change>()
  for (const [symbol, ofSymbol] of groupBy(fills, (fill) => fill.symbol)) {
    const change = changeOf(ofSymbol)
    if (change.kind === 'contradiction') return { kind: 'contradiction', reason: `${venue}: ${change.reason}` }
    changes.set(symbol, change)
  }
  const owners = new Map<string, string>()
  for (const { executionId, account, orderId, symbol } of fills) {
    for (const name of [JSON.stringify(['x', account, executionId]), JSON.stringify(['o', account, orderId])]) {
      const other = owners.get(name)
      if (other !== undefined && other !== symbol)
        return { kind: 'contradiction', reason: `${venue}: execution ${executionId} belongs to ${other} and ${symbol}` }
      owners.set(name, symbol)
    }
  }
  return changes
}

const none: Change = { fills: [], units: 0n }

function comparePositions(
  book: Book,
  { venue, positions }: BrokerVenue,
  changes: Changes,
  reorganised: ReadonlySet<string>,
): readonly Finding[] {
  const here = <T extends { readonly venue: string }>(all: readonly T[]): readonly T[] =>
    all.filter((one) => one.venue === venue)
  const [atStart, internal, booked] = [here(book.atStart), here(book.positions), here(book.executions)]
  const symbols = new Set([
    ...[...atStart, ...internal, ...booked, ...positions].map(({ symbol }) => symbol),
    ...changes.keys(),
  ])
  return [...symbols].flatMap((symbol): readonly Finding[] => {
    const held = { internal: quantityOf(internal, symbol), broker: quantityOf(positions, symbol) }
    const judged = judgePosition({
      ...held,
      atStart: quantityOf(atStart, symbol),
      change: changes.get(symbol) ?? none,
      booked: booked.filter((entry) => entry.symbol === symbol),
      reorganised: reorganised.has(symbol),
    })
    const sides = { venue, symbol, internal: formatDecimal(held.internal), broker: formatDecimal(held.broker) }
    const prices = comparePrices(
      internal.find((one) => one.symbol === symbol)?.averagePrice,
      held.broker === 0n ? undefined : positions.find((one) => one.symbol === symbol)?.averagePrice,
    )
    return [
      ...(judged === undefined ? [] : [{ ...sides, ...judged, subject: 'position' as const }]),
      ...prices.map((price) => ({ ...sides, ...price })),
    ]
  })
}

/** Several entries of one symbol are one position. */
const quantityOf = (all: readonly { readonly symbol: string; readonly quantity: string }[], symbol: string): bigint =>
  all.reduce((sum, one) => (one.symbol === symbol ? sum + decimalUnits(one.quantity) : sum), 0n)

/** Compared only where both sides know one. */
function comparePrices(
  internal: string | undefined,
  broker: string | undefined,
): readonly Pick<Finding, 'class' | 'subject' | 'internal' | 'broker' | 'because'>[] {
  if (internal === undefined || broker === undefined || decimalUnits(internal) === decimalUnits(broker)) return []
  const because = 'the average price differs'
  return [{ class: 'average-price', subject: 'average-price', internal, broker, because }]
}

/** Positions that the book places at a venue which nobody asked. */
function strayPositions(book: Book, { venues }: Broker): readonly Finding[] {
  const asked = new Set(venues.map(({ venue }) => venue))
  const isStray = ({ venue, quantity }: Held): boolean => !asked.has(venue) && decimalUnits(quantity) !== 0n
  return book.positions.filter(isStray).map(({ venue, symbol, quantity }) => ({
    class: 'unknown',
    subject: 'position',
    ...{ venue, symbol, internal: quantity, broker: '0' },
    because: `${venue} is no venue of this desk`,
  }))
}

function compareOrders(book: Book, { venue, openOrders }: BrokerVenue): readonly Finding[] {
  if (book.orders === undefined) return []
  const known = new Map(book.orders.filter((o) => o.venue === venue).map((o) => [o.clientOrderId, o]))
  const open = new Map(openOrders.map((order) => [order.clientOrderId, order]))
  const subject = 'order'
  const external = openOrders.flatMap(({ clientOrderId, symbol, remaining }): readonly Finding[] =>
    known.has(clientOrderId)
      ? []
      : [
          {
            ...{ class: 'external-order', subject, venue, symbol, clientOrderId, internal: '0', broker: remaining },
            because: `the desk never sent ${clientOrderId}`,
          },
        ],
  )
  const changed = [...known.values()].flatMap(({ clientOrderId, symbol, remaining }): readonly Finding[] => {
    const at = open.get(clientOrderId)
    if (at !== undefined && decimalUnits(at.remaining) === decimalUnits(remaining)) return []
    const because = at === undefined ? `${clientOrderId} is no longer open` : `${clientOrderId} was filled in part`
    const broker = at?.remaining ?? '0'
    return [{ class: 'order-state', subject, venue, symbol, clientOrderId, internal: remaining, broker, because }]
  })
  return [...external, ...changed]
}

/** Compared only where both sides are known. */
function compareCash(internal: readonly Cash[] | undefined, broker: readonly Cash[] | undefined): readonly Finding[] {
  if (internal === undefined || broker === undefined) return []
  const keyOf = ({ venue, currency }: Cash): string => JSON.stringify([venue, currency])
  const amounts = (all: readonly Cash[]): ReadonlyMap<string, string> => new Map(all.map((c) => [keyOf(c), c.amount]))
  const [ours, theirs] = [amounts(internal), amounts(broker)]
  const all = new Map([...internal, ...broker].map((cash) => [keyOf(cash), cash]))
  return [...all].flatMap(([key, { venue, currency }]): readonly Finding[] => {
    const sides = { internal: ours.get(key) ?? '0', broker: theirs.get(key) ?? '0' }
    if (decimalUnits(sides.internal) === decimalUnits(sides.broker)) return []
    const because = 'the amounts differ'
    return [{ class: 'cash', subject: 'cash', venue, symbol: currency, ...sides, because }]
  })
}
