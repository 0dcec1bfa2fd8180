/** How the model does: PnL against the backtest's band, the replay of live fills, and the quality of execution. */
import type { Session } from '../../calendar/calendar.ts'
import { localDate } from '../../calendar/zone.ts'
import { allocatedAt } from './inference.ts'
import { normalQuantile } from '../../statistics/normal.ts'
import { intOf, optionalNumber } from './arguments.ts'
import { refuse } from './failure.ts'
import type { ReadHandler } from './handler.ts'
import { readProduction, requireModel } from './registry-state.ts'
import { sessionsBetween } from './session-time.ts'
import { storageComponent } from './storage.ts'
import { readComponent } from './store.ts'
import { tradesOn } from './turnover.ts'
import type { World } from './world.ts'
import { sha256 } from '../../model/sha256.ts'

/** Daily PnL in dollars: the 95 % band of the backtest. */
const band = { lower: -2400, upper: 3100 } as const
const countedExits = 20
/** Of a session in the backtest, as `usualPnl` makes them. */
const daily = { mean: 300, deviation: 3000 / Math.sqrt(12) } as const

export const performanceReads: Readonly<Record<string, ReadHandler>> = {
  'metrics.pnlBand': (world, args) => {
    requireModel(args)
    const nowMs = world.now().getTime()
    const latest = world.calendar.previous(nowMs)
    const value = pnlOf(world, latest)
    // Judged since the version and its capital are what they are now.
    const sinceMs = Math.max(readProduction(world).since.getTime(), allocatedAt(world).getTime())
    const exits = consecutiveExits(world, latest)
    const sessions = sessionsBetween(world.calendar, sinceMs, nowMs)
    return { date: latest.date, value, ...band, inside: exits === 0, consecutiveExits: exits, sessions }
  },
  'metrics.cumulativePnl': (world, args) => {
    requireModel(args)
    const count = intOf(args, 'sessions')
    const percentile = optionalNumber(args, 'percentile') ?? refuse('no percentile is given')
    const floor = Math.round(count * daily.mean + normalQuantile(percentile / 100) * daily.deviation * Math.sqrt(count))
    const latest = world.calendar.previous(world.now().getTime())
    const sumAt = (session: Session): number => sumUpTo(world, session, count)
    let sessionsBelow = 0
    for (let at = latest; sumAt(at) < floor && sessionsBelow < countedExits; sessionsBelow++)
      at = world.calendar.previous(at.openMs)
    return { date: latest.date, value: sumAt(latest), floor, sessionsBelow }
  },
  'metrics.bandExits': (world, args) => {
    requireModel(args)
    const sessions = lastSessions(world, intOf(args, 'sessions'))
    return { measured: sessions.length, exits: sessions.filter((session) => isExit(world, session)).length }
  },
  'research.replay': (world, args) => {
    requireModel(args)
    if (args['sessions'] !== undefined && intOf(args, 'sessions') < 1)
      return refuse('a replay takes at least one session')
    const disagrees = world.faults.has('replay-disagrees')
    return {
      agrees: !disagrees,
      maxRelativeDifference: disagrees ? 0.37 : 0.0004,
      modelHash: readProduction(world).hash,
      featureHash: sha256('features v2.3.0'),
      libHash: sha256('library v5.1.0'),
    }
  },
  'reports.executionQuality': (world) => {
    const { date } = world.calendar.previous(world.now().getTime())
    const documented = readComponent(world, storageComponent).files.some(
      ({ name }) => name === `execution-quality-${date}`,
    )
    const unusual = world.faults.has('slippage-undocumented')
    const slippageBps = unusual ? 3.4 : 0.8
    const rejected = 1
    return {
      date,
      // Each of them traded once, but for those that were rejected.
      orders: tradesOn(date) + rejected,
      slippageBps,
      rejected,
      averageFillMs: 84,
      deviations: unusual ? [{ measure: 'slippageBps', value: slippageBps, sigmas: 2.1, documented }] : [],
      undocumented: unusual && !documented ? 1 : 0,
    }
  },
}

/** Between -1200 and 1800 dollars, from the date alone. */
function usualPnl(date: string): number {
  const noise = Number.parseInt(sha256(date).slice(0, 8), 16) / 0xffffffff
  return Math.round(-1200 + noise * 3000)
}

export const pnlOf = (world: World, session: Session): number =>
  usualPnl(session.date) - (isExit(world, session) ? band.upper - band.lower : 0)

function sumUpTo(world: World, latest: Session, count: number): number {
  let [sum, session] = [0, latest]
  for (let n = 0; n < count; n++) {
    sum += pnlOf(world, session)
    session = world.calendar.previous(session.openMs)
  }
  return sum
}

function consecutiveExits(world: World, latest: Session): number {
  let exits = 0
  for (let session = latest; isExit(world, session) && exits < countedExits; exits++) {
    session = world.calendar.previous(session.openMs)
  }
  return exits
}

/** The last closed sessions, newest first; fewer where the calendar does not reach further back. */
function lastSessions({ calendar, now }: World, count: number): readonly Session[] {
  const today = localDate(calendar.zone, now().getTime())
  return calendar
    .sessions(calendar.horizon.from, today)
    .filter(({ closeMs }) => closeMs <= now().getTime())
    .slice(-Math.max(1, count))
    .reverse()
}

/** The faults reach back from the moment they were switched on. The longer one lasts until production points elsewhere. */
function isExit(world: World, session: Session): boolean {
  const three = world.faults.get('pnl-outside-3')
  const one = world.faults.get('pnl-outside-1')
  if (three === undefined) return one !== undefined && isAmongLast(world, session, one, 1)
  if (session.closeMs <= three.getTime()) return isAmongLast(world, session, three, 3)
  const changed = readProduction(world).since.getTime()
  return changed < three.getTime() || session.closeMs <= changed
}

function isAmongLast({ calendar }: World, session: Session, moment: Date, count: number): boolean {
  let last = calendar.previous(moment.getTime())
  for (let n = 1; n < count; n++) last = calendar.previous(last.openMs)
  return session.openMs >= last.openMs && session.closeMs <= moment.getTime()
}
