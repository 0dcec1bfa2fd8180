/** Lowering size and order rate. What is asked for is turned into a level once per key, so that a second attempt halves nothing again. */
import { decimalUnit, parseDecimal } from '../../model/decimal.ts'
import { whyUnknown } from '../../killswitch/standing.ts'
import { levelInForce, throttle as lower } from '../../killswitch/throttle.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { type Args, type DeskEffect, done, failed, type Outcome, type World } from './effect.ts'

type Size = 0 | 0.25 | 0.5 | 1
const sizes: readonly Size[] = [0, 0.25, 0.5, 1]

/** The greatest level there is at or below a ceiling; undefined for what is no share. */
function sizeBelow(ceiling: string): Size | undefined {
  const units = parseDecimal(ceiling)
  if (units === undefined || units < 0n || units > decimalUnit) return undefined
  return sizes.findLast((size) => BigInt(size * 4) * decimalUnit <= units * 4n)
}

const halfOf = (size: Size): Size => (size === 1 ? 0.5 : size === 0.5 ? 0.25 : 0)
const isSize = (value: unknown): value is Size => sizes.some((size) => size === value)
const reasonIn = (args: Args): string => (typeof args['reason'] === 'string' ? args['reason'] : '')

/** Throws DeskError `level-unknown`: what cannot be looked for has not been seen to happen. */
function knownLevel({ stateDir, boot }: World): ReturnType<typeof levelInForce> {
  const unknown = whyUnknown(stateDir, boot)
  if (unknown === undefined) return levelInForce(stateDir, boot)
  throw new DeskError('level-unknown', exitCodes.undetermined, `what is in force cannot be told: ${unknown}`)
}

export const throttle: DeskEffect = {
  plan: (world, args) => {
    const { size } = levelInForce(world.stateDir, world.boot)
    const ceiling = typeof args['ceiling'] === 'string' ? sizeBelow(args['ceiling']) : undefined
    if (typeof args['ceiling'] === 'string' && ceiling === undefined) return {}
    const wanted = [...(ceiling === undefined ? [] : [ceiling]), ...(args['halve'] === true ? [halfOf(size)] : [])]
    return wanted.length === 0 ? {} : { size: Math.min(...wanted) }
  },
  perform: (world, args, plan) => {
    const target = plan['size']
    if (!isSize(target)) return failed('a throttle needs a ceiling between 0 and 1, or halve: true')
    const { size } = levelInForce(world.stateDir, world.boot)
    const unknown = whyUnknown(world.stateDir, world.boot)
    if (target === 1 && unknown !== undefined) return failed(`what is in force cannot be told: ${unknown}`)
    // Never looser than now: a higher ceiling is kept already. What cannot be told is lowered in any case.
    if (target === 1 || (target >= size && unknown === undefined)) return done({ sizeMultiplier: size })
    return outcomeOf(
      lower(world.stateDir, world.boot, { size: target, by: world.by.id, reason: reasonIn(args) }, world),
      world,
    )
  },
  happened: (world, _args, plan) => {
    const { size } = knownLevel(world)
    return isSize(plan['size']) && size <= plan['size'] ? { sizeMultiplier: size } : undefined
  },
}

function outcomeOf(throttled: ReturnType<typeof lower>, world: World): Outcome {
  if (throttled.kind === 'refused') return failed(throttled.message)
  if (!throttled.done)
    return failed(`the old size is still in force: ${throttled.troubles.map((t) => t.errno).join(', ')}`)
  const { recorded } = throttled
  const remark = recorded.recorded ? undefined : `not on record: ${recorded.problem}`
  return done({ sizeMultiplier: levelInForce(world.stateDir, world.boot).size }, remark)
}

export const throttleOrders: DeskEffect = {
  plan: (world) => {
    const { orderRate } = levelInForce(world.stateDir, world.boot)
    return { orderRate: orderRate === 1 ? 0.5 : 0.25 }
  },
  perform: (world, args, plan) => {
    const { stateDir, boot } = world
    const rate = (): number => levelInForce(stateDir, boot).orderRate
    const target = typeof plan['orderRate'] === 'number' ? plan['orderRate'] : 0.25
    if (rate() <= target && whyUnknown(stateDir, boot) === undefined) return done({ orderRate: rate() })
    const throttled = lower(stateDir, boot, { orderRate: 'half', by: world.by.id, reason: reasonIn(args) }, world)
    const outcome = outcomeOf(throttled, world)
    return outcome.kind === 'failed' ? outcome : { ...outcome, value: { orderRate: rate() } }
  },
  happened: (world, _args, plan) => {
    const { orderRate } = knownLevel(world)
    return typeof plan['orderRate'] === 'number' && orderRate <= plan['orderRate'] ? { orderRate } : undefined
  },
}
