/**
 * What follows a halt: cancel everything at every venue, from the venue's own list, and prove that nothing is left. All venues are sent
 * to at once; one that hangs, throws or answers nonsense delays no other. A read that failed is unknown, never zero.
 */
import { CancelledStops } from './cancelled-stops.ts'
import type { ProtectiveStop, VenueControl, VenueFailure } from './venue-control.ts'

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
  /** Protective stops that were at work when the cancels were sent, as far as they are known. */
  readonly stops: readonly ProtectiveStop[]
  /** Why there may have been more of them; absent where these are all. */
  readonly stopsUnknown?: string
}

export interface SweepMeans {
  /** Monotonic or wall clock in milliseconds; only differences count. */
  readonly nowMs: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}
export interface SweepLimits {
  /** Of each single call to a venue. */
  readonly callTimeoutMs: number
  /** How long a cancel waits for the list of stops that it takes away. */
  readonly stopsFirstMs: number
  readonly everyMs: number
  /** Nothing may turn up for this long before it counts as verified. */
  readonly quietMs: number
  /** After this the last count stands. */
  readonly giveUpMs: number
}
const mostPages = 10_000

export interface Sweeping {
  /** The first cancel of every venue has left. */
  readonly sent: Promise<unknown>
  readonly outcomes: Promise<readonly VenueOutcome[]>
}

/** Cancels and verifies at all venues at once: none waits for another. Never throws. */
export function sweepVenues(venues: readonly VenueControl[], means: SweepMeans, limits: SweepLimits): Sweeping {
  const sweeps = venues.map((venue) => {
    const cancelled = new CancelledStops()
    const first = cancel(venue, cancelled, means, limits)
    return { sent: first.then(() => undefined), outcome: sweep(venue, first, cancelled, means, limits) }
  })
  return {
    sent: Promise.all(sweeps.map(({ sent }) => sent)),
    outcomes: Promise.all(sweeps.map(({ outcome }) => outcome)),
  }
}

type Counted = Omit<VenueOutcome, 'stops' | 'stopsUnknown'>

async function sweep(
  venue: VenueControl,
  first: Promise<Cancel>,
  cancelled: CancelledStops,
  means: SweepMeans,
  limits: SweepLimits,
): Promise<VenueOutcome> {
  const begun = means.nowMs()
  let sent = await (await first).answer
  let quietSince: number | undefined
  let seen = 0
  for (;;) {
    const counted = await countOrders(venue, means, limits)
    const now = means.nowMs()
    const outcome = outcomeOf(venue.id, counted, sent, seen)
    const isClear = outcome.open + outcome.pendingCancel + outcome.unknown === 0
    quietSince = isClear ? (quietSince ?? now) : undefined
    if (quietSince !== undefined && now - quietSince >= limits.quietMs)
      return { ...outcome, ...(await cancelled.told()) }
    if (now - begun >= limits.giveUpMs) {
      const last = isClear ? { ...outcome, unknown: 1, reason: 'not quiet for long enough' } : outcome
      return { ...last, ...(await cancelled.told()) }
    }
    seen = Math.max(seen, outcome.open + outcome.pendingCancel)
    await means.sleep(limits.everyMs)
    // Orders whose acknowledgement came late were not on the list when the first cancel arrived.
    if (!isClear) sent = await (await cancel(venue, cancelled, means, limits)).answer
  }
}

function outcomeOf(id: string, counted: Buckets | VenueFailure, sent: VenueFailure | undefined, seen: number): Counted {
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

/** Has left; what was wrong with it comes when the venue has answered. */
interface Cancel {
  readonly answer: Promise<VenueFailure | undefined>
}

/**
 * A list of stops that came before the cancel left is what the cancel takes away. It gets a moment's start for that; after it the
 * cancel leaves anyhow.
 */
async function cancel(
  venue: VenueControl,
  cancelled: CancelledStops,
  means: SweepMeans,
  limits: SweepLimits,
): Promise<Cancel> {
  const listing = guarded((signal) => venue.listStops(signal), means, limits.callTimeoutMs)
  const isListed = listing.then(() => ({ kind: 'listed' }) as const)
  const start = await guarded(() => isListed, means, limits.stopsFirstMs)
  const sending = guarded((signal) => venue.cancelAll(signal), means, limits.callTimeoutMs)
  cancelled.note({ listing, isFirst: start.kind === 'listed', sending })
  return { answer: sending.then((answer) => (answer.kind === 'failure' ? answer : undefined)) }
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
