/**
 * One venue behind FIX 4.2.
 *
 * The standard of that version has no list of a venue's orders, so the list is kept here: every order that was sent over this session,
 * and every report that the venue has given, none of which a lost connection can hide, because the numbers show what is missing.
 */
import { performance } from 'node:perf_hooks'
import { decimalUnits } from '../../model/decimal.ts'
import type { Call, Effected, Settlement } from '../../ports/adapter.ts'
import { failed, unknown } from '../answer.ts'
import { type Account, cancelOf, massCancelOf, newOrder, orderIdOf } from './orders.ts'
import type { SentOrder } from './records.ts'
import type { Session } from './session.ts'
import type { SessionLog } from './session-log.ts'
import type { SharedSession } from './shared-session.ts'
import { massCancelType, openOrders, type Order, orderByKey } from './state.ts'
import { isSendable } from './wire.ts'

export interface VenueOptions extends Account {
  readonly venue: string
  readonly source: string
  readonly shared: SharedSession
  readonly log: SessionLog
  /** Sends a request to cancel everything, beside those for each order. */
  readonly massCancel: boolean
  readonly now: () => Date
}
export type Acting = Call & { readonly key: string }
/** A value, or why there is none. */
export type Told =
  | { readonly kind: 'told'; readonly value: unknown }
  | { readonly kind: 'untold'; readonly reason: string; readonly unreachable: boolean }

export class FixVenue {
  readonly #options: VenueOptions
  constructor(options: VenueOptions) {
    this.#options = options
  }

  /** Whether every report could be understood. */
  get isComplete(): boolean {
    return this.#options.log.state.unreadable === 0
  }

  /** Reads after the venue has echoed, so that nothing which it had said before is missing. `signal` ends waiting for that. */
  async read(signal: AbortSignal, answer: (log: SessionLog, latencyMs: number) => unknown): Promise<Told> {
    const { shared, log } = this.#options
    const used = await shared.use(async (session) => {
      const begun = performance.now()
      const isThere = await session.roundTrip(signal)
      return isThere ? { value: answer(log, performance.now() - begun) } : (session.ended ?? silence)
    })
    if (used.kind === 'closed') return { ...used, kind: 'untold' }
    return 'value' in used.value ? { kind: 'told', ...used.value } : { kind: 'untold', ...used.value }
  }

  async createOrder(call: Acting, terms: Omit<SentOrder, 'key' | 'clientOrderId'>): Promise<Effected> {
    const { shared, log, source } = this.#options
    const problem = problemWith(terms)
    if (problem !== undefined) return failed(problem, source)
    const used = await shared.use((session) => this.#create(session, call, terms))
    if (used.kind === 'used') return used.value
    // This call has sent nothing; an earlier one with the same key may have.
    const isNew = log.refresh() === undefined && orderByKey(log.state, call.key) === undefined
    return isNew ? failed(`nothing was sent: ${used.reason}`, source) : unknown(used.reason, source)
  }

  async #create(session: Session, call: Acting, terms: Omit<SentOrder, 'key' | 'clientOrderId'>): Promise<Effected> {
    const { log, source, now } = this.#options
    const { state } = log
    const before = orderByKey(state, call.key)
    if (before === undefined || before.status === 'unreceived') {
      const attempts = [...state.orders.values()].filter((order) => order.key === call.key).length
      const order = { key: call.key, clientOrderId: orderIdOf(call.key, attempts), ...terms }
      // The same id twice would be two orders at a venue that does not look.
      if (state.orders.has(order.clientOrderId)) return failed(`${order.clientOrderId} was used before`, source)
      const unsent = session.commit([newOrder(order, now(), this.#options)])
      if (unsent !== undefined) return failed(`nothing was sent: ${unsent}`, source)
    }
    const find = (): Order | undefined => orderByKey(state, call.key)
    const isAnswered = await session.until(() => answered(find()), call.signal)
    const order = find()
    if (isAnswered && order !== undefined) return this.#done(resultOf(order))
    return unknown(`the order is out, and no answer: ${(session.ended ?? silence).reason}`, source)
  }

  #done(value: unknown): Effected & Settlement & { readonly kind: 'done' } {
    return { kind: 'done', value, asOf: this.#options.now().toISOString(), source: this.#options.source }
  }

  /** What became of an order, after everything that the venue had to say is here. */
  async lookupOrder(call: Acting): Promise<Settlement> {
    const { source, now } = this.#options
    const told = await this.read(call.signal, ({ state }) => orderByKey(state, call.key))
    if (told.kind === 'untold') return { kind: 'cannot-tell', reason: told.reason }
    const order = orderByKey(this.#options.log.state, call.key)
    if (order === undefined || order.status === 'unreceived')
      return { kind: 'not-done', asOf: now().toISOString(), source }
    if (answered(order)) return this.#done(resultOf(order))
    return { kind: 'cannot-tell', reason: `${order.clientOrderId} reached the venue, and it has said nothing about it` }
  }

  /** Sends a request for each of the orders and waits until the venue has read them, not until it has answered. */
  async cancel(call: Acting, which: (order: Order) => boolean, everything: boolean): Promise<Effected> {
    const { shared, log, source, venue, massCancel, now } = this.#options
    const used = await shared.use(async (session): Promise<Effected> => {
      const { state } = log
      const orders = openOrders(state).filter(which)
      const isMass = everything && massCancel && !state.refusedTypes.has(massCancelType)
      const first = state.nextOut
      const place = (index: number) => ({ session: state.id, seq: first + index })
      const each = orders.map((order, index) => cancelOf(order, call.key, place(index), now()))
      const all = isMass ? [...each, massCancelOf(place(each.length), now())] : each
      // What cannot be written down is cancelled all the same.
      if (all.length > 0) session.transmit(all)
      if (await session.roundTrip(call.signal)) return this.#done({ venue, requested: orders.length })
      return unknown(`cancels are out, and no echo: ${(session.ended ?? silence).reason}`, source)
    })
    return used.kind === 'used' ? used.value : failed(`nothing was sent: ${used.reason}`, source)
  }

  /** Requests that never reached the venue have to be made again; it does no harm. */
  async lookupCancel(call: Acting): Promise<Settlement> {
    const { venue, source, now, log } = this.#options
    const told = await this.read(call.signal, () => undefined)
    if (told.kind === 'untold') return { kind: 'cannot-tell', reason: told.reason }
    const requests = [...log.state.cancels.values()].filter(({ key }) => key === call.key)
    if (requests.length === 0 || requests.some(({ unreceived }) => unreceived))
      return { kind: 'not-done', asOf: now().toISOString(), source }
    return this.#done({ venue, requested: requests.length })
  }

  /** An order that was sent over this session; undefined where nobody knows it, or where the file cannot be read. */
  known(clientOrderId: string): Order | undefined {
    const { log } = this.#options
    return log.refresh() === undefined ? log.state.orders.get(clientOrderId) : undefined
  }
}

const silence = { reason: 'no answer in time', unreachable: true } as const

const answered = (order: Order | undefined): boolean =>
  order !== undefined &&
  order.status !== 'unacknowledged' &&
  order.status !== 'unknown' &&
  order.status !== 'unreceived'

const resultOf = ({ orderId, clientOrderId, status, rejectCode }: Order): unknown =>
  status === 'rejected'
    ? { orderId, clientOrderId, status: 'rejected', ...(rejectCode === '' ? {} : { rejectCode }) }
    : { orderId, clientOrderId, status: 'accepted' }

function problemWith({
  symbol,
  quantity,
  price,
}: Pick<SentOrder, 'symbol' | 'quantity' | 'price'>): string | undefined {
  if (!isSendable(symbol)) return 'the symbol cannot be sent'
  if (decimalUnits(quantity) <= 0n) return 'the quantity must be more than zero'
  return decimalUnits(price) > 0n ? undefined : 'the price must be more than zero'
}
