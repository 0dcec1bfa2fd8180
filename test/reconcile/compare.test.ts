import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimalUnits, formatDecimal } from '../../src/model/decimal.ts'
import { compare, type Comparison } from '../../src/reconcile/compare.ts'
import { adjustmentFor, type DifferenceClass } from '../../src/reconcile/difference.ts'
import type { Book, Broker, Fill } from '../../src/reconcile/sides.ts'
import {
  bookedOf,
  counting,
  healthy,
  holding,
  later,
  moved,
  type Scenario,
  start,
  takeOver,
  venue,
} from './scenario.ts'

function compared(book: Book, broker: Broker, from = start): Comparison {
  const comparison = compare(book, broker, from)
  if (comparison.kind === 'contradiction') throw new Error(comparison.reason)
  return comparison
}
const classes = (book: Book, broker: Broker): readonly DifferenceClass[] =>
  compared(book, broker).differences.map((difference) => difference.class)
const fillsOf = (broker: Broker): readonly Fill[] => broker.venues.flatMap((one) => one.fills)
const reporting = (broker: Broker, fills: readonly Fill[]): Broker => ({
  ...broker,
  venues: broker.venues.map((one) => ({ ...one, fills })),
})
const firstOf = (s: Scenario): Fill => fillsOf(s.broker)[0]!
const restOf = (s: Scenario): readonly Fill[] => fillsOf(s.broker).slice(1)
const total = (book: Book, symbol: string): string => book.positions.find((p) => p.symbol === symbol)!.quantity
const negated = (text: string): string => formatDecimal(-decimalUnits(text))

/** Each way to break a healthy desk, and the class that must come out of it; undefined where this scenario cannot be broken so. */
type Break = (s: Scenario) => Scenario | undefined
const breaks: Readonly<Record<Exclude<DifferenceClass, 'unknown'>, Break>> = {
  'filled-not-reported': (s) => ({ ...s, book: counting(s.book, restOf(s).map(bookedOf)) }),
  'reported-not-filled': (s) => {
    const invented = { ...bookedOf(firstOf(s)), executionId: 'invented', quantity: '7' }
    return { ...s, book: counting(s.book, [...s.book.executions, invented]) }
  },
  duplicate: (s) => ({ ...s, book: counting(s.book, [...s.book.executions, bookedOf(firstOf(s))]) }),
  'quantity-mismatch': (s) => {
    const wrong = { ...bookedOf(firstOf(s)), quantity: formatDecimal(decimalUnits(firstOf(s).quantity) + 1n) }
    return { ...s, book: counting(s.book, [wrong, ...restOf(s).map(bookedOf)]) }
  },
  'side-flip': (s) => {
    const first = bookedOf(firstOf(s))
    const flipped = { ...first, side: first.side === 'buy' ? ('sell' as const) : ('buy' as const) }
    return { ...s, book: counting(s.book, [flipped, ...restOf(s).map(bookedOf)]) }
  },
  'external-position': (s) => ({ ...s, broker: holding(s.broker, 'TSLA', '12') }),
  'corporate-action': (s) => {
    const held = decimalUnits(total(s.book, 'AAPL'))
    if (held === 0n) return undefined
    return { ...s, broker: { ...holding(s.broker, 'AAPL', formatDecimal(held * 2n)), reorganised: ['AAPL'] } }
  },
  'external-order': (s) => ({
    book: { ...s.book, orders: [] },
    broker: {
      ...s.broker,
      venues: s.broker.venues.map((v) => ({
        ...v,
        openOrders: [{ clientOrderId: 'foreign', symbol: 'SPY', remaining: '3' }],
      })),
    },
  }),
  'order-state': (s) => ({
    ...s,
    book: { ...s.book, orders: [{ venue, clientOrderId: 'ours', symbol: 'SPY', remaining: '3' }] },
  }),
  'average-price': (s) => {
    const held = s.book.positions.find((p) => decimalUnits(p.quantity) !== 0n)
    if (held === undefined) return undefined
    const priced = <T extends { readonly symbol: string }>(all: readonly T[], averagePrice: string): readonly T[] =>
      all.map((p) => (p.symbol === held.symbol ? { ...p, averagePrice } : p))
    return {
      book: { ...s.book, positions: priced(s.book.positions, '10.01') },
      broker: { ...s.broker, venues: s.broker.venues.map((v) => ({ ...v, positions: priced(v.positions, '10.02') })) },
    }
  },
  cash: (s) => ({
    book: { ...s.book, cash: [{ venue, currency: 'USD', amount: '100.00' }] },
    broker: { ...s.broker, cash: [{ venue, currency: 'USD', amount: '99.99' }] },
  }),
}

const shuffled = <T>(items: readonly T[], seed: number): readonly T[] =>
  items
    .map((item, i) => ({ item, key: Math.imul(seed + i * 7919, 2654435761) >>> 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)

describe('compare', () => {
  test('a book that agrees has no difference', () => {
    fc.assert(
      fc.property(healthy, ({ book, broker }) => {
        expect(compared(book, broker).differences).toEqual([])
      }),
    )
  })

  for (const [name, breakIt] of Object.entries(breaks)) {
    test(`finds ${name}, keeps both sides, and taking over the broker's ends it`, () => {
      let broken = 0
      fc.assert(
        fc.property(healthy, (scenario) => {
          const after = breakIt(scenario)
          if (after === undefined) return
          broken++
          const { differences } = compared(after.book, after.broker)
          expect(differences.map((d) => d.class)).toEqual([name])
          expect(differences[0]!.internal).not.toBe(differences[0]!.broker)
          const adjusted = takeOver(after.book, differences.map(adjustmentFor))
          expect(compared(adjusted, later(after.broker), '2026-11-20T15:00:00.000Z').differences).toEqual([])
        }),
      )
      expect(broken).toBeGreaterThan(20)
    })
  }

  test('R1: repeating and reordering what the venue reports changes nothing', () => {
    const names = Object.keys(breaks) as (keyof typeof breaks)[]
    fc.assert(
      fc.property(healthy, fc.constantFrom(...names), fc.nat(), (scenario, name, seed) => {
        const after = breaks[name](scenario)
        if (after === undefined) return
        const fills = fillsOf(after.broker)
        const noisy = shuffled([...fills, ...fills.filter((_, i) => (i + seed) % 2 === 0), ...fills.slice(0, 1)], seed)
        const plain = compared(after.book, after.broker)
        expect(compared(after.book, reporting(after.broker, noisy))).toEqual(plain)
      }),
    )
  })

  test('R2: the smallest difference that can be written is found', () => {
    fc.assert(
      fc.property(healthy, ({ book, broker }) => {
        const held = formatDecimal(decimalUnits(total(book, 'SPY')) + 1n)
        expect(compared(book, holding(broker, 'SPY', held)).differences).toHaveLength(1)
      }),
    )
  })

  test('an execution that the list lacks is counted by the cumulative quantity of the next one', () => {
    const fill = (id: string, quantity: string, cumulative: string): Fill => ({
      ...{
        account: 'desk',
        executionId: id,
        orderId: 'o',
        symbol: 'SPY',
        side: 'buy',
        price: '1',
        quantity,
        cumulative,
      },
    })
    const atStart = [{ venue, symbol: 'SPY', quantity: '0' }]
    const [first, third] = [fill('a', '5', '5'), fill('c', '2', '10')]
    const truth = (fills: readonly Fill[]): Broker => ({
      venues: [{ venue, positions: [{ symbol: 'SPY', quantity: '10' }], fills, openOrders: [] }],
      reorganised: [],
    })
    const book = counting({ atStart, positions: [], executions: [] }, [bookedOf(first), bookedOf(third)])
    expect(compared(book, truth([first, third])).differences).toMatchObject([
      { class: 'filled-not-reported', internal: '7', broker: '10' },
    ])
  })

  test('an order that was partly filled before the start counts only what came after', () => {
    const fill: Fill = {
      ...{ account: 'desk', executionId: 'b', orderId: 'o', symbol: 'SPY', side: 'sell', price: '1' },
      ...{ quantity: '4', cumulative: '9' },
    }
    const atStart = [{ venue, symbol: 'SPY', quantity: '20' }]
    const broker: Broker = {
      venues: [{ venue, positions: [{ symbol: 'SPY', quantity: '16' }], fills: [fill], openOrders: [] }],
      reorganised: [],
    }
    expect(classes({ atStart, positions: atStart, executions: [] }, broker)).toEqual(['filled-not-reported'])
    expect(classes(counting({ atStart, positions: [], executions: [] }, [bookedOf(fill)]), broker)).toEqual([])
  })

  test('errors of several kinds at once are unknown, with each of them named', () => {
    fc.assert(
      fc.property(healthy, (scenario) => {
        const first = bookedOf(firstOf(scenario))
        const invented = { ...first, executionId: 'invented', quantity: '1000' }
        const book = counting(scenario.book, [...scenario.book.executions, first, invented])
        const { differences } = compared(book, scenario.broker)
        expect(differences).toMatchObject([{ class: 'unknown' }])
        expect(differences[0]!.because).toContain('invented')
        expect(differences[0]!.because).toContain(`${first.executionId} 2 times`)
      }),
    )
  })

  test('agreement that the executions do not lead to is a difference', () => {
    fc.assert(
      fc.property(healthy, ({ book, broker }) => {
        const moved = formatDecimal(decimalUnits(total(book, 'SPY')) + 1n)
        const positions = book.positions.map((p) => (p.symbol === 'SPY' ? { ...p, quantity: moved } : p))
        expect(classes({ ...book, positions }, holding(broker, 'SPY', moved))).toEqual(['unknown'])
      }),
    )
  })

  test('without executions a turned sign is a flip, another size a mismatch', () => {
    const held = [{ venue, symbol: 'SPY', quantity: '40' }]
    const book: Book = { atStart: held, positions: held, executions: [] }
    const quiet: Broker = { venues: [{ venue, positions: [], fills: [], openOrders: [] }], reorganised: [] }
    expect(classes(book, holding(quiet, 'SPY', negated('40')))).toEqual(['side-flip'])
    expect(classes(book, holding(quiet, 'SPY', '41'))).toEqual(['quantity-mismatch'])
    expect(classes(book, quiet)).toEqual(['quantity-mismatch'])
  })

  test('a position at a venue that nobody asked is a difference', () => {
    const held = [{ venue: 'elsewhere', symbol: 'SPY', quantity: '1' }]
    const broker: Broker = { venues: [], reorganised: [] }
    expect(classes({ atStart: held, positions: held, executions: [] }, broker)).toEqual(['unknown'])
  })

  test('ids follow content: equal for equal differences, other for another silence or another amount', () => {
    fc.assert(
      fc.property(healthy, ({ book, broker }) => {
        const one = compared(book, holding(broker, 'TSLA', '1'))
        expect(compared(book, holding(broker, 'TSLA', '1.0')).id).toBe(one.id)
        const others = [
          compared(book, holding(broker, 'TSLA', '2')),
          compared(book, holding(broker, 'TSLA', '1'), '2026-11-20T14:31:00.000Z'),
          compared(book, broker),
        ]
        for (const other of others) {
          expect(other.id).not.toBe(one.id)
          expect(other.differences.map((d) => d.id)).not.toContain(one.differences[0]!.id)
        }
      }),
    )
  })

  test('R4: a venue that contradicts itself gives no comparison', () => {
    const fill: Fill = {
      ...{ account: 'desk', executionId: 'a', orderId: 'o', symbol: 'SPY', side: 'buy', price: '1' },
      ...{ quantity: '5', cumulative: '5' },
    }
    const held = [{ venue, symbol: 'SPY', quantity: moved({ venue, symbol: 'SPY', quantity: '0' }, [bookedOf(fill)]) }]
    const book: Book = { atStart: [], positions: held, executions: [bookedOf(fill)] }
    const quiet: Broker = { venues: [{ venue, positions: held, fills: [], openOrders: [] }], reorganised: [] }
    const reasonFor = (...more: readonly Fill[]): string => {
      const comparison = compare(book, reporting(quiet, [fill, ...more]), start)
      return comparison.kind === 'contradiction' ? comparison.reason : 'none'
    }
    expect(reasonFor()).toBe('none')
    expect(reasonFor({ ...fill, price: '1.0' })).toBe('none')
    expect(reasonFor({ ...fill, quantity: '4' })).toMatch(/twice with different content/)
    expect(reasonFor({ ...fill, executionId: 'b' })).toMatch(/overlaps/)
    expect(reasonFor({ ...fill, executionId: 'b', side: 'sell', cumulative: '10' })).toMatch(/another side/)
    expect(reasonFor({ ...fill, executionId: 'b', symbol: 'QQQ', cumulative: '10' })).toMatch(/belongs to/)
    expect(reasonFor({ ...fill, executionId: 'b', orderId: 'p', quantity: '6' })).toMatch(/fills 6 and reaches 5/)
    expect(reasonFor({ ...fill, executionId: 'b', orderId: 'p', quantity: '0' })).toMatch(/fills 0/)
    // Two accounts may use the same ids.
    expect(reasonFor({ ...fill, account: 'other', quantity: '4' })).toBe('none')
  })
})

describe('what looks alike and is not', () => {
  const book: Book = { atStart: [], positions: [], executions: [] }
  const broker: Broker = { venues: [{ venue, positions: [], fills: [], openOrders: [] }], reorganised: [] }
  const order = { clientOrderId: 'desk-1', symbol: 'AAPL', remaining: '10' }
  const withOrder = (at: string): Broker => ({
    ...broker,
    venues: [venue, 'backup'].map((name) => ({
      ...{ venue: name, positions: [], fills: [] },
      openOrders: name === at ? [order] : [],
    })),
  })

  test('an order that the desk sent elsewhere is no order of the desk here', () => {
    expect(classes({ ...book, orders: [{ ...order, venue: 'backup' }] }, withOrder('backup'))).toEqual([])
    expect([...classes({ ...book, orders: [{ ...order, venue: 'backup' }] }, withOrder(venue))].sort()).toEqual([
      'external-order',
      'order-state',
    ])
  })

  test('a position that the desk had at the start is nobody else’s', () => {
    const held = [{ venue, symbol: 'AAPL', quantity: '5' }]
    const traded = holding(broker, 'AAPL', '3')
    expect(classes(book, traded)).toEqual(['external-position'])
    expect(classes({ ...book, atStart: held }, traded)).toEqual(['quantity-mismatch'])
  })
})
