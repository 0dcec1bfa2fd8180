/**
 * What the records of a session add up to.
 *
 * X1 The next number to send is greater than every number that any process may have used.
 * X2 An execution counts once, however often the venue repeats it; an order's quantity is what the venue says in sum.
 * X3 An order is known not to have reached the venue only if the venue said so over a later connection than it was sent over.
 * X4 What nobody has said anything about is unknown; silence never makes an order disappear.
 */
import type { SentOrder, SentRecord, SessionRecord } from './records.ts'
import { type ExecutionReport, type ReportedStatus, readReport } from './report.ts'
import { type Fields, countIn, only } from './wire.ts'

export interface Order extends SentOrder {
  /** The venue's; empty until it has given one. */
  orderId: string
  filled: string
  /** `unacknowledged`: sent, and nobody has answered. `unreceived`: the venue never saw it. */
  status: ReportedStatus | 'unacknowledged' | 'unreceived'
  rejectCode: string
  /** Requests to cancel it that may still be answered. */
  readonly cancels: Set<string>
}
export interface Trade {
  readonly executionId: string
  readonly orderId: string
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly quantity: string
  readonly cumulative: string
  readonly price: string
  readonly at: string
}
type Cancel = NonNullable<SentRecord['cancel']> & { unreceived: boolean }

export interface SessionState {
  id: string
  nextOut: number
  nextIn: number
  /** Where the latest connection began. */
  openedAt: number
  /** False while a connection stands, or where one was never closed in order. */
  clean: boolean
  readonly orders: Map<string, Order>
  readonly cancels: Map<string, Cancel>
  readonly trades: Trade[]
  /** Reports that the venue sent again under another number. */
  repeated: number
  /** Reports that make no sense and name no order: the list of orders is not complete. */
  unreadable: number
  /** Types of messages that the venue does not take at all. */
  readonly refusedTypes: Set<string>
  /** What was sent under which number, as far as an answer may refer to it. */
  readonly sent: Map<number, SentRecord>
  readonly seen: Set<string>
}

export const emptyState = (): SessionState => ({
  ...{ id: '', nextOut: 1, nextIn: 1, openedAt: 1, clean: true, repeated: 0, unreadable: 0 },
  ...{ orders: new Map(), cancels: new Map(), trades: [], refusedTypes: new Set() },
  ...{ sent: new Map(), seen: new Set() },
})

/** After a connection that was cut, numbers may have been used that are in no file: a full disk does not hold up cancels. */
const leap = 10_000

export function apply(state: SessionState, record: SessionRecord): void {
  switch (record.kind) {
    case 'session':
      state.id = record.id
      return
    case 'opened':
      state.openedAt = record.seq
      state.nextOut = record.seq
      state.clean = false
      return
    case 'closed':
      state.clean = true
      return
    case 'sent':
      applySent(state, record)
      return
    case 'received':
      state.nextIn = Math.max(state.nextIn, record.seq + 1)
      if (record.fields !== undefined) applyFields(state, record.fields)
      return
    case 'skipped':
      state.nextIn = Math.max(state.nextIn, record.next)
      return
    case 'unreceived':
      applyUnreceived(state, record.from, record.to)
  }
}

/** The number that the next connection begins with. */
export const firstNumber = (state: SessionState): number => (state.clean ? state.nextOut : state.nextOut + leap)

function applySent(state: SessionState, record: SentRecord): void {
  state.nextOut = Math.max(state.nextOut, record.seq + 1)
  const { order, cancel } = record
  if (order !== undefined) {
    state.orders.set(order.clientOrderId, {
      ...order,
      ...{ orderId: '', filled: '0', status: 'unacknowledged', rejectCode: '', cancels: new Set() },
    })
  }
  if (cancel !== undefined) {
    state.cancels.set(cancel.clientOrderId, { ...cancel, unreceived: false })
    state.orders.get(cancel.of)?.cancels.add(cancel.clientOrderId)
  }
  if (order !== undefined || cancel !== undefined || record.type === massCancelType) state.sent.set(record.seq, record)
}

export const massCancelType = 'q'

function applyFields(state: SessionState, fields: Fields): void {
  const type = only(fields, 35)
  if (type === '9') applyCancelReject(state, fields)
  if (type === '3' || type === 'j') applyRefusal(state, fields)
  if (type !== '8') return
  const report = readReport(fields)
  if (report === undefined) applyNonsense(state, fields)
  else applyReport(state, report)
}

/** A report that cannot be read: what it said of an order is unknown, and where it names none, so is the list of orders. */
function applyNonsense(state: SessionState, fields: Fields): void {
  const about = [only(fields, 41), only(fields, 11)].flatMap((id) => state.orders.get(id ?? '') ?? [])[0]
  if (about === undefined) state.unreadable++
  else about.status = 'unknown'
}

function applyReport(state: SessionState, report: ExecutionReport): void {
  const { executionId, clientOrderId, status, cumulative, transaction } = report
  const order = orderOf(state, report)
  // A venue that restarts may begin its execution ids anew, so the id alone does not tell two executions apart.
  const identity = [executionId, order.clientOrderId, clientOrderId, transaction, status, cumulative].join('\u0001')
  if (state.seen.has(identity)) {
    state.repeated++
    return
  }
  state.seen.add(identity)
  order.orderId = report.orderId
  order.filled = cumulative
  order.status = status
  if (status === 'rejected') order.rejectCode = report.rejectCode
  if (isOver(order)) order.cancels.clear()
  applyTrade(state, order, report)
}

/** The order that a report is about. One that nobody here sent is the desk's as well: it lies at the venue under the desk's name. */
function orderOf(state: SessionState, report: ExecutionReport): Order {
  const { clientOrderId, about, symbol, side, orderId, cumulative } = report
  const cancelled = state.cancels.get(clientOrderId)?.of
  const known = [about, clientOrderId, cancelled].flatMap((id) => state.orders.get(id ?? '') ?? [])[0]
  if (known !== undefined) return known
  const id = about ?? clientOrderId
  const order: Order = {
    ...{ key: '', clientOrderId: id, symbol, side, orderId, filled: cumulative },
    ...{ quantity: report.quantity ?? cumulative, price: report.price ?? '0' },
    ...{ status: 'unknown', rejectCode: '', cancels: new Set<string>() },
  }
  state.orders.set(id, order)
  return order
}

function applyTrade(state: SessionState, order: Order, report: ExecutionReport): void {
  const { executionId, transaction, refersTo, last, cumulative, at } = report
  const { orderId, clientOrderId, symbol, side } = order
  if (transaction === 'status') return
  if (transaction !== 'new') {
    const wrong = state.trades.findIndex((t) => t.executionId === refersTo && t.clientOrderId === clientOrderId)
    if (wrong !== -1) state.trades.splice(wrong, 1)
    if (transaction === 'cancel') return
  }
  if (last === undefined) return
  state.trades.push({ executionId, orderId, clientOrderId, symbol, side, ...last, cumulative, at })
}

/** A cancel that the venue turned down. Reason 1: it says that it does not know the order, and then nobody knows what became of it. */
function applyCancelReject(state: SessionState, fields: Fields): void {
  const request = only(fields, 11) ?? ''
  const order = state.orders.get(only(fields, 41) ?? '') ?? state.orders.get(state.cancels.get(request)?.of ?? '')
  if (order === undefined) return
  order.cancels.delete(request)
  if (only(fields, 102) === '1' && !isOver(order)) order.status = 'unknown'
}

/** A message that the venue did not even look into. */
function applyRefusal(state: SessionState, fields: Fields): void {
  const record = state.sent.get(countIn(fields, 45) ?? 0)
  if (record === undefined) return
  if (record.type === massCancelType) state.refusedTypes.add(massCancelType)
  const order = state.orders.get(record.order?.clientOrderId ?? '')
  if (order?.status === 'unacknowledged') {
    order.status = 'rejected'
    order.rejectCode = [only(fields, 35), only(fields, 380) ?? only(fields, 373), only(fields, 58)].join(' ').trim()
  }
  forgetCancel(state, record)
}

function applyUnreceived(state: SessionState, from: number, to: number): void {
  for (const [seq, record] of state.sent) {
    if (seq < from || seq >= to || seq >= state.openedAt) continue
    const order = state.orders.get(record.order?.clientOrderId ?? '')
    if (order?.status === 'unacknowledged') order.status = 'unreceived'
    const cancel = state.cancels.get(record.cancel?.clientOrderId ?? '')
    if (cancel !== undefined) cancel.unreceived = true
    forgetCancel(state, record)
  }
}

const forgetCancel = (state: SessionState, { cancel }: SentRecord): void => {
  if (cancel !== undefined) state.orders.get(cancel.of)?.cancels.delete(cancel.clientOrderId)
}

/** Whether the order can no longer trade. */
export const isOver = ({ status }: Order): boolean =>
  status === 'filled' || status === 'cancelled' || status === 'rejected' || status === 'unreceived'

/** Every order that may still trade, with the bucket that it counts in. */
export function openOrders(state: SessionState): readonly (Order & { readonly bucket: Bucket })[] {
  return [...state.orders.values()]
    .filter((order) => !isOver(order))
    .map((order) => ({ ...order, bucket: bucketOf(order) }))
}
export type Bucket = 'open' | 'pendingCancel' | 'unknown'
function bucketOf({ status, cancels }: Order): Bucket {
  if (status === 'open') return cancels.size > 0 ? 'pendingCancel' : 'open'
  return status === 'pendingCancel' ? 'pendingCancel' : 'unknown'
}

/** The latest order that a key caused. */
export const orderByKey = (state: SessionState, key: string): Order | undefined =>
  [...state.orders.values()].findLast((order) => order.key === key)
