/**
 * One-minute bars of a vendor. Every vendor has every bar of every session, but for the gaps that faults make, so that counts, ages
 * and prices of one feed agree whichever method tells of them. A bar is named by the moment of its end, in epoch milliseconds.
 */
import type { Session } from '../../calendar/calendar.ts'
import { localDate } from '../../calendar/zone.ts'
import type { Arguments } from './arguments.ts'
import { intOf, optionalText } from './arguments.ts'
import type { FaultId } from './faults.ts'
import { PaperFailure, refuse } from './failure.ts'
import type { MarketData } from './market-data.ts'
import { marketDataComponent } from './market-data.ts'
import type { VendorId } from './routing.ts'
import { isVendorId, routingComponent } from './routing.ts'
import { lastBarEnd, sessionTimeBefore } from './session-time.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'

export const intervalMs = 60_000
/** A feed that stops has been silent for this long, in session time, when it is noticed. */
const silentMs = 15 * 60_000
/** The one symbol that the faults of single symbols are about. */
export const staleSymbol = 'NVDA'
/** Of the last session before the fault: symbol, minute of the session, bars. */
const holes = [
  ['MSFT', 120, 12],
  ['SPY', 200, 3],
] as const
const mismatchEvery = 40
const mismatchSessions = 3

/** Bars that a vendor does not have: after `fromMs`, up to `toMs`. */
interface Gap {
  /** Absent: all symbols. */
  readonly symbol?: string
  readonly fromMs: number
  readonly toMs: number
  /** Only one bar in so many. */
  readonly every?: number
  /** A backfill made from then on fills it; absent: the bars are nowhere to be had. */
  readonly fillableFromMs?: number
}

export interface Feed {
  readonly world: World
  readonly vendor: VendorId
  readonly gaps: readonly Gap[]
  readonly backfills: MarketData['backfills']
  /** End of the last bar that the calendar expects. */
  readonly expectedMs: number
}

/** The vendor that is named, or else the one in use. */
export function vendorOf(world: World, args: Arguments): VendorId {
  const id = optionalText(args, 'vendor') ?? readComponent(world, routingComponent).dataVendor
  return isVendorId(id) ? id : refuse(`there is no vendor ${id}`)
}

export function requireVendor({ faults }: World, vendor: VendorId): void {
  if (vendor === 'backup' && faults.has('backup-dead'))
    throw new PaperFailure('paper-unreachable', `vendor ${vendor} refuses connections`, true)
}

export function openFeed(world: World, vendor: VendorId): Feed {
  const { losses, backfills } = readComponent(world, marketDataComponent)
  const lost = losses
    .filter((loss) => loss.vendor === vendor)
    .map(({ symbol, lostAt, backAt }): Gap => {
      const lostMs = Date.parse(lostAt)
      // Who subscribes is sent the latest bar at once.
      const toMs = backAt === undefined ? Infinity : lastBarEnd(world.calendar, Date.parse(backAt), intervalMs) - 1
      return { symbol, fromMs: silenceBefore(world, lostMs), toMs, fillableFromMs: lostMs }
    })
  return {
    ...{ world, vendor, gaps: [...lost, ...gapsOf(world, vendor)] },
    backfills: backfills.filter((each) => each.vendor === vendor),
    expectedMs: lastBarEnd(world.calendar, world.now().getTime(), intervalMs),
  }
}

const silenceBefore = ({ calendar }: World, ms: number): number =>
  sessionTimeBefore(calendar, lastBarEnd(calendar, ms, intervalMs), silentMs)

function gapsOf(world: World, vendor: VendorId): readonly Gap[] {
  const { faults, now } = world
  const silence = (symbol?: string): Gap => ({
    ...{ fromMs: silenceBefore(world, now().getTime()), toMs: Infinity },
    ...(symbol === undefined ? {} : { symbol }),
  })
  const has = (...names: readonly FaultId[]): boolean => names.some((name) => faults.has(name))
  const gaps: Gap[] = has('symbol-halted') ? [silence(staleSymbol)] : []
  if (vendor === 'primary') {
    if (has('stale-one', 'stale-one-corporate-action')) gaps.push(silence(staleSymbol))
    if (has('stale-all')) gaps.push(silence())
    const missing = faults.get('missing-bars')
    if (missing !== undefined) gaps.push(...holesBefore(world, missing))
  } else {
    const dead = faults.get('backup-dead')?.getTime()
    if (dead !== undefined) gaps.push({ fromMs: silenceBefore(world, dead), toMs: Infinity, fillableFromMs: dead })
    const mismatch = faults.get('bar-count-mismatch')?.getTime()
    if (mismatch !== undefined) {
      let first = world.calendar.previous(mismatch)
      for (let n = 1; n < mismatchSessions; n++) first = world.calendar.previous(first.openMs)
      gaps.push({ fromMs: first.openMs, toMs: Infinity, every: mismatchEvery, fillableFromMs: mismatch })
    }
  }
  return gaps
}

function holesBefore({ calendar }: World, since: Date): readonly Gap[] {
  const { openMs } = calendar.previous(since.getTime())
  return holes.map(([symbol, minute, bars]) => ({
    ...{ symbol, fromMs: openMs + minute * intervalMs, toMs: openMs + (minute + bars) * intervalMs },
    fillableFromMs: since.getTime(),
  }))
}

export const hasBar = ({ gaps, backfills }: Feed, symbol: string, endMs: number): boolean =>
  !gaps.some(
    (gap) =>
      (gap.symbol === undefined || gap.symbol === symbol) &&
      endMs > gap.fromMs &&
      endMs <= gap.toMs &&
      (gap.every === undefined || (endMs / intervalMs) % gap.every === 0) &&
      !backfills.some(({ from, at }) => {
        const atMs = Date.parse(at)
        return atMs >= (gap.fillableFromMs ?? Infinity) && endMs > Date.parse(from) && endMs <= atMs
      }),
  )

const mostBarsBack = 3900

/** End of the last bar that is there; undefined where none of the last ten sessions is. */
export function lastBar(feed: Feed, symbol: string): number | undefined {
  const { calendar } = feed.world
  let endMs = feed.expectedMs
  for (let back = 0; back < mostBarsBack; back++) {
    if (hasBar(feed, symbol, endMs)) return endMs
    endMs = sessionTimeBefore(calendar, endMs, intervalMs)
    // Going back from an open leads to it, and the bar that ends there belongs to no session.
    if (calendar.current(endMs - 1) === undefined) endMs = calendar.previous(endMs).closeMs
  }
  return undefined
}

/** Ends of the bars that the calendar expects in a session, as far as it has come. */
export const barEnds = ({ expectedMs }: Pick<Feed, 'expectedMs'>, { openMs, closeMs }: Session): readonly number[] =>
  Array.from(
    { length: Math.max(0, Math.floor((Math.min(closeMs, expectedMs) - openMs) / intervalMs)) },
    (_, index) => openMs + (index + 1) * intervalMs,
  )

/** The last sessions, newest first; the one in progress counts where `open` is true. */
export function lastSessions({ calendar, now }: World, args: Arguments, open: boolean): readonly Session[] {
  const count = intOf(args, 'sessions')
  if (count < 1 || count > 60) return refuse('sessions lie between 1 and 60')
  const nowMs = now().getTime()
  const sessions = calendar
    .sessions(calendar.horizon.from, localDate(calendar.zone, nowMs))
    .filter(({ openMs, closeMs }) => (open ? openMs : closeMs) <= nowMs)
    .slice(-count)
    .reverse()
  return sessions.length === count ? sessions : refuse('the calendar does not reach back so far')
}
