/** What executions did to a position. Venues repeat executions and report them in any order, so nothing is ever added up as it comes. */
import { decimalUnits } from '../model/decimal.ts'
import { groupBy } from './group.ts'
import type { Fill, Side } from './sides.ts'

/** The venue contradicts itself: nobody can tell what happened, so nothing may be concluded. */
export interface Contradiction {
  readonly kind: 'contradiction'
  readonly reason: string
}
export interface Change {
  /** Each execution once. */
  readonly fills: readonly Fill[]
  /** Signed, in units of 10^-18. */
  readonly units: bigint
}

export const signed = (side: Side, units: bigint): bigint => (side === 'buy' ? units : -units)

/** Each execution once, in an order that does not depend on how they were reported. */
export function deduplicate(
  fills: readonly Fill[],
): { readonly kind: 'fills'; readonly fills: readonly Fill[] } | Contradiction {
  const byName = new Map<string, Fill>()
  for (const fill of fills) {
    const name = nameOf(fill)
    const known = byName.get(name)
    if (known !== undefined && contentOf(known) !== contentOf(fill))
      return {
        kind: 'contradiction',
        reason: `execution ${fill.executionId} of ${fill.account} was reported twice with different content`,
      }
    byName.set(name, fill)
  }
  const sorted = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fill]) => fill)
  return { kind: 'fills', fills: sorted }
}

export const nameOf = ({ account, executionId }: { readonly account: string; readonly executionId: string }): string =>
  JSON.stringify([account, executionId])

const contentOf = ({ orderId, symbol, side, quantity, cumulative, price }: Fill): string =>
  JSON.stringify([orderId, symbol, side, ...[quantity, cumulative, price].map((text) => decimalUnits(text).toString())])

/**
 * The change of one symbol's position: per order what was filled at its last execution less what was filled before its first one. So an
 * execution that is missing in between is counted all the same.
 */
export function changeOf(fills: readonly Fill[]): ({ readonly kind: 'change' } & Change) | Contradiction {
  const unique = deduplicate(fills)
  if (unique.kind === 'contradiction') return unique
  const orders = groupBy(unique.fills, (fill) => JSON.stringify([fill.account, fill.orderId]))
  let units = 0n
  for (const [, ofOrder] of orders) {
    const filled = filledOf(ofOrder)
    if (typeof filled === 'string') return { kind: 'contradiction', reason: filled }
    units += filled
  }
  return { kind: 'change', fills: unique.fills, units }
}

/** Signed; a text says what is impossible. */
function filledOf(fills: readonly Fill[]): bigint | string {
  const steps = fills
    .map((fill) => ({ fill, to: decimalUnits(fill.cumulative), size: decimalUnits(fill.quantity) }))
    .sort((a, b) => (a.to < b.to ? -1 : 1))
  const [first, last] = [steps[0], steps.at(-1)]
  if (first === undefined || last === undefined) return 0n
  let reached = 0n
  for (const { fill, to, size } of steps) {
    const where = `execution ${fill.executionId} of order ${fill.orderId}`
    if (fill.side !== first.fill.side || fill.symbol !== first.fill.symbol) return `${where} has another side or symbol`
    if (size <= 0n || to - size < 0n) return `${where} fills ${fill.quantity} and reaches ${fill.cumulative}`
    if (to - size < reached) return `${where} overlaps the one before it`
    reached = to
  }
  return signed(first.fill.side, last.to - (first.to - first.size))
}
