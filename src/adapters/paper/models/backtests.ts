/** The two layers of the backtest: the signal alone, and through order management with what fills cost. */
import { maxDrawdown } from '../../../statistics/drawdown.ts'
import { annualSharpe } from '../../../statistics/sharpe.ts'
import type { Arguments } from '../arguments.ts'
import { textOf } from '../arguments.ts'
import { between, rounded } from '../chance.ts'
import { refuse } from '../failure.ts'
import type { FaultId } from '../faults.ts'
import type { ReadHandler } from '../handler.ts'
import { liveVersion } from '../inference-hosts.ts'
import { unmended } from '../operations/fault-time.ts'
import type { Version } from '../registry-state.ts'
import { readVersion, requireModel } from '../registry-state.ts'
import type { World } from '../world.ts'
import { returnsOf } from './returns.ts'

const [inSampleSessions, outOfSampleSessions] = [352, 152]
const turnover = 0.4
const [usualBps, excessiveBps] = [0.8, 14]

/** Whether a fault is about this version: one that is not live, made before the fault. */
export const isBrokenCandidate = (world: World, { version, createdAt }: Version, fault: FaultId): boolean =>
  version !== liveVersion(world).version && unmended(world, fault, createdAt) !== undefined

interface Backtest {
  readonly inSample: readonly number[]
  readonly outOfSample: readonly number[]
}

/** Out of sample it earns a tenth less; an overfitted version loses half. */
function backtestOf(world: World, version: Version): Backtest {
  const { sharpe } = version.metrics
  const kept = isBrokenCandidate(world, version, 'overfitted-model')
    ? 0.5
    : between(`out of sample ${version.version}`, 0.88, 0.94)
  return {
    inSample: returnsOf(`in sample ${version.version}`, sharpe, inSampleSessions),
    outOfSample: returnsOf(`out of sample ${version.version}`, sharpe * kept, outOfSampleSessions),
  }
}

/** Every session pays for what it turned over, on both sides. */
const paying = (returns: readonly number[], slippageBps: number): readonly number[] =>
  returns.map((each) => each - (2 * turnover * slippageBps) / 10_000)

function describe({ inSample, outOfSample }: Backtest) {
  const all = [...inSample, ...outOfSample]
  const ratio = (returns: readonly number[]): number =>
    rounded(annualSharpe(returns) ?? refuse('the backtest has no Sharpe ratio'), 4)
  return {
    sharpe: ratio(all),
    maxDrawdown: rounded(maxDrawdown(all) ?? refuse('the backtest has no drawdown'), 4),
    winRate: rounded(all.filter((each) => each > 0).length / all.length, 4),
    inSampleSharpe: ratio(inSample),
    outOfSampleSharpe: ratio(outOfSample),
    sessions: all.length,
  }
}

function versionOf(world: World, args: Arguments): Version {
  requireModel(args)
  return readVersion(world, textOf(args, 'version'))
}

export const backtestReads: Readonly<Record<string, ReadHandler>> = {
  'research.backtestVectorized': (world, args) => {
    const version = versionOf(world, args)
    const ic = rounded(between(`ic of ${version.version}`, 0.028, 0.041), 4)
    return { ...describe(backtestOf(world, version)), ic, turnover }
  },
  'research.backtestOms': (world, args) => {
    const version = versionOf(world, args)
    const { inSample, outOfSample } = backtestOf(world, version)
    const slippageBps = isBrokenCandidate(world, version, 'backtest-oms-fails') ? excessiveBps : usualBps
    const paid = { inSample: paying(inSample, slippageBps), outOfSample: paying(outOfSample, slippageBps) }
    return { ...describe(paid), slippageBps }
  },
}
