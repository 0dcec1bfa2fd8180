/**
 * The gate of a trading process: may it trade now, and at what size? Presence of a file is the permission, so whatever cannot be read
 * says no; for the two files that deny a symbol, only what the system says is not there counts as absent. Nothing is kept but the boot id
 * and the names of files. This file stands alone: it is the package's `./gate`.
 *
 *   <state>/permit/trade@<boot>               without it nothing passes
 *   <state>/permit/open@<boot>                without it only what reduces
 *   <state>/permit/half@<boot>, full@<boot>   without `half` 25 %, without `full` 50 %
 *   <state>/permit/rate-half@…, rate-full@…   the same for the rate of orders
 *   <state>/permit/unheld@<boot>              without it the desk is held; `reduce@<boot>` then still lets reductions pass
 *   <state>/permit/venue=<id>@<boot>          without it the venue is held; likewise `reduce-venue=<id>@<boot>`. The same for model=<id>
 *   <state>/permit/session@<boot>             for those who trade in sessions only: without it only what reduces
 *   <state>/permit/hold-symbol=<SYMBOL>       denies a symbol; `hold-reduce-symbol=<SYMBOL>` leaves its reductions
 */
import { existsSync, lstatSync, readFileSync } from 'node:fs'

export type Multiplier = 0 | 0.25 | 0.5 | 1
export type Allowed = 'all' | 'reduce-only' | 'none'
export interface Ask {
  /** Absolute path of the desk's state directory, of at most 1024 bytes; a longer one is denied. */
  readonly stateDir: string
  readonly venue?: string
  readonly model?: string
  readonly symbol?: string
  /** True where trading follows sessions. */
  readonly session?: boolean
}
export interface Answer {
  readonly allowed: Allowed
  /** Scales every order that adds risk; 0 where none may. */
  readonly sizeMultiplier: Multiplier
  /** Scales the rate of orders. */
  readonly orderRate: Multiplier
}

/** What venues, models and symbols may be called. Anything else is denied: a slash or a control character would name another file. */
const name = /^[A-Za-z0-9^][A-Za-z0-9._:=^-]{0,63}$/
export const isScopeId = (id: string): boolean => name.test(id)

const none: Answer = { allowed: 'none', sizeMultiplier: 0, orderRate: 0 }
let knownBoot: string | undefined

/** The boot in which permissions must have been given; undefined where the system does not tell. */
export function bootId(): string | undefined {
  if (knownBoot !== undefined) return knownBoot
  try {
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    if (/^[0-9a-f-]{36}$/.test(id)) knownBoot = id
  } catch {
    return undefined
  }
  return knownBoot
}

/** To be asked before a signal is computed and again immediately before each order. */
export function mayTrade(ask: Ask): Answer {
  const boot = bootId()
  return boot === undefined ? none : mayTradeInBoot(ask, boot)
}

/** The same for a given boot. */
export function mayTradeInBoot(ask: Ask, boot: string): Answer {
  const desk = filesOf(ask.stateDir, boot)
  if (desk === undefined || !existsSync(desk.trade)) return none
  const venue = ask.venue === undefined ? unasked : desk.scope('venue', ask.venue)
  const model = ask.model === undefined ? unasked : desk.scope('model', ask.model)
  const symbol = ask.symbol === undefined ? unasked : desk.scope('symbol', ask.symbol)
  if (venue === undefined || model === undefined || symbol === undefined) return none
  // The denial comes before further permissions: a directory that vanishes in between denies through those.
  const denied = symbol === unasked ? 'no' : denialOf(symbol)
  if (denied === 'yes') return none
  let reduces = denied === 'but-reductions'
  for (const scope of [desk.held, venue, model]) {
    if (scope === unasked || existsSync(scope.greater)) continue
    if (!existsSync(scope.lesser)) return none
    reduces = true
  }
  const orderRate = !existsSync(desk.rateHalf) ? 0.25 : existsSync(desk.rateFull) ? 1 : 0.5
  if (reduces || !existsSync(desk.open) || (ask.session === true && !existsSync(desk.session)))
    return { allowed: 'reduce-only', sizeMultiplier: 0, orderRate }
  return { allowed: 'all', sizeMultiplier: !existsSync(desk.half) ? 0.25 : existsSync(desk.full) ? 1 : 0.5, orderRate }
}

const absent = { throwIfNoEntry: false } as const
/** A file whose name is too long, or that the disk cannot tell of, may be a denial: `existsSync` would call it absent. */
function denialOf(symbol: FilePair): 'yes' | 'but-reductions' | 'no' {
  try {
    if (lstatSync(symbol.greater, absent) !== undefined) return 'yes'
    return lstatSync(symbol.lesser, absent) === undefined ? 'no' : 'but-reductions'
  } catch {
    return 'yes'
  }
}

/** Where it is looked for: everything, and what leaves reductions. Permissions, but for a symbol, which is denied by them. */
interface FilePair {
  readonly greater: string
  readonly lesser: string
}
const unasked: FilePair = { greater: '', lesser: '' }

interface DeskFiles {
  readonly boot: string
  readonly trade: string
  readonly open: string
  readonly half: string
  readonly full: string
  readonly rateHalf: string
  readonly rateFull: string
  readonly session: string
  readonly held: FilePair
  /** Undefined for a name that is none. */
  readonly scope: (kind: 'venue' | 'model' | 'symbol', id: string) => FilePair | undefined
}

// Names are made and checked once, since that costs as much as two looks; what is there is looked at with every question.
const known = new Map<string, DeskFiles>()
const mostDesks = 64
const mostNames = 4096
/** In bytes. So that every file of a desk has a name that the system takes: it refuses paths of 4096 bytes. */
export const longestStateDir = 1024
/** Whether gates can be asked about a state directory; where not, they deny. */
export const isStateDir = (path: string): boolean => path.startsWith('/') && Buffer.byteLength(path) <= longestStateDir

function filesOf(stateDir: string, boot: string): DeskFiles | undefined {
  const files = known.get(stateDir)
  if (files?.boot === boot) return files
  if (!isStateDir(stateDir)) return undefined
  if (known.size >= mostDesks) known.clear()
  const made = makeFiles(`${stateDir}/permit/`, boot)
  known.set(stateDir, made)
  return made
}

function makeFiles(dir: string, boot: string): DeskFiles {
  const of = (token: string): string => `${dir}${token}@${boot}`
  const names = {
    venue: new Map<string, FilePair>(),
    model: new Map<string, FilePair>(),
    symbol: new Map<string, FilePair>(),
  }
  const scope = (kind: 'venue' | 'model' | 'symbol', id: string): FilePair | undefined => {
    const pair = names[kind].get(id)
    if (pair !== undefined || !isScopeId(id)) return pair
    const made =
      kind === 'symbol'
        ? { greater: `${dir}hold-symbol=${id.toUpperCase()}`, lesser: `${dir}hold-reduce-symbol=${id.toUpperCase()}` }
        : { greater: of(`${kind}=${id}`), lesser: of(`reduce-${kind}=${id}`) }
    if (names[kind].size >= mostNames) names[kind].clear()
    names[kind].set(id, made)
    return made
  }
  const held = { greater: of('unheld'), lesser: of('reduce') }
  const size = { open: of('open'), half: of('half'), full: of('full') }
  const rate = { rateHalf: of('rate-half'), rateFull: of('rate-full') }
  return { boot, trade: of('trade'), ...size, ...rate, session: of('session'), held, scope }
}

export interface Order {
  readonly side: 'buy' | 'sell'
  /** A positive decimal string. */
  readonly quantity: string
}

/**
 * Whether an order passes. `position` is the signed position as filled so far, a decimal string; `working` are the orders that may still
 * fill, each with the quantity that is left of it. Under reduce-only the position that would result decides, never the side: it must be
 * smaller and must not change its sign, whichever of the working orders fill before. So those of the same side count as filled, and those
 * of the other side as if they never were. Text that is no decimal never passes.
 */
export function admits(answer: Answer, position: string, order: Order, working: readonly Order[] = []): boolean {
  const quantity = quantityOf(order)
  let before = units(position)
  if (before === undefined || quantity === undefined || answer.allowed === 'none') return false
  for (const { side, quantity: text } of working) {
    const left = quantityOf({ side, quantity: text })
    if (left === undefined) return false
    if (side === order.side) before += left
  }
  if (answer.allowed === 'all') return true
  return quantity < 0n ? before + quantity >= 0n : before + quantity <= 0n
}

const signs: ReadonlyMap<string, bigint> = new Map([
  ['buy', 1n],
  ['sell', -1n],
])
/** What a whole fill adds to the position. Undefined for a side that is none and for what is not above zero. */
function quantityOf({ side, quantity }: Order): bigint | undefined {
  const size = units(quantity)
  const sign = signs.get(side)
  return size === undefined || size <= 0n || sign === undefined ? undefined : sign * size
}

/** The size that an order which adds risk may have: the multiplier's share, rounded down to whole lots. Undefined for no decimals. */
export function scaleQuantity(answer: Answer, quantity: string, lot: string): string | undefined {
  const [wanted, step] = [units(quantity), units(lot)]
  if (wanted === undefined || step === undefined || wanted < 0n || step <= 0n) return undefined
  const share = (wanted * BigInt(answer.sizeMultiplier * 4)) / 4n
  return decimalOf(share - (share % step))
}

const places = 18
/** A decimal string as a whole number of 10^-18. */
function units(text: string): bigint | undefined {
  const match = /^(-?)(\d{1,18})(?:\.(\d{1,18}))?$/.exec(text)
  if (match === null) return undefined
  const size = BigInt(`${match[2] ?? ''}${(match[3] ?? '').padEnd(places, '0')}`)
  return match[1] === '-' ? -size : size
}

function decimalOf(size: bigint): string {
  const digits = size.toString().padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  return fraction === '' ? digits.slice(0, -places) : `${digits.slice(0, -places)}.${fraction}`
}
