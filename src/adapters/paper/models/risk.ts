/** The risk service: limits in use, breaches of them, and the alert that a breach leaves. Reductions are `risk-reduction.ts`. */
import * as z from 'zod'
import { decimalUnits, formatDecimal } from '../../../model/decimal.ts'
import { once } from '../../../model/once.ts'
import { moment } from '../../../ports/method.ts'
import { intOf } from '../arguments.ts'
import { rounded } from '../chance.ts'
import type { Limits } from '../config/limits.ts'
import { limitsOf } from '../config/limits.ts'
import { readLive } from '../config/release.ts'
import { openRepository } from '../config/repository.ts'
import { refuse } from '../failure.ts'
import type { ReadHandler } from '../handler.ts'
import { pnlNow } from '../operations/reports.ts'
import type { Component } from '../store.ts'
import { readComponent } from '../store.ts'
import { magnitude } from '../venue/arithmetic.ts'
import type { World } from '../world.ts'
import type { Holding } from './exposure.ts'
import { capital, grossExposure, holdingsOf, presentValueAtRisk, varianceParts } from './exposure.ts'
import { intendedTrades } from './intentions.ts'

const riskState = once(() => z.strictObject({ resetAt: moment.optional() }))
export const riskComponent: Component<z.infer<ReturnType<typeof riskState>>> = {
  name: 'risk',
  parse: (value) => riskState().safeParse(value).data,
  seed: () => ({}),
}

const limitsInForce = async (world: World): Promise<Limits> =>
  limitsOf(readLive((await openRepository(world)).dir), 'live')
const limitOf = (limits: Limits, name: string): string =>
  limits.get(name)?.value ?? refuse(`no limit ${name} is in force`)
const dollars = (value: number): string => formatDecimal(decimalUnits(value.toFixed(2)))

export interface Breach {
  readonly limit: string
  readonly value: string
  readonly ceiling: string
  readonly at: string
}

export async function breachesOf(world: World): Promise<readonly Breach[]> {
  const limits = await limitsInForce(world)
  const holdings = holdingsOf(world)
  const ceiling = limitOf(limits, 'value-at-risk')
  const largest = holdings.reduce((most, { quantity }) => bigger(most, magnitude(decimalUnits(quantity))), 0n)
  const measured: readonly (readonly [string, string])[] = [
    ['value-at-risk', dollars(presentValueAtRisk(world, holdings, Number(ceiling)))],
    ['max-position', formatDecimal(largest)],
    ['single-name-share', String(rounded(largestName(holdings) / capital, 4))],
    ['daily-drawdown-floor', dollars(pnlNow(world))],
  ]
  return measured.flatMap(([limit, value]) => {
    const { value: bound, looser } = limits.get(limit) ?? refuse(`no limit ${limit} is in force`)
    const over = decimalUnits(value) - decimalUnits(bound)
    const isCrossed = looser === 'higher' ? over > 0n : over < 0n
    const at = (world.faults.get('risk-breach') ?? world.now()).toISOString()
    return isCrossed ? [{ limit, value, ceiling: bound, at }] : []
  })
}
const bigger = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** Dollars in one symbol over all venues. */
function largestName(holdings: readonly Holding[]): number {
  const bySymbol = new Map<string, number>()
  for (const each of holdings) bySymbol.set(each.symbol, (bySymbol.get(each.symbol) ?? 0) + each.dollars)
  return Math.max(0, ...[...bySymbol.values()].map(Math.abs))
}

/** The fault raises the alert; only a reset after it takes it back. */
function isAlertRaised(world: World, standing: number): boolean {
  const raised = world.faults.get('risk-breach')
  const { resetAt } = readComponent(world, riskComponent)
  const wasReset = resetAt !== undefined && raised !== undefined && Date.parse(resetAt) >= raised.getTime()
  return standing > 0 || (raised !== undefined && !wasReset)
}

export const riskReads: Readonly<Record<string, ReadHandler>> = {
  'risk.utilisation': async (world) => {
    const varLimit = limitOf(await limitsInForce(world), 'value-at-risk')
    const holdings = holdingsOf(world)
    const value = presentValueAtRisk(world, holdings, Number(varLimit))
    const gross = grossExposure(holdings)
    return {
      ...{ var: dollars(value), varLimit, share: rounded(value / Number(varLimit), 4) },
      ...{ leverage: rounded(Number(gross) / capital, 4), grossExposure: gross },
    }
  },
  'risk.breaches': async (world) => {
    const breaches = await breachesOf(world)
    return { count: breaches.length, breaches, alertRaised: isAlertRaised(world, breaches.length) }
  },
  'risk.varDecomposition': (world) => {
    const holdings = holdingsOf(world)
    const parts = varianceParts(holdings)
    const total = parts.reduce((sum, part) => sum + part, 0)
    const positions = holdings.map(({ venue, symbol, quantity }, index) => ({
      ...{ venue, symbol, quantity },
      share: total === 0 ? 0 : rounded((parts[index] ?? 0) / total, 5),
    }))
    return { positions: positions.sort((a, b) => b.share - a.share) }
  },
  'risk.nextTrades': (world, args) => intendedTrades(world, intOf(args, 'hours')),
}
