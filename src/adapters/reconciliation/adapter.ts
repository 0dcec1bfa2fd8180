/**
 * The port `reconciliation`, over the ports `venue` and `book` of whoever serves them. Nothing is kept between calls: the name of a
 * comparison carries the moment from which on it compared, so that an adjustment can make it again and must find exactly the same.
 */
import * as z from 'zod'
import { once } from '../../model/once.ts'
import type { Adapter, Call, Effected, Reading, Settlement } from '../../ports/adapter.ts'
import { bookAdjust } from '../../ports/reconciliation.ts'
import { compare as compareSides, type Comparison } from '../../reconcile/compare.ts'
import { adjustmentFor } from '../../reconcile/difference.ts'
import { failed, failure } from '../answer.ts'
import type { Got } from '../asking.ts'
import { reorganisedSymbols, startOf, type Surroundings, takeBook, takeBrokerTwice, type Taken } from './gather.ts'

export interface ReconciliationOptions extends Surroundings {
  readonly vendors: readonly string[]
  readonly now: () => Date
}

interface Compared {
  readonly start: string
  readonly comparison: Comparison
  readonly taken: Taken
}
type Patience = Pick<Call, 'timeoutMs' | 'signal'>

const source = 'desk/reconciliation'
const compareArgs = once(() => z.object({ since: z.string().optional() }))
const adjustArgs = once(() => z.object({ comparison: z.string() }))

export function reconciliationAdapter(options: ReconciliationOptions): Adapter {
  return {
    name: source,
    has: new Set(['reconciliation.brokerTruth', 'reconciliation.compare', 'reconciliation.adjust']),
    read: (call) => (call.method === 'compare' ? compare(options, call) : brokerTruth(options, call)),
    act: (call) => adjust(options, call),
    lookup: (call) => lookUp(options, call),
  }
}

const failureOf = ({ reason, unreachable }: Extract<Got<never>, { kind: 'failure' }>): Reading =>
  failure(reason, source, unreachable)

async function brokerTruth(options: ReconciliationOptions, call: Call): Promise<Reading> {
  const takenAt = options.now().toISOString()
  const got = await takeBrokerTwice(options, takenAt, call, () =>
    Promise.resolve({ kind: 'value', value: undefined, asOf: takenAt }),
  )
  if (got.kind === 'failure') return failureOf(got)
  const { equal, taken } = got.value
  const { positions, openOrders } = taken
  const value = { equal, venues: taken.venues.length, positions, openOrders, takenAt }
  return { kind: 'value', value, asOf: got.asOf, source, complete: true }
}

async function compare(options: ReconciliationOptions, call: Call): Promise<Reading> {
  const start = await startOf(options, compareArgs().parse(call.args).since, call)
  if (start.kind === 'failure') return failureOf(start)
  const got = await compareFrom(options, start.value, call)
  if (got.kind === 'failure') return failureOf(got)
  const { differences } = got.value.comparison
  const value = {
    comparison: nameComparison(got.value),
    count: differences.length,
    differences: differences.map(({ id, venue, symbol, class: kind, internal, broker, because }) => ({
      ...{ id, venue, symbol, class: kind, internal, broker, because },
    })),
    comparedAt: options.now().toISOString(),
  }
  return { kind: 'value', value, asOf: got.asOf, source, complete: true }
}

/** The book is read between two equal snapshots, so that both sides are of one moment. */
async function compareFrom(options: ReconciliationOptions, start: string, call: Patience): Promise<Got<Compared>> {
  const got = await takeBrokerTwice(options, start, call, () => takeBook(options, start, call))
  if (got.kind === 'failure') return got
  const { equal, taken, between: book } = got.value
  if (!equal) return { kind: 'failure', reason: 'the venues moved while they were read', unreachable: false }
  const reorganised = await reorganisedSymbols(options, options.vendors, taken.venues, call)
  const broker = { venues: taken.venues, reorganised, ...(taken.cash === undefined ? {} : { cash: taken.cash }) }
  const comparison = compareSides(book, broker, start)
  if (comparison.kind === 'contradiction') return { kind: 'failure', reason: comparison.reason, unreachable: false }
  return { kind: 'value', value: { start, comparison, taken }, asOf: got.asOf }
}

/** `cmp-<start>-<hash>`; the start in milliseconds, to the base of 36. */
const nameComparison = ({ start, comparison }: Compared): string =>
  `cmp-${Date.parse(start).toString(36)}-${comparison.id}`
function startNamed(name: string): string | undefined {
  const digits = /^cmp-([0-9a-z]{1,9})-[0-9a-f]{32}$/.exec(name)?.[1]
  return digits === undefined ? undefined : new Date(Number.parseInt(digits, 36)).toISOString()
}

async function adjust(options: ReconciliationOptions, call: Call & { readonly key: string }): Promise<Effected> {
  const before = await lookUp(options, call)
  if (before.kind === 'done') return before
  if (before.kind === 'cannot-tell')
    return failed(`whether it is booked already cannot be told: ${before.reason}`, source)
  const { comparison } = adjustArgs().parse(call.args)
  const start = startNamed(comparison)
  if (start === undefined) return failed(`${JSON.stringify(comparison)} names no comparison`, source)
  const again = await compareFrom(options, start, call)
  if (again.kind === 'failure') return failed(again.reason, source)
  // What was confirmed is what is booked: anything that has changed meanwhile must be looked at first.
  if (nameComparison(again.value) !== comparison) return failed('the differences have changed: compare again', source)
  const { taken, comparison: confirmed } = again.value
  const entries = confirmed.differences.map(adjustmentFor)
  const executions = taken.venues.flatMap(({ venue, fills }) =>
    fills.map(({ account, executionId }) => ({ account, executionId, venue })),
  )
  return options.inner.act({ ...booking(call), args: { entries, executions } })
}

const booking = <C extends Call>(call: C): C => ({ ...call, port: bookAdjust.port, method: bookAdjust.name })

/** The booking has the key of the adjustment. */
const lookUp = (options: ReconciliationOptions, call: Call & { readonly key: string }): Promise<Settlement> =>
  options.inner.lookup({ ...booking(call), args: { entries: [], executions: [] } })
