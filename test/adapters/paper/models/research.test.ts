/** Research: feature sets that are worth their place, versions that are trained, and two layers of backtests. */
import { expect, test } from 'vitest'
import { PaperDesk } from '../desk.ts'

const model = { model: 'signal' }
const numbers = async (
  desk: PaperDesk,
  method: string,
  version: string,
  names: readonly string[],
): Promise<number[]> => {
  const found = await desk.value(method, { ...model, version })
  return names.map((name) => Number(found.at(name)))
}

test('a feature that is worth something raises both ratios above those of the live version; one removed lowers them', async () => {
  const desk = new PaperDesk()
  const ratios = async (args: object): Promise<readonly number[]> => {
    const found = await desk.value('research.crossValidate', { ...model, ...args })
    expect(found.json).toMatchObject({ folds: 8, purged: true, trials: 12 })
    return ['sharpe', 'deflatedSharpe', 'baselineSharpe', 'baselineDeflatedSharpe'].map((name) =>
      Number(found.at(name)),
    )
  }
  const [same = 0, sameDeflated = 0, baseline = 0, baselineDeflated = 0] = await ratios({})
  expect(baseline).toBe(1.55)
  expect(same).toBeGreaterThan(baseline)
  expect(sameDeflated).toBeGreaterThan(baselineDeflated)
  const [more = 0, moreDeflated = 0] = await ratios({ feature: 'auction_pressure' })
  expect(more).toBeGreaterThan(same)
  expect(moreDeflated).toBeGreaterThan(sameDeflated)
  const [fewer = 0] = await ratios({ features: ['overnight_gap', 'momentum_20d'] })
  expect(fewer).toBeLessThan(baseline)
  const both = { ...model, feature: 'auction_pressure', features: ['spread_z'] }
  expect(await desk.read('research.crossValidate', both)).toMatchObject({ kind: 'failure' })
})

test('a trained version is registered in staging with its data and features, once per key, and has passed nothing', async () => {
  const desk = new PaperDesk()
  const args = { ...model, feature: 'auction_pressure', windowDays: 365 }
  const trained = await desk.done('research.train', args, 'a')
  expect((await desk.done('research.train', args, 'a')).json).toEqual(trained.json)
  expect(trained.json).toMatchObject({
    version: 'v1.6.0-20261119',
    trainedFrom: '2025-11-19',
    trainedTo: '2026-11-19',
  })
  const versions = (await desk.value('registry.listVersions', model)).list('versions')
  expect(versions).toHaveLength(4)
  expect(versions.at(-1)?.json).toMatchObject({
    status: 'staging',
    modelId: 'signal_v1.6.0-20261119',
    dataHash: trained.text('dataHash'),
    hash: trained.text('hash'),
  })
  expect(versions.at(-1)?.at('features', 12)).toBe('auction_pressure')
  const attested = await desk.value('registry.attestations', { ...model, version: 'v1.6.0' })
  expect(attested.json).toEqual({ gatesPassed: 0, committeeApproved: false, label: 'none' })
  expect((await desk.done('research.train', args, 'b')).at('version')).toBe('v1.7.0-20261119')
  await desk.set('registry-unreachable')
  expect(await desk.act('research.train', args, 'c')).toMatchObject({ kind: 'failed' })
})

test('a new feature goes from training into every request', async () => {
  const desk = new PaperDesk()
  const feature = { ...model, feature: 'auction_pressure' }
  const version = (await desk.done('research.train', { ...feature, windowDays: 365 }, 'train')).text('version')
  const carrying = async (): Promise<unknown> => (await desk.value('inference.requests', feature)).at('share')
  expect(await carrying()).toBe(0)
  const flip = { ...model, alias: 'production', version, ifCurrent: 'v1.4.0' }
  await desk.done('registry.setAlias', flip, 'flip')
  expect(await carrying()).toBe(0)
  await desk.done('inference.restartAll', model, 'restart')
  expect(await carrying()).toBe(1)
  const contribution = await desk.value('research.contribution', feature)
  expect(Number(contribution.at('share'))).toBeGreaterThan(0.05)
})

test('every healthy version keeps seven tenths out of sample, stands both layers, and pays for its fills', async () => {
  const desk = new PaperDesk()
  const trained = (await desk.done('research.train', { ...model, windowDays: 365 }, 'a')).text('version')
  for (const version of ['v1.3.2', 'v1.4.0', 'v1.5.0', trained]) {
    const names = ['sharpe', 'maxDrawdown', 'winRate', 'inSampleSharpe', 'outOfSampleSharpe']
    const [sharpe = 0, drawdown = 1, winRate = 0, inSample = 0, outOfSample = 0] = await numbers(
      desk,
      'research.backtestVectorized',
      version,
      names,
    )
    expect(outOfSample).toBeGreaterThan(0.7 * inSample)
    const [paid = 0, paidDrawdown = 1, paidWinRate = 0] = await numbers(desk, 'research.backtestOms', version, names)
    expect(paid).toBeGreaterThan(1)
    expect(paid).toBeLessThan(sharpe)
    for (const each of [drawdown, paidDrawdown]) expect(each).toBeLessThan(0.15)
    for (const each of [winRate, paidWinRate]) expect(each).toBeGreaterThan(0.45)
  }
})

test('out of sample the new version is within a tenth of the one before', async () => {
  const desk = new PaperDesk()
  const [before = 0] = await numbers(desk, 'research.backtestOms', 'v1.4.0', ['outOfSampleSharpe'])
  const [after = 0] = await numbers(desk, 'research.backtestOms', 'v1.5.0', ['outOfSampleSharpe'])
  expect(after).toBeGreaterThan(0.9 * before)
})

test('a version that was made after the trouble of staged ones is free of it', async () => {
  const desk = new PaperDesk()
  await desk.set('backtest-oms-fails')
  await desk.set('overfitted-model')
  desk.moment = '2026-11-20T12:00:00-05:00'
  const version = (await desk.done('research.train', { ...model, windowDays: 365 }, 'a')).text('version')
  const [old = 9] = await numbers(desk, 'research.backtestOms', 'v1.5.0', ['sharpe'])
  const [made = 0] = await numbers(desk, 'research.backtestOms', version, ['sharpe'])
  expect(old).toBeLessThan(1)
  expect(made).toBeGreaterThan(1)
})

test('two versions agree on at least seven symbols of ten, and not where the new one diverges', async () => {
  const desk = new PaperDesk()
  const share = async (): Promise<number> =>
    Number((await desk.value('research.agreement', { ...model, version: 'v1.5.0', prior: 'v1.4.0' })).at('share'))
  expect(await share()).toBeGreaterThanOrEqual(0.7)
  await desk.set('shadow-diverges')
  expect(await share()).toBeLessThan(0.7)
  const same = await desk.value('research.agreement', { ...model, version: 'v1.4.0', prior: 'v1.4.0' })
  expect(same.at('share')).toBe(1)
})
