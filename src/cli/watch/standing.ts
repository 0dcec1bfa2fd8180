/** When what still fires is done once more: not at every look, because the log would fill and its alert be held back, but never late. */
import { bootId } from '../../killswitch/gate.ts'
import { readTrading } from '../../killswitch/trading.ts'

/** An alert of one name is sent once in this time. */
export const againMs = 5 * 60_000

export interface Fired {
  readonly atMs: number
  /** What was in force afterwards. */
  readonly standing: string
}

/** All that a halt, a hold or a release changes. */
export function standingNow(stateDir: string, nowMs: number): string {
  const { trading, halts, holds, unknown } = readTrading(stateDir, nowMs, bootId())
  return JSON.stringify([
    trading.state,
    trading.sizeMultiplier,
    halts.map(({ id }) => id),
    holds.map(({ rule, scope }) => [rule, scope]),
    unknown,
  ])
}

/** Somebody may have lifted what it did. */
export const isDueAgain = (fired: Fired | undefined, standing: string, nowMs: number): boolean =>
  fired === undefined || nowMs - fired.atMs >= againMs || fired.standing !== standing

/** A rule that holds is let go by its own pass. Where holds cannot be read, its pass tries. */
export function isHolding(stateDir: string, rule: string, nowMs: number): boolean {
  const { holds, unknown } = readTrading(stateDir, nowMs, bootId())
  return unknown !== undefined || holds.some((hold) => hold.rule === rule)
}
