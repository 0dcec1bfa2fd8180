/** Lowers the size, or the rate of orders, at once. It only removes permissions, so it needs no log and no space; it never raises. */
import { type Recorded, recordAfterwards } from './decide.ts'
import { permitDir, tighten, type Trouble } from './permit.ts'
import { wordsFor } from '../model/standing.ts'
import type { Level, Means } from './record.ts'
import type { Token } from './scope.ts'
import { readOrderRate, readSize, readStanding, whyUnknown } from './standing.ts'

/** `half` of what is in force now; a quarter halves to close-only, as nothing lies between. */
export type SizeTarget = 0 | 0.25 | 0.5 | 'half'
export interface ThrottleOrder {
  readonly size?: SizeTarget
  /** Halves the rate of orders; a quarter is the least. */
  readonly orderRate?: 'half'
  readonly by: string
  readonly reason: string
}
export type Throttled =
  | {
      readonly kind: 'throttled'
      readonly from: Level
      readonly to: Level
      /** Why it cannot be told what was in force before; `from` is then the least there is. */
      readonly unknown?: string
      /** False: the system refused, the old level is still in force. */
      readonly done: boolean
      readonly troubles: readonly Trouble[]
      readonly recorded: Recorded
    }
  /** It would have raised. */
  | { readonly kind: 'refused'; readonly from: Level; readonly message: string }

export function parseSizeTarget(text: string): SizeTarget | undefined {
  const targets: Readonly<Record<string, SizeTarget>> = { '0': 0, '25': 0.25, '50': 0.5, half: 'half' }
  return Object.hasOwn(targets, text) ? targets[text] : undefined
}

export function throttle(stateDir: string, boot: string | undefined, order: ThrottleOrder, means: Means): Throttled {
  const from = levelInForce(stateDir, boot)
  const unknown = whyUnknown(stateDir, boot)
  const size = order.size === undefined ? from.size : order.size === 'half' ? halfOf(from.size) : order.size
  const orderRate = order.orderRate === 'half' ? (from.orderRate === 1 ? 0.5 : 0.25) : from.orderRate
  // Where the level cannot be told, removing what is above the target is right whatever it is.
  if (size > from.size && unknown === undefined)
    return {
      kind: 'refused',
      from,
      message: `the desk is ${wordsFor(readStanding(stateDir, boot))}: a throttle never raises the size`,
    }
  const to: Level = { size, orderRate }
  const tokens = [
    ...(order.size === undefined ? [] : sizeTokens(size)),
    ...(order.orderRate === undefined ? [] : rateTokens(orderRate)),
  ]
  const { gone, swept, troubles } = tighten(permitDir(stateDir), tokens, boot)
  const { by, reason } = order
  const change = { kind: 'throttled', scope: 'all', by, reason, tightens: tokens, from, to } as const
  return {
    kind: 'throttled',
    from,
    to,
    ...(unknown === undefined ? {} : { unknown }),
    done: gone && swept,
    troubles,
    recorded: recordAfterwards(stateDir, 'throttle', 'throttle.set', change, means),
  }
}

const halfOf = (size: Level['size']): 0 | 0.25 | 0.5 => (size === 1 ? 0.5 : size === 0.5 ? 0.25 : 0)
const sizeTokens = (size: Level['size']): readonly Token[] =>
  size === 0 ? ['open'] : size === 0.25 ? ['half', 'full'] : size === 0.5 ? ['full'] : []
const rateTokens = (rate: Level['orderRate']): readonly Token[] =>
  rate === 0.25 ? ['rate-half', 'rate-full'] : ['rate-full']

/** Size 0 where nothing that adds risk may pass. */
export function levelInForce(stateDir: string, boot: string | undefined): Level {
  if (boot === undefined) return { size: 0, orderRate: 0.25 }
  const size = readStanding(stateDir, boot).state === 'ACTIVE' ? readSize(stateDir, boot) : 0
  return { size, orderRate: readOrderRate(stateDir, boot) }
}
