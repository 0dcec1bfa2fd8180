/** Risk is what the positions make of it: reductions lower it, a breach ends with them, and its alert only with a reset. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PaperDesk } from '../desk.ts'

const share = async (desk: PaperDesk): Promise<number> => Number((await desk.value('risk.utilisation')).at('share'))
const breaches = async (desk: PaperDesk): Promise<readonly unknown[]> =>
  (await desk.value('risk.breaches')).list('breaches').map((each) => each.at('limit'))
const isRaised = async (desk: PaperDesk): Promise<unknown> => (await desk.value('risk.breaches')).at('alertRaised')
const held = async (desk: PaperDesk, symbol: string): Promise<readonly unknown[]> => {
  const venues = await Promise.all(['primary', 'backup'].map((venue) => desk.value('venue.fetchPositions', { venue })))
  const both = [...venues, await desk.value('book.positions')]
  return both.flatMap((each) =>
    each.list('positions').flatMap((one) => (one.at('symbol') === symbol ? [one.at('quantity')] : [])),
  )
}

test('risk in use is that of the positions, and every dollar of it is in one of them', async () => {
  const desk = new PaperDesk()
  const used = await desk.value('risk.utilisation')
  // 300 AAPL, 120 MSFT, 200 NVDA, 50 SPY, 80 QQQ and 60 AMZN at their reference prices.
  expect(used.json).toMatchObject({ grossExposure: '229217', varLimit: '40000', leverage: 0.573 })
  expect(Number(used.at('var')) / 40_000).toBeCloseTo(await share(desk), 3)
  const parts = (await desk.value('risk.varDecomposition')).list('positions').map((each) => Number(each.at('share')))
  expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 3)
  expect(parts).toEqual([...parts].sort((a, b) => b - a))
  expect(parts.at(-1)).toBeLessThan(0)
})

test('a position is brought down once per key, at the venue and in the book, in whole lots', async () => {
  const desk = new PaperDesk()
  const args = { symbol: 'AAPL', target: '0.333' }
  expect((await desk.done('risk.reduce', args, 'a')).json).toEqual({ symbol: 'AAPL', quantity: '99' })
  expect((await desk.done('risk.reduce', args, 'a')).json).toEqual({ symbol: 'AAPL', quantity: '99' })
  expect(await held(desk, 'AAPL')).toEqual(['99', '99'])
  expect(await desk.lookup('risk.reduce', args, 'a')).toMatchObject({ kind: 'done', value: { quantity: '99' } })
  expect(await desk.lookup('risk.reduce', args, 'b')).toMatchObject({ kind: 'not-done' })
  await desk.done('risk.reduce', { symbol: 'NVDA', target: '0.5' }, 'c')
  expect(await held(desk, 'NVDA')).toEqual(['-100', '-100'])
  await desk.done('risk.reduce', { symbol: 'NVDA', target: '0' }, 'd')
  expect(await held(desk, 'NVDA')).toEqual([])
})

test.each(['1', '1.5', '-0.5'])('a share of %s to keep is refused', async (target) => {
  const desk = new PaperDesk()
  expect(await desk.act('risk.reduce', { symbol: 'AAPL', target }, 'a')).toMatchObject({ kind: 'failed' })
  expect(await desk.act('risk.reduce', { symbol: 'XXXX', target: '0.5' }, 'b')).toMatchObject({ kind: 'failed' })
  expect(await held(desk, 'AAPL')).toEqual(['300', '300'])
})

test('reducing what contributes most brings high risk below 80 % of its limit', async () => {
  const desk = new PaperDesk()
  await desk.set('var-over-80')
  expect(await share(desk)).toBe(0.86)
  const most = (await desk.value('risk.varDecomposition')).text('positions', 0, 'symbol')
  await desk.done('risk.reduce', { symbol: most, target: '0.5' }, 'a')
  expect(await share(desk)).toBeLessThan(0.8)
  expect(await breaches(desk)).toEqual([])
})

test('a breach is flattened to the next size that complies, and its alert stays until it is reset', async () => {
  const desk = new PaperDesk()
  await desk.set('risk-breach')
  expect(await breaches(desk)).toEqual(['value-at-risk'])
  expect(await desk.act('risk.resetAlert', {}, 'too early')).toMatchObject({ kind: 'failed' })
  expect((await desk.done('risk.autoFlatten', {}, 'a')).at('reduced')).toBe(6)
  expect(await breaches(desk)).toEqual([])
  expect(await share(desk)).toBeGreaterThan(0.9)
  expect(await isRaised(desk)).toBe(true)
  expect((await desk.done('risk.autoFlatten', {}, 'b')).at('reduced')).toBe(0)
  await desk.done('risk.resetAlert', {}, 'c')
  expect(await isRaised(desk)).toBe(false)
})

test('where a loss crosses its floor, compliant means flat', async () => {
  const desk = new PaperDesk()
  await desk.set('pnl-over-limit')
  expect(await breaches(desk)).toEqual(['daily-drawdown-floor'])
  await desk.done('risk.autoFlatten', {}, 'a')
  expect((await desk.value('risk.utilisation')).json).toMatchObject({ share: 0, leverage: 0, grossExposure: '0' })
  expect((await desk.value('risk.varDecomposition')).json).toEqual({ positions: [] })
  expect(await desk.act('risk.resetAlert', {}, 'b')).toMatchObject({ kind: 'failed' })
})

test('what was done at one venue alone is unknown, and the same key finishes it', async () => {
  const desk = new PaperDesk()
  await desk.set('risk-breach')
  await desk.done('venue.tightenStops', { venue: 'backup', factor: '0.9' }, 'so that its file is there')
  const file = `${desk.stateDir}/paper/venue-backup.json`
  const whole = readFileSync(file, 'utf8')
  writeFileSync(file, 'nothing that makes sense')
  expect(await desk.act('risk.reduce', { symbol: 'AAPL', target: '0.5' }, 'a')).toMatchObject({ kind: 'unknown' })
  expect(await desk.lookup('risk.reduce', { symbol: 'AAPL', target: '0.5' }, 'a')).toMatchObject({
    kind: 'cannot-tell',
  })
  writeFileSync(file, whole)
  expect(await held(desk, 'AAPL')).toEqual(['150', '150'])
  expect(await desk.lookup('risk.reduce', { symbol: 'AAPL', target: '0.5' }, 'a')).toMatchObject({ kind: 'not-done' })
  const finished = await desk.done('risk.reduce', { symbol: 'AAPL', target: '0.5' }, 'a')
  expect(finished.at('quantity')).toBe('150')
  expect(await held(desk, 'AAPL')).toEqual(['150', '150'])
})

test('a silent venue takes the reduction, and nobody knows until it speaks', async () => {
  const desk = new PaperDesk()
  await desk.set('venue-silent')
  const args = { symbol: 'AAPL', target: '0.5' }
  expect(await desk.act('risk.reduce', args, 'a')).toMatchObject({ kind: 'unknown' })
  expect(await desk.lookup('risk.reduce', args, 'a')).toMatchObject({ kind: 'cannot-tell' })
  await desk.set('venue-silent', false)
  expect((await desk.done('risk.reduce', args, 'a')).at('quantity')).toBe('150')
  expect(await held(desk, 'AAPL')).toEqual(['150', '150'])
})

test('where the second venue refuses connections, the first has done its part and nobody may say otherwise', async () => {
  const desk = new PaperDesk()
  await desk.set('backup-venue-down')
  expect(await desk.act('risk.reduce', { symbol: 'AAPL', target: '0.5' }, 'a')).toMatchObject({ kind: 'unknown' })
  expect(
    (await desk.value('book.positions'))
      .list('positions')
      .find((each) => each.at('symbol') === 'AAPL')
      ?.at('quantity'),
  ).toBe('150')
})

test('what the signal intends lies in the hours of the exchange, and follows the traded symbols', async () => {
  const desk = new PaperDesk(undefined, '2026-11-25T15:30:00-05:00')
  const trades = (await desk.value('risk.nextTrades', { hours: 4 })).list('trades')
  const hours = new Set(trades.map((each) => each.text('at')))
  // Half an hour before the close of Wednesday; Thursday is Thanksgiving.
  expect([...hours]).toEqual([
    '2026-11-25T20:30:00.000Z',
    '2026-11-27T14:30:00.000Z',
    '2026-11-27T15:30:00.000Z',
    '2026-11-27T16:30:00.000Z',
  ])
  expect(trades.map((each) => Number(each.at('quantity'))).every((each) => each >= 20 && each <= 100)).toBe(true)
  await desk.done('universe.suppress', { symbols: ['NVDA', 'AAPL'], reason: 'test' }, 'a')
  const left = (await desk.value('risk.nextTrades', { hours: 4 })).list('trades')
  expect(left.some((each) => ['NVDA', 'AAPL'].includes(each.text('symbol')))).toBe(false)
})
