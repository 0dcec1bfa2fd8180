/**
 * The desk's own side: what it believes to hold. It starts with opening positions and follows execution reports; what no report ever
 * said, only an adjustment brings in. Entries are never changed, so that the book can be told as of any moment.
 */
import * as z from 'zod'
import { decimalUnits, formatDecimal } from '../../model/decimal.ts'
import { once } from '../../model/once.ts'
import { decimal, moment } from '../../ports/method.ts'
import { differenceClasses } from '../../ports/reconciliation.ts'
import { activeFaults } from './faults.ts'
import { previousSessionClose } from './session-time.ts'
import type { Component, Place } from './store.ts'
import { changeComponent, readComponent } from './store.ts'
import { startingPositions, venueComponent } from './venue/seed.ts'
import type { Trade, VenueId } from './venue/state.ts'
import { venueIds } from './venue/state.ts'

/** The one account that the desk has at each paper venue. */
export const account = 'paper'

const held = once(() => z.strictObject({ venue: z.string(), symbol: z.string(), quantity: decimal }))
const entryBase = once(() => ({ venue: z.string(), symbol: z.string(), /** Signed. */ change: decimal, at: moment }))
const executionEntry = once(() =>
  z.strictObject({
    kind: z.literal('execution'),
    executionId: z.string(),
    ...entryBase(),
    /** The fault that put it there. */
    fault: z.string().optional(),
  }),
)
/** Keeps both sides of the difference that it settles. */
const adjustmentEntry = once(() =>
  z.strictObject({
    kind: z.literal('adjustment'),
    /** Derived from the difference, so that booking it twice is booking it once. */
    id: z.string(),
    class: z.enum(differenceClasses),
    internal: decimal,
    broker: decimal,
    ...entryBase(),
  }),
)
/** Where the book, beyond its positions, is not what the venues are; each leaves with what mends it. */
const error = once(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('cash'), venue: z.string(), amount: decimal }),
    z.strictObject({ kind: z.literal('average-price'), venue: z.string(), symbol: z.string(), amount: decimal }),
    /** The venue has an order that the book does not know. */
    z.strictObject({ kind: z.literal('order-unknown'), venue: z.string(), clientOrderId: z.string() }),
    /** The book holds an order for open of which the venue knows nothing any more. */
    z.strictObject({
      kind: z.literal('order-unresolved'),
      ...{ venue: z.string(), clientOrderId: z.string(), symbol: z.string(), side: z.enum(['buy', 'sell']) },
      remaining: decimal,
      at: moment,
    }),
  ]),
)
export type BookError = z.infer<ReturnType<typeof error>>
const bookState = once(() =>
  z.strictObject({
    opening: z.array(held()),
    /** As booked, oldest first. */
    entries: z.array(z.discriminatedUnion('kind', [executionEntry(), adjustmentEntry()])),
    /** Executions that broker truth contained at an adjustment: they are never booked any more. */
    settled: z.array(z.string()),
    source: z.enum(['broker', 'internal']),
    reconciledAt: moment.optional(),
    errors: z.array(error()).default([]),
  }),
)
export type BookState = z.infer<ReturnType<typeof bookState>>
export type Held = z.infer<ReturnType<typeof held>>
export type ExecutionEntry = z.infer<ReturnType<typeof executionEntry>>

export const bookComponent: Component<BookState> = {
  name: 'book',
  parse: (value) => bookState().safeParse(value).data,
  seed: (now) => ({
    opening: venueIds.flatMap((venue) =>
      startingPositions[venue].map(([symbol, quantity]) => ({ venue, symbol, quantity })),
    ),
    entries: [],
    settled: [],
    errors: [],
    source: 'broker',
    reconciledAt: new Date(previousSessionClose(now)).toISOString(),
  }),
}

/** Positions that are not zero, after the entries up to a moment; after all of them where none is given. */
export function positionsAt({ opening, entries }: BookState, untilMs = Infinity): readonly Held[] {
  const positions = new Map<string, Held>()
  const booked = entries.filter(({ at }) => Date.parse(at) <= untilMs)
  for (const { venue, symbol, change } of [...opening.map((each) => ({ ...each, change: each.quantity })), ...booked]) {
    const name = JSON.stringify([venue, symbol])
    const before = decimalUnits(positions.get(name)?.quantity ?? '0')
    positions.set(name, { venue, symbol, quantity: formatDecimal(before + decimalUnits(change)) })
  }
  return [...positions.values()].filter(({ quantity }) => quantity !== '0')
}

/** Brings the book back to what it was at a moment: one adjustment per position that has changed. Answers how many positions it has. */
export function restorePositions(book: BookState, at: Date, from: string, now: Date): number {
  const [was, is] = [positionsAt(book, at.getTime()), positionsAt(book)]
  const quantityIn = (all: readonly Held[], { venue, symbol }: Held): string =>
    all.find((each) => each.venue === venue && each.symbol === symbol)?.quantity ?? '0'
  const gone = is.filter((each) => quantityIn(was, each) === '0')
  for (const each of [...was, ...gone]) {
    const [internal, broker] = [quantityIn(is, each), quantityIn(was, each)]
    const change = formatDecimal(decimalUnits(broker) - decimalUnits(internal))
    if (change === '0') continue
    const { venue, symbol } = each
    const id = `${from} ${venue} ${symbol} ${now.toISOString()}`
    book.entries.push({
      kind: 'adjustment',
      id,
      class: 'unknown',
      internal,
      broker,
      venue,
      symbol,
      change,
      at: now.toISOString(),
    })
  }
  book.source = 'internal'
  return was.length
}

/** Books every execution of the desk that is new. While acknowledgements are lost nothing is heard. */
export function hearExecutions(place: Place, venue: VenueId): void {
  if (activeFaults(place).has('acks-lost')) return
  const { trades } = readComponent(place, venueComponent(venue))
  if (unheard(readComponent(place, bookComponent), trades).length === 0) return
  changeComponent(place, bookComponent, (book) => {
    for (const { id, symbol, deskChange, at } of unheard(book, trades)) {
      book.entries.push({ kind: 'execution', executionId: id, venue, symbol, change: deskChange, at })
      book.source = 'internal'
    }
  })
}

function unheard({ entries, settled }: BookState, trades: readonly Trade[]): readonly Trade[] {
  const booked = entries.flatMap((entry) => (entry.kind === 'execution' ? [entry.executionId] : []))
  const known = new Set([...settled, ...booked])
  return trades.filter(({ id, deskChange }) => deskChange !== '0' && !known.has(id))
}
