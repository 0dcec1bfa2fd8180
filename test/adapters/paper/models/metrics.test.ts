/** Figures over sessions, what moves them, and what brings them back. */
import { expect, test } from 'vitest'
import { PaperDesk } from '../desk.ts'

const model = { model: 'signal' }

test('a range ends with what the query says, and has one point for each closed session', async () => {
  const desk = new PaperDesk(undefined, '2026-11-30T12:00:00-05:00')
  for (const name of [
    'pnl',
    'model_sharpe',
    'slippage_bps',
    'fill_rate',
    'daily_drawdown',
    'weekly_drawdown',
    'trades',
  ]) {
    const range = await desk.value('metrics.queryRange', { name, sessions: 4 })
    expect(range.list('points').map((each) => each.text('at').slice(0, 10))).toEqual([
      '2026-11-23',
      '2026-11-24',
      '2026-11-25',
      '2026-11-27',
    ])
    const latest = await desk.value('metrics.query', { name })
    expect(latest.json).toEqual({ ...(range.at('points', 3) as object), unit: range.at('unit') })
  }
  expect(await desk.read('metrics.query', { name: 'nothing' })).toMatchObject({ kind: 'failure' })
  expect(await desk.read('metrics.queryRange', { name: 'toString', sessions: 1 })).toMatchObject({ kind: 'failure' })
})

test('drawdown is loss alone, over one session and over five', async () => {
  const desk = new PaperDesk()
  const value = async (name: string, sessions: number): Promise<readonly number[]> =>
    (await desk.value('metrics.queryRange', { name, sessions })).list('points').map((each) => Number(each.at('value')))
  const pnl = await value('pnl', 20)
  const daily = await value('daily_drawdown', 20)
  expect(daily.every((each, index) => each === Number((Math.max(0, -(pnl[index] ?? 0)) / 400_000).toFixed(5)))).toBe(
    true,
  )
  expect(daily.some((each) => each > 0)).toBe(true)
})

test('percentiles of pings count a missing one as worse than any', async () => {
  const desk = new PaperDesk()
  const ask = { name: 'broker_heartbeat_ms', last: 18 }
  const healthy = await desk.value('metrics.quantiles', ask)
  expect(healthy.json).toMatchObject({ count: 18, missing: 0 })
  expect(Number(healthy.at('p95'))).toBeLessThan(50)
  expect(Number(healthy.at('p99'))).toBeGreaterThanOrEqual(Number(healthy.at('p50')))
  await desk.set('latency-high')
  expect(Number((await desk.value('metrics.quantiles', ask)).at('p95'))).toBeGreaterThan(500)
  await desk.set('heartbeat-lost')
  expect((await desk.value('metrics.quantiles', ask)).json).toEqual({ count: 18, missing: 18, unit: 'ms' })
})

test('recalibration closes the gap to what trading costs, though trading stays as dear', async () => {
  const desk = new PaperDesk()
  await desk.set('cost-gap')
  const cost = await desk.value('metrics.costModel', { sessions: 20 })
  expect(Number(cost.at('gapBps'))).toBeGreaterThan(1)
  const { modelBps } = (await desk.done('research.recalibrateCost', {}, 'a')).json as { modelBps: number }
  expect(modelBps).toBe(cost.at('realisedBps'))
  expect((await desk.value('metrics.costModel', { sessions: 20 })).json).toEqual({
    realisedBps: modelBps,
    modelBps,
    gapBps: 0,
  })
  expect((await desk.value('metrics.slippage', { sessions: 5 })).at('overDays')).toBe(0)
  expect((await desk.value('metrics.slippage', { sessions: 5, overBps: -10 })).at('overDays')).toBe(5)
})

test('one name dominates until its position is small enough', async () => {
  const desk = new PaperDesk()
  await desk.set('concentration-high')
  const largest = async (): Promise<number> => Number((await desk.value('metrics.concentration')).at('largestShare'))
  expect(await largest()).toBeGreaterThan(0.25)
  await desk.done('risk.reduce', { symbol: 'NVDA', target: '0.3' }, 'a')
  expect(await largest()).toBeLessThan(0.25)
})

test('a Sharpe ratio that declines recovers with the first session of another version in production', async () => {
  const desk = new PaperDesk()
  const mean = async (): Promise<number> => {
    const points = (await desk.value('metrics.queryRange', { name: 'model_sharpe', sessions: 10 })).list('points')
    return points.reduce((sum, each) => sum + Number(each.at('value')), 0) / points.length
  }
  expect(await mean()).toBeGreaterThan(1.3)
  await desk.set('sharpe-declining')
  expect(await mean()).toBeLessThan(0.6)
  desk.moment = '2026-11-20T08:00:00-05:00'
  const back = { ...model, alias: 'production', version: 'v1.3.2', ifCurrent: 'v1.4.0' }
  await desk.done('registry.setAlias', back, 'a')
  expect(Number((await desk.value('metrics.query', { name: 'model_sharpe' })).at('value'))).toBeLessThan(0.6)
  desk.moment = '2026-11-20T16:30:00-05:00'
  expect(Number((await desk.value('metrics.query', { name: 'model_sharpe' })).at('value'))).toBeGreaterThan(1.2)
  desk.moment = '2026-12-15T12:00:00-05:00'
  expect(await mean()).toBeGreaterThan(1.3)
})

test('every line of capacity says what it is a share of', async () => {
  const desk = new PaperDesk()
  const lines = (await desk.value('metrics.capacity')).list('lines')
  expect(lines.map((each) => each.at('name'))).toContain('adv:SPY')
  for (const line of lines)
    expect(Number(line.at('share'))).toBeCloseTo(Number(line.at('used')) / Number(line.at('limit')), 3)
})
