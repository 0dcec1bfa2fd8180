/** Reduce-only against a model: a book of orders that may fill in any part and in any order. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Allowed, type Answer, type Order, admits, scaleQuantity } from '../../src/killswitch/gate.ts'

const ask = (allowed: Allowed): Answer => ({ allowed, sizeMultiplier: allowed === 'all' ? 1 : 0, orderRate: 1 })
const side = fc.constantFrom('buy' as const, 'sell' as const)

/** Orders in whole eighths, which a double holds exactly; the gate sees their decimals. */
interface Eighths {
  readonly side: 'buy' | 'sell'
  readonly size: number
}
const decimal = (eighths: number): string => String(eighths / 8)
const order = ({ side, size }: Eighths): Order => ({ side, quantity: decimal(size) })
const signed = ({ side, size }: Eighths): number => (side === 'buy' ? size : -size)
const orderUpTo = (most: number): fc.Arbitrary<Eighths> => fc.record({ side, size: fc.integer({ min: 1, max: most }) })
const admitsIn = (position: number, asked: Eighths, working: readonly Eighths[]): boolean =>
  admits(ask('reduce-only'), decimal(position), order(asked), working.map(order))

describe('reduce-only compares the position that would result', () => {
  test.each<[string, 'buy' | 'sell', string, boolean]>([
    ['100', 'sell', '40', true],
    ['100', 'sell', '100', true],
    ['100', 'sell', '100.000000000000000001', false],
    ['100', 'buy', '1', false],
    ['-100', 'buy', '100', true],
    ['-100', 'buy', '101', false],
    ['-100', 'sell', '1', false],
    ['0', 'buy', '1', false],
    ['0', 'sell', '1', false],
    ['0.3', 'sell', '0.1', true],
    ['100', 'sell', '0', false],
    ['100', 'sell', '-5', false],
    ['100', 'sell', 'all', false],
    ['', 'sell', '1', false],
    ['1e3', 'sell', '1', false],
  ])('%s %s %s: %s', (position, side, quantity, expected) => {
    expect(admits(ask('reduce-only'), position, { side, quantity })).toBe(expected)
    expect(admits(ask('none'), position, { side, quantity })).toBe(false)
  })

  test.each<[string, readonly Order[], Order, boolean]>([
    ['what is being sold counts as sold', [{ side: 'sell', quantity: '80' }], { side: 'sell', quantity: '21' }, false],
    ['up to the last share', [{ side: 'sell', quantity: '80' }], { side: 'sell', quantity: '20' }, true],
    ['a purchase may never fill', [{ side: 'buy', quantity: '50' }], { side: 'sell', quantity: '120' }, false],
    ['nor does it hinder', [{ side: 'buy', quantity: '50' }], { side: 'sell', quantity: '100' }, true],
    ['a working order that is no number', [{ side: 'buy', quantity: 'some' }], { side: 'sell', quantity: '1' }, false],
    ['a working order of nothing', [{ side: 'sell', quantity: '0' }], { side: 'sell', quantity: '1' }, false],
  ])('of 100 with working orders: %s', (_, working, asked, expected) => {
    expect(admits(ask('reduce-only'), '100', asked, working)).toBe(expected)
  })

  test('a side that is none passes nowhere', () => {
    const wrong: Order = JSON.parse('{ "side": "SELL", "quantity": "1" }') as Order
    expect(admits(ask('all'), '100', wrong)).toBe(false)
    expect(admits(ask('reduce-only'), '100', { side: 'sell', quantity: '1' }, [wrong])).toBe(false)
  })

  test('exactly what brings the position closer to zero passes, whatever part of the working orders fills before', () => {
    const working = fc.array(orderUpTo(4), { maxLength: 3 })
    let passed = 0
    fc.assert(
      fc.property(fc.integer({ min: -16, max: 16 }), orderUpTo(12), working, (position, asked, others) => {
        const isReducing = (before: number): boolean => {
          const after = before + signed(asked)
          return Math.abs(after) < Math.abs(before) && before * after >= 0
        }
        const allowed = admitsIn(position, asked, others)
        expect(allowed).toBe(reachable(position, others).every(isReducing))
        if (allowed) passed++
      }),
      { numRuns: 5000 },
    )
    expect(passed).toBeGreaterThan(500)
  })

  test('no fill of what passed ever adds to the position or turns it, over whole sessions', () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('ask' as const), asked: orderUpTo(20) }),
      fc.record({ kind: fc.constant('fill' as const), which: fc.nat(), part: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ kind: fc.constant('cancel' as const), which: fc.nat() }),
    )
    let filled = 0
    fc.assert(
      fc.property(
        fc.integer({ min: -40, max: 40 }),
        fc.array(orderUpTo(20), { maxLength: 3 }),
        fc.array(event, { minLength: 1, maxLength: 40 }),
        (start, early, events) => {
          let position = start
          // Those from before the hold were not asked about: they may do anything, and are counted.
          let book = early.map((each) => ({ ...each, isAsked: false }))
          for (const each of events) {
            if (each.kind === 'ask') {
              if (admitsIn(position, each.asked, book)) book.push({ ...each.asked, isAsked: true })
              continue
            }
            const at = each.which % Math.max(book.length, 1)
            const chosen = book[at]
            if (chosen === undefined) continue
            const part = each.kind === 'fill' ? Math.min(each.part, chosen.size) : chosen.size
            if (each.kind === 'fill') {
              const after = position + signed({ ...chosen, size: part })
              if (chosen.isAsked) {
                expect(Math.abs(after)).toBeLessThan(Math.abs(position))
                expect(position * after).toBeGreaterThanOrEqual(0)
                filled++
              }
              position = after
            }
            const left = { ...chosen, size: chosen.size - part }
            book = book.flatMap((one, i) => (i !== at ? [one] : left.size > 0 ? [left] : []))
          }
        },
      ),
      { numRuns: 3000 },
    )
    expect(filled).toBeGreaterThan(500)
  })
})

/** Every position that partial and whole fills of these orders can lead to. */
function reachable(position: number, orders: readonly Eighths[]): readonly number[] {
  return orders.reduce<readonly number[]>(
    (before, each) =>
      before.flatMap((p) => Array.from({ length: each.size + 1 }, (_, part) => p + signed({ ...each, size: part }))),
    [position],
  )
}

describe('sizes', () => {
  test.each([
    [1, '100', '1', '100'],
    [0.5, '101', '1', '50'],
    [0.25, '7', '0.5', '1.5'],
    [0.25, '0.000000000000000003', '0.000000000000000001', '0'],
    [0, '100', '1', '0'],
  ] as const)('at %d the size %s in lots of %s is %s', (sizeMultiplier, quantity, lot, expected) => {
    expect(scaleQuantity({ ...ask('all'), sizeMultiplier }, quantity, lot)).toBe(expected)
  })

  test('sizes that are no decimals have no scaled size', () => {
    for (const [quantity, lot] of [
      ['x', '1'],
      ['1', '0'],
      ['-1', '1'],
      ['1', 'NaN'],
    ] as const)
      expect(scaleQuantity(ask('all'), quantity, lot)).toBeUndefined()
  })
})
