/**
 * What follows a halt: cancel everything at every venue, from the venue's own list, and prove that nothing is left. All venues are sent
 * to at once; one that hangs, throws or answers nonsense delays no other. A read that failed is unknown, never zero.
 */

/** One page of a venue's own list of orders. */
export interface OrderPage {
  readonly kind: 'page'
  readonly open: number
  readonly pendingCancel: number
  /** Orders whose state the venue itself does not know. */
  readonly unknown?: number
  /** Asks for the next page; absent on the last one. */
  readonly next?: string
}
export interface VenueFailure {
  readonly kind: 'failure'
  readonly reason: string
  /** Nobody answered, in contrast to a refusal. */
  readonly unreachable: boolean
}
/** An order that protects a position; it goes with the others when everything is cancelled. Quantities and prices are decimal strings. */
export interface ProtectiveStop {
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly quantity: string
  readonly stopPrice: string
}
export interface StopList {
  readonly kind: 'stops'
  readonly stops: readonly ProtectiveStop[]
}
export interface VenueControl {
  readonly id: string
  /** Asked for just before the first cancel leaves, which does not wait for the answer. */
  readonly listStops: (signal: AbortSignal) => Promise<StopList | VenueFailure>
  readonly openOrders: (page: string | undefined, signal: AbortSignal) => Promise<OrderPage | VenueFailure>
  /** Cancels whatever the venue lists as open. Sending it again is harmless. */
  readonly cancelAll: (signal: AbortSignal) => Promise<{ readonly kind: 'sent' } | VenueFailure>
}
export interface Buckets {
  readonly open: number
  readonly pendingCancel: number
  readonly unknown: number
}
export interface VenueOutcome extends Buckets {
  readonly id: string
  readonly unreachable: boolean
  /** What the venue, or the lack of it, said last. */
  readonly reason?: string
  /** Protective stops that were at work when the cancels were sent; absent where nobody could tell. */
  readonly stops?: readonly ProtectiveStop[]
}

export interface SweepMeans {
  /** Monotonic or wall clock in milliseconds; only differences count. */
  readonly nowMs: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}
export interface SweepLimits {
  /** Of each single call to a venue. */
  readonly callTimeoutMs: number
  readonly everyMs: number
  /** Nothing may turn up for this long before it counts as verified. */
  readonly quietMs: number
  /** After this the last count stands. */
  readonly giveUpMs: number
}
const mostPages = 10_000

/** Cancels and verifies at all venues at once. Never throws. */
export function sweepVenues(
  venues: readonly VenueControl[],
  means: SweepMeans,
  limits: SweepLimits,
): Promise<readonly VenueOutcome[]> {
  // Everyone's first cancel is sent before anything is awaited.
  return Promise.all(
    venues.map(async (venue) => {
      const stops = guarded((signal) => venue.listStops(signal), means, limits.callTimeoutMs)
      const outcome = await sweep(venue, cancel(venue, means, limits), means, limits)
      const listed = await stops
      return listed.kind === 'stops' ? { ...outcome, stops: listed.stops } : outcome
    }),
  )
}

async function sweep(
  venue: VenueControl,
  first: Promise<VenueFailure | undefined>,
  means: SweepMeans,
  limits: SweepLimits,
): Promise<VenueOutcome> {
  const begun = means.nowMs()
  let sent = await first
  let quietSince: number | undefined
  let seen = 0
  for (;;) {
    const counted = await countOrders(venue, means, limits)
    const now = means.nowMs()
    const outcome = outcomeOf(venue.id, counted, sent, seen)
    const isClear = outcome.open + outcome.pendingCancel + outcome.unknown === 0
    quietSince = isClear ? (quietSince ?? now) : undefined
    if (quietSince !== undefined && now - quietSince >= limits.quietMs) return outcome
    if (now - begun >= limits.giveUpMs)
      return isClear ? { ...outcome, unknown: 1, reason: 'not quiet for long enough' } : outcome
    seen = Math.max(seen, outcome.open + outcome.pendingCancel)
    await means.sleep(limits.everyMs)
    // Orders whose acknowledgement came late were not on the list when the first cancel arrived.
    if (!isClear) sent = await cancel(venue, means, limits)
  }
}

function outcomeOf(
  id: string,
  counted: Buckets | VenueFailure,
  sent: VenueFailure | undefined,
  seen: number,
): VenueOutcome {
  if ('kind' in counted)
    return {
      id,
      open: 0,
      pendingCancel: 0,
      unknown: Math.max(1, seen),
      unreachable: counted.unreachable,
      reason: counted.reason,
    }
  const clear = counted.open + counted.pendingCancel + counted.unknown === 0
  return { id, ...counted, unreachable: false, ...(sent === undefined || clear ? {} : { reason: sent.reason }) }
}

async function cancel(venue: VenueControl, means: SweepMeans, limits: SweepLimits): Promise<VenueFailure | undefined> {
  const answer = await guarded((signal) => venue.cancelAll(signal), means, limits.callTimeoutMs)
  return answer.kind === 'failure' ? answer : undefined
}

/** To the last page. A cursor that comes again would never end; a count that is no count is unknown. */
async function countOrders(
  venue: VenueControl,
  means: SweepMeans,
  limits: SweepLimits,
): Promise<Buckets | VenueFailure> {
  let [open, pendingCancel, unknown] = [0, 0, 0]
  const cursors = new Set<string>()
  for (let page: string | undefined; ;) {
    const answer = await guarded((signal) => venue.openOrders(page, signal), means, limits.callTimeoutMs)
    if (answer.kind === 'failure') return answer
    const counts = [answer.open, answer.pendingCancel, answer.unknown ?? 0]
    if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0))
      return failure('the venue answered a count that is none')
    open += answer.open
    pendingCancel += answer.pendingCancel
    unknown += answer.unknown ?? 0
    page = answer.next
    if (page === undefined) return { open, pendingCancel, unknown }
    if (cursors.has(page) || cursors.size >= mostPages) return failure('the list of orders does not end')
    cursors.add(page)
  }
}

const failure = (reason: string, unreachable = false): VenueFailure => ({ kind: 'failure', reason, unreachable })

/** One call with an end: a venue that throws has failed, one that hangs is unreachable. */
export async function guarded<T extends { readonly kind: string }>(
  call: (signal: AbortSignal) => Promise<T>,
  means: Pick<SweepMeans, 'sleep'>,
  timeoutMs: number,
): Promise<T | VenueFailure> {
  const over = new AbortController()
  const done = new AbortController()
  const timeout = means.sleep(timeoutMs, done.signal).then(() => {
    over.abort()
    return failure(`no answer within ${String(timeoutMs)} ms`, true)
  })
  try {
    return await Promise.race([call(over.signal), timeout])
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error), true)
  } finally {
    done.abort()
  }
}

/** Something that is taken beside the cancels and never holds anything up: positions, model hashes, predictions. */
export async function snapshotWithin(
  take: () => Promise<unknown>,
  means: Pick<SweepMeans, 'sleep'>,
  timeoutMs: number,
): Promise<{ readonly kind: 'taken'; readonly value: unknown } | VenueFailure> {
  return guarded(async () => ({ kind: 'taken', value: await take() }) as const, means, timeoutMs)
}
