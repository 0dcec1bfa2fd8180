/** Two vendors of one-minute bars. A healthy one has the bar that the calendar expects, by day, by night and over holidays. */
import { tradingDate } from '../../calendar/due.ts'
import type { Arguments } from './arguments.ts'
import { intOf, optionalText, textsOf } from './arguments.ts'
import { PaperFailure, refuse } from './failure.ts'
import type { ReadHandler } from './handler.ts'
import type { VendorId } from './routing.ts'
import { isVendorId, routingComponent } from './routing.ts'
import { lastBarEnd, sessionTimeBefore, sessionTimeBetween } from './session-time.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'

/** Of a bar. */
export const intervalMs = 60_000
/** For how long, in session time, a stale symbol has had no bar. */
const silentMs = 15 * 60_000
/** The one symbol that the faults of single symbols are about. */
const staleSymbol = 'NVDA'
const latencyMs = 8

function vendorOf(world: World, args: Arguments): VendorId {
  const id = optionalText(args, 'vendor') ?? readComponent(world, routingComponent).dataVendor
  return isVendorId(id) ? id : refuse(`there is no vendor ${id}`)
}

/** Whether the vendor delivers bars of the symbol. */
function delivers({ faults }: World, vendor: VendorId, symbol: string): boolean {
  if (vendor === 'backup') return !faults.has('backup-dead')
  const oneIsStale = faults.has('stale-one') || faults.has('stale-one-corporate-action')
  return !faults.has('stale-all') && !(oneIsStale && symbol === staleSymbol)
}

/** Moment of the last bar; undefined where the vendor has sent none at all. */
function lastBar(world: World, vendor: VendorId, symbol: string): number | undefined {
  const expected = lastBarEnd(world.calendar, world.now().getTime(), intervalMs)
  if (delivers(world, vendor, symbol)) return expected
  return vendor === 'backup' ? undefined : sessionTimeBefore(world.calendar, expected, silentMs)
}

function freshnessOf(world: World, vendor: VendorId, symbol: string, suppressed: boolean) {
  const barMs = lastBar(world, vendor, symbol)
  const base = { symbol, suppressed, halted: false }
  if (barMs === undefined) return { ...base, stale: true }
  const ageMs = sessionTimeBetween(world.calendar, barMs, world.now().getTime())
  const stale = ageMs > 2 * intervalMs
  return { ...base, lastBarAt: new Date(barMs).toISOString(), ageSeconds: ageMs / 1000, stale }
}

export const dataReads: Readonly<Record<string, ReadHandler>> = {
  'data.ping': (world, args) => {
    const vendor = vendorOf(world, args)
    if (vendor === 'backup' && world.faults.has('backup-dead')) {
      throw new PaperFailure('paper-unreachable', `vendor ${vendor} refuses connections`, true)
    }
    return { vendor, latencyMs }
  },
  // Judged from the bars that arrived, so it has an answer also where the vendor has none.
  'data.freshness': (world, args) => {
    const vendor = vendorOf(world, args)
    const { traded, suppressed } = readComponent(world, routingComponent)
    const symbols = [
      ...traded.map((symbol) => freshnessOf(world, vendor, symbol, false)),
      ...suppressed.map(({ symbol }) => freshnessOf(world, vendor, symbol, true)),
    ]
    const stale = symbols.filter((each) => each.stale && !each.suppressed && !each.halted).length
    return { vendor, intervalSeconds: intervalMs / 1000, traded: traded.length, stale, symbols }
  },
  'data.fetchCorporateActions': (world, args) => {
    vendorOf(world, args)
    const splits = world.faults.has('stale-one-corporate-action') && textsOf(args, 'symbols').includes(staleSymbol)
    const date = tradingDate(world.calendar, world.now().getTime())
    return { actions: splits ? [{ symbol: staleSymbol, type: 'split', date }] : [] }
  },
  'data.countBars': (world, args) => {
    const vendor = vendorOf(world, args)
    const minutes = intOf(args, 'lookbackMinutes')
    const received = (symbol: string): number =>
      delivers(world, vendor, symbol) ? minutes : vendor === 'backup' ? 0 : Math.max(0, minutes - silentMs / intervalMs)
    const symbols = readComponent(world, routingComponent).traded.map((symbol) => ({ symbol, count: received(symbol) }))
    return { vendor, total: symbols.reduce((sum, { count }) => sum + count, 0), symbols }
  },
}
