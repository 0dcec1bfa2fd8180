/** Faults that set the book and the venues apart, one for each kind of difference that a reconciliation knows. All are at primary. */
import { decimalUnits, formatDecimal } from '../../model/decimal.ts'
import type { BookError, BookState } from './book-state.ts'
import { bookComponent, hearExecutions, positionsAt } from './book-state.ts'
import type { Change } from './fault-change.ts'
import { healthy, minutesAgo } from './fault-change.ts'
import type { FaultId } from './faults.ts'
import { noteSent } from './sent-orders.ts'
import type { Place } from './store.ts'
import { changeComponent, readComponent } from './store.ts'
import { cancelOrder, submitOrder, tradeWithHouse } from './venue/desk.ts'
import { venueComponent } from './venue/seed.ts'
import type { Position, Side, Trade, VenueState } from './venue/state.ts'

const venue = 'primary'
const primary = venueComponent(venue)

/** An order that trades at once; answers its execution, of which the book has not heard yet. */
function fill(place: Place, name: string, terms: { symbol: string; quantity: string; price: string }): Trade {
  const order = { ...terms, side: 'buy', clientOrderId: `desk-${name}-${String(place.now().getTime())}` } as const
  noteSent(place, [{ venue, ...order, sentAt: minutesAgo(place, 1) }])
  return changeComponent(place, primary, (state) => {
    submitOrder(state, order, healthy, place.now())
    const trade = state.trades.at(-1)
    if (trade === undefined) throw new Error(`nothing was there to fill ${order.clientOrderId}`)
    return trade
  })
}

/** Books an execution as the fault has it. */
function misbook(place: Place, fault: FaultId, entry: { executionId: string; symbol: string; change: string }): void {
  changeComponent(place, bookComponent, (book) => {
    book.entries.push({ kind: 'execution', venue, at: place.now().toISOString(), ...entry, fault })
    book.source = 'internal'
  })
}

/** Forgets what a fault had booked, unless it was adjusted since: then it has to stay beside its adjustment. */
function forgetMisbooked(place: Place, fault: FaultId): void {
  changeComponent(place, bookComponent, (book) => {
    book.entries = book.entries.filter(
      (entry, index) =>
        entry.kind !== 'execution' ||
        entry.fault !== fault ||
        book.entries
          .slice(index)
          .some((later) => later.kind === 'adjustment' && later.venue === entry.venue && later.symbol === entry.symbol),
    )
  })
}

const withError = (make: (place: Place) => BookError): Change => ({
  on: (place) => {
    changeComponent(place, bookComponent, (book) => {
      book.errors.push(make(place))
    })
  },
  off: (place) => {
    const { kind } = make(place)
    changeComponent(place, bookComponent, (book) => {
      book.errors = book.errors.filter((error) => error.kind !== kind)
    })
  },
})

const heldInBook = (book: BookState, symbol: string): string =>
  positionsAt(book).find((each) => each.venue === venue && each.symbol === symbol)?.quantity ?? '0'

function setPosition(state: VenueState, position: Position): void {
  const others = state.positions.filter(({ symbol }) => symbol !== position.symbol)
  state.positions = position.quantity === '0' ? others : [...others, position]
}

/** Moves a position at the venue without any execution; back again unless the book has taken it over. */
const withPosition = (symbol: string, to: (before: Position | undefined) => Position): Change => ({
  on: (place) => {
    changeComponent(place, primary, (state) => {
      setPosition(state, to(state.positions.find((each) => each.symbol === symbol)))
    })
  },
  off: (place) => {
    const internal = heldInBook(readComponent(place, bookComponent), symbol)
    changeComponent(place, primary, (state) => {
      const now = state.positions.find((each) => each.symbol === symbol)
      if (now === undefined || now.quantity === internal) return
      setPosition(state, { ...now, quantity: internal })
    })
  },
})

const moved = (units: bigint, change: string): string => formatDecimal(units + decimalUnits(change))
const twice = (text: string): string => formatDecimal(2n * decimalUnits(text))
const half = (text: string): string => formatDecimal(decimalUnits(text) / 2n)

const oversized = { symbol: 'SPY', quantity: '6000' } as const
const houseTrade = (side: Side) => (place: Place) => {
  changeComponent(place, primary, (state) => {
    tradeWithHouse(state, { ...oversized, side }, place.now())
  })
  hearExecutions(place, venue)
}

export const bookChanges: Partial<Readonly<Record<FaultId, Change>>> = {
  'duplicate-fills': {
    on: (place) => {
      const trade = fill(place, 'replayed', { symbol: 'AAPL', quantity: '20', price: '229.37' })
      hearExecutions(place, venue)
      misbook(place, 'duplicate-fills', { executionId: trade.id, symbol: trade.symbol, change: trade.deskChange })
    },
    off: (place) => {
      forgetMisbooked(place, 'duplicate-fills')
    },
  },
  'fill-never-happened': {
    on: (place) => {
      const executionId = `never-${String(place.now().getTime())}`
      misbook(place, 'fill-never-happened', { executionId, symbol: 'AAPL', change: '10' })
    },
    off: (place) => {
      forgetMisbooked(place, 'fill-never-happened')
    },
  },
  'side-flipped': {
    on: (place) => {
      const { id, symbol, quantity } = fill(place, 'flipped', { symbol: 'SPY', quantity: '10', price: '592.12' })
      misbook(place, 'side-flipped', { executionId: id, symbol, change: `-${quantity}` })
    },
    off: (place) => {
      forgetMisbooked(place, 'side-flipped')
      hearExecutions(place, venue)
    },
  },
  'position-drift': withPosition('MSFT', (before) => ({
    symbol: 'MSFT',
    averagePrice: before?.averagePrice ?? '417.80',
    quantity: moved(decimalUnits(before?.quantity ?? '0'), '7'),
  })),
  'external-position': withPosition('QQQ', () => ({ symbol: 'QQQ', quantity: '15', averagePrice: '503.40' })),
  'split-unbooked': withPosition('NVDA', (before) => ({
    symbol: 'NVDA',
    quantity: twice(before?.quantity ?? '0'),
    averagePrice: half(before?.averagePrice ?? '141.20'),
  })),
  'external-order': {
    on: (place) => {
      const clientOrderId = `manual-${String(place.now().getTime())}`
      const order = { clientOrderId, symbol: 'SPY', side: 'buy', quantity: '5', price: '580' } as const
      changeComponent(place, primary, (state) => {
        submitOrder(state, order, healthy, place.now())
      })
      changeComponent(place, bookComponent, (book) => {
        book.errors.push({ kind: 'order-unknown', venue, clientOrderId })
      })
    },
    off: (place) => {
      const unknown = readComponent(place, bookComponent).errors.flatMap((error) =>
        error.kind === 'order-unknown' ? [error.clientOrderId] : [],
      )
      changeComponent(place, primary, (state) => {
        for (const clientOrderId of unknown) cancelOrder(state, clientOrderId, healthy)
      })
      changeComponent(place, bookComponent, (book) => {
        book.errors = book.errors.filter(({ kind }) => kind !== 'order-unknown')
      })
    },
  },
  'orders-unresolved': withError((place) => ({
    kind: 'order-unresolved',
    ...{ venue, clientOrderId: `desk-unresolved-${String(place.now().getTime())}` },
    ...{ symbol: 'MSFT', side: 'sell', remaining: '40', at: minutesAgo(place, 3) },
  })),
  'average-price-off': withError(() => ({ kind: 'average-price', venue, symbol: 'MSFT', amount: '0.05' })),
  'cash-off': withError(() => ({ kind: 'cash', venue, amount: '-137.5' })),
  'oversized-position': { on: houseTrade('buy'), off: houseTrade('sell') },
}
