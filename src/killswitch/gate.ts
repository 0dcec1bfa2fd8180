/**
 * The gate of a trading process: may it trade now, and at what size? Presence of a file is the permission, so whatever cannot be read
 * says no. Nothing is cached but the boot id. This file stands alone: it is the package's `./gate`.
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
import { existsSync, readFileSync } from 'node:fs'

export type Multiplier = 0 | 0.25 | 0.5 | 1
export type Allowed = 'all' | 'reduce-only' | 'none'
export interface Ask {
  /** Absolute path of the desk's state directory. */
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
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
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
  if (
    !ask.stateDir.startsWith('/') ||
    ![ask.venue, ask.model, ask.symbol].every((id) => id === undefined || isScopeId(id))
  )
    return none
  const dir = `${ask.stateDir}/permit/`
  const has = (token: string): boolean => existsSync(`${dir}${token}@${boot}`)
  if (!has('trade')) return none
  // The denial comes before further permissions: a directory that vanishes in between denies through those.
  const symbol = ask.symbol?.toUpperCase()
  if (symbol !== undefined && existsSync(`${dir}hold-symbol=${symbol}`)) return none

  let reduces = symbol !== undefined && existsSync(`${dir}hold-reduce-symbol=${symbol}`)
  for (const [token, lesser] of scopeTokens(ask)) {
    if (has(token)) continue
    if (!has(lesser)) return none
    reduces = true
  }
  const orderRate = !has('rate-half') ? 0.25 : has('rate-full') ? 1 : 0.5
  if (reduces || !has('open') || (ask.session === true && !has('session')))
    return { allowed: 'reduce-only', sizeMultiplier: 0, orderRate }
  return { allowed: 'all', sizeMultiplier: !has('half') ? 0.25 : has('full') ? 1 : 0.5, orderRate }
}

/** What must be there for everything, and what for reductions at least. */
function scopeTokens(ask: Ask): readonly (readonly [string, string])[] {
  const desk: readonly [string, string] = ['unheld', 'reduce']
  if (ask.venue === undefined && ask.model === undefined) return [desk]
  const pairs = [desk]
  if (ask.venue !== undefined) pairs.push([`venue=${ask.venue}`, `reduce-venue=${ask.venue}`])
  if (ask.model !== undefined) pairs.push([`model=${ask.model}`, `reduce-model=${ask.model}`])
  return pairs
}

export interface Order {
  readonly side: 'buy' | 'sell'
  /** A positive decimal string. */
  readonly quantity: string
}

/**
 * Whether an order passes. `position` is the signed position as a decimal string, open orders counted as filled. Under reduce-only the
 * position that would result decides, never the side: it must be smaller and must not change its sign. Text that is no decimal never passes.
 */
export function admits(answer: Answer, position: string, order: Order): boolean {
  const before = units(position)
  const quantity = units(order.quantity)
  if (before === undefined || quantity === undefined || quantity <= 0n || answer.allowed === 'none') return false
  if (answer.allowed === 'all') return true
  const after = order.side === 'buy' ? before + quantity : before - quantity
  return before > 0n ? after >= 0n && after < before : after <= 0n && after > before
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
