/** The port `book`: internal positions, cash and orders, and taking over broker truth. */
import type * as z from 'zod'
import { decimalUnits, formatDecimal } from '../../model/decimal.ts'
import { bookAdjust } from '../../ports/reconciliation.ts'
import { optionalText, textOf } from './arguments.ts'
import type { BookState, ExecutionEntry, Held } from './book-state.ts'
import { account, bookComponent, positionsAt } from './book-state.ts'
import { cashByVenue, totalCash } from './book-cash.ts'
import { averagePrices, openOrders } from './book-orders.ts'
import { refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { readComponent } from './store.ts'
import { magnitude } from './venue/arithmetic.ts'
import { currency } from './venue/cash.ts'

export const bookReads: Readonly<Record<string, ReadHandler>> = {
  'book.positions': (world, args) => {
    const at = optionalText(args, 'at')
    const book = readComponent(world, bookComponent)
    return { positions: positionsAt(book, at === undefined ? Infinity : Date.parse(at)) }
  },
  'book.source': (world) => {
    const { source, reconciledAt } = readComponent(world, bookComponent)
    return { source, ...(reconciledAt === undefined ? {} : { reconciledAt }) }
  },
  'book.snapshot': (world, args) => {
    const book = readComponent(world, bookComponent)
    const sinceMs = Date.parse(textOf(args, 'since'))
    const executions = book.entries.flatMap((entry) =>
      entry.kind === 'execution' && Date.parse(entry.at) > sinceMs ? [describeExecution(entry)] : [],
    )
    const prices = averagePrices(world, book)
    const positions = positionsAt(book).map((held) => {
      const averagePrice = prices(held)
      return averagePrice === undefined ? held : { ...held, averagePrice }
    })
    const orders = openOrders(world, book).map(({ venue, clientOrderId, symbol, remaining }) => ({
      ...{ venue, clientOrderId, symbol, remaining },
    }))
    const cash = cashByVenue(world, book).map(({ venue, carried }) => ({
      ...{ venue, currency, amount: formatDecimal(carried) },
    }))
    return { atStart: positionsAt(book, sinceMs), positions, executions, orders, cash }
  },
  'book.cash': (world) => {
    const rows = cashByVenue(world, readComponent(world, bookComponent))
    return { cash: totalCash(rows, 'carried'), calculated: totalCash(rows, 'calculated'), currency }
  },
}

function describeExecution({ executionId, venue, symbol, change }: ExecutionEntry) {
  const units = decimalUnits(change)
  const terms = { side: units > 0n ? 'buy' : 'sell', quantity: formatDecimal(magnitude(units)) } as const
  return { account, executionId, venue, symbol, ...terms }
}

type Entry = z.infer<typeof bookAdjust.args>['entries'][number]

/** Takes the broker's side of one difference over. */
function takeOver(book: BookState, entry: Entry, at: string): void {
  const { id, class: name, venue, symbol, internal, broker, subject, clientOrderId } = entry
  if (subject === 'position') {
    requireHeld(positionsAt(book), { venue, symbol, quantity: internal })
    const change = formatDecimal(decimalUnits(broker) - decimalUnits(internal))
    book.entries.push({ kind: 'adjustment', id, class: name, venue, symbol, internal, broker, change, at })
    return
  }
  const mends = (error: BookState['errors'][number]): boolean => {
    if (error.venue !== venue) return false
    if (error.kind === 'cash') return subject === 'cash'
    if (error.kind === 'average-price') return subject === 'average-price' && error.symbol === symbol
    return subject === 'order' && error.clientOrderId === clientOrderId
  }
  if (!book.errors.some(mends)) refuse(`the ${subject} of ${symbol} at ${venue} is right by now: compare again`)
  book.errors = book.errors.filter((error) => !mends(error))
  // Both sides stay on record, with nothing to change in what is held.
  book.entries.push({ kind: 'adjustment', id, class: name, venue, symbol, internal, broker, change: '0', at })
}

/** A book that has moved on since it was compared is not adjusted. */
function requireHeld(positions: readonly Held[], { venue, symbol, quantity }: Held): void {
  const now = positions.find((each) => each.venue === venue && each.symbol === symbol)?.quantity ?? '0'
  if (decimalUnits(now) === decimalUnits(quantity)) return
  refuse(`the book holds ${now} ${symbol} at ${venue} by now, not ${quantity}: compare again`)
}

export const bookEffects: Readonly<Record<string, EffectHandler>> = {
  'book.adjust': effectOn(bookComponent, (book, world, args) => {
    const { entries, executions } = bookAdjust.args.parse(args)
    const at = world.now().toISOString()
    const known = new Set(book.entries.flatMap((entry) => (entry.kind === 'adjustment' ? [entry.id] : [])))
    const fresh = entries.filter(({ id }) => !known.has(id))
    for (const entry of fresh) takeOver(book, entry, at)
    book.settled = [...new Set([...book.settled, ...executions.map(({ executionId }) => executionId)])]
    book.source = 'broker'
    book.reconciledAt = at
    return { adjusted: fresh.length }
  }),
  'book.recalculateCash': effectOn(bookComponent, (book, world) => {
    book.errors = book.errors.filter(({ kind }) => kind !== 'cash')
    return { cash: totalCash(cashByVenue(world, book), 'carried') }
  }),
}
