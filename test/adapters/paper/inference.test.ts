/** What the hosts serve, how it changes one by one or all at once, and which effects end which trouble. */
import { expect, test } from 'vitest'
import { PaperDesk } from './desk.ts'

const model = { model: 'signal' }
const version = { ...model, version: 'v1.5.0' }
const later = (desk: PaperDesk, minutes: number): void => {
  desk.moment = new Date(desk.now().getTime() + minutes * 60_000).toISOString()
}
const slots = async (desk: PaperDesk): Promise<unknown> => {
  const found = await desk.value('inference.slots', model)
  return [found.at('live', 'version'), found.at('idle', 'version')]
}
const hashesOf = async (desk: PaperDesk): Promise<readonly unknown[]> =>
  (await desk.value('inference.healthz')).list('hosts').map((host) => host.at('modelHash'))

test('blue and green change places at once, and back', async () => {
  const desk = new PaperDesk()
  const old = await hashesOf(desk)
  expect(await slots(desk)).toEqual(['v1.4.0', 'v1.3.2'])
  await desk.done('inference.loadIdle', version, 'a')
  expect(await slots(desk)).toEqual(['v1.4.0', 'v1.5.0'])
  expect(await hashesOf(desk)).toEqual(old)
  const there = { version: 'v1.5.0', previous: 'v1.4.0' }
  expect((await desk.done('inference.switchTo', version, 'b')).json).toEqual(there)
  expect((await desk.done('inference.switchTo', version, 'c')).json).toEqual(there)
  expect(await slots(desk)).toEqual(['v1.5.0', 'v1.4.0'])
  expect(new Set(await hashesOf(desk))).toEqual(
    new Set([(await desk.value('registry.getVersion', version)).text('hash')]),
  )
  expect(await desk.act('inference.loadIdle', version, 'd')).toMatchObject({ kind: 'failed' })
  await desk.done('inference.switchTo', { ...model, version: 'v1.4.0' }, 'e')
  expect(await hashesOf(desk)).toEqual(old)
})

test('hosts are restarted one at a time; each takes what the registry pins, the others keep what they serve', async () => {
  const desk = new PaperDesk()
  const hash = (await desk.value('registry.getVersion', version)).text('hash')
  const flip = { ...model, alias: 'production', version: 'v1.5.0', ifCurrent: 'v1.4.0' }
  await desk.done('registry.setAlias', flip, 'flip')
  for (let served = 1; served <= 8; served++) {
    const host = `inference-${String(served)}`
    expect((await desk.done('inference.restart', { host }, host)).json).toEqual({ host, modelHash: hash })
    expect((await hashesOf(desk)).filter((each) => each === hash)).toHaveLength(served)
  }
  expect(await desk.act('inference.restart', { host: 'inference-9' }, 'x')).toMatchObject({ kind: 'failed' })
  await desk.set('host-missing')
  expect(await desk.act('inference.restart', { host: 'inference-8' }, 'y')).toMatchObject({ kind: 'failed' })
})

test('a sick host is well after a restart', async () => {
  const desk = new PaperDesk()
  await desk.set('host-unhealthy')
  const sick = async (): Promise<readonly unknown[]> =>
    (await desk.value('inference.healthz'))
      .list('hosts')
      .flatMap((host) => (host.at('healthy') === true ? [] : [host.at('host')]))
  expect(await sick()).toEqual(['inference-5'])
  later(desk, 1)
  await desk.done('inference.restart', { host: 'inference-4' }, 'a')
  expect(await sick()).toEqual(['inference-5'])
  await desk.done('inference.restart', { host: 'inference-5' }, 'b')
  expect(await sick()).toEqual([])
})

test('errors, latency and wild signals end with the version that makes them, not with a restart', async () => {
  const desk = new PaperDesk()
  for (const fault of ['error-rate-high', 'inference-slow', 'signal-explosion'] as const) await desk.set(fault)
  const seen = async (): Promise<readonly unknown[]> => {
    const errors = await desk.value('inference.errors', { ...model, minutes: 60 })
    const predictions = await desk.value('inference.predictions', { ...model, last: 100 })
    const { p99Ms, errorRate } = { p99Ms: Number(errors.at('p99Ms')), errorRate: Number(errors.at('errorRate')) }
    return [errorRate > 0.02, p99Ms > 150_000, Number(predictions.at('maxAbsZ')) > 3]
  }
  later(desk, 1)
  await desk.done('inference.restartAll', model, 'a')
  expect(await seen()).toEqual([true, true, true])
  await desk.done('inference.switchTo', { ...model, version: 'v1.3.2' }, 'b')
  expect(await seen()).toEqual([false, false, false])
})

test('a new feature is in the requests once a version that has it serves', async () => {
  const desk = new PaperDesk()
  const known = await desk.value('inference.requests', { ...model, feature: 'momentum_20d' })
  expect(known.json).toEqual({ symbols: 6, carrying: 6, share: 1 })
  const found = await desk.value('inference.requests', { ...model, feature: 'auction_pressure' })
  expect(found.json).toEqual({ symbols: 6, carrying: 0, share: 0 })
  expect(await desk.read('inference.requests', { ...model, feature: 'nothing' })).toMatchObject({ kind: 'failure' })
  const all = ['SPY', 'QQQ', 'AAPL', 'MSFT', 'NVDA', 'AMZN']
  await desk.done('universe.suppress', { symbols: all, reason: 'test' }, 'a')
  expect(await desk.read('inference.requests', { ...model, feature: 'momentum_20d' })).toMatchObject({
    kind: 'failure',
  })
})

test('the signals of a shadow are told bar by bar while the session lasts', async () => {
  const desk = new PaperDesk()
  desk.moment = '2026-11-20T10:00:00-05:00'
  await desk.done('inference.startShadow', version, 'a')
  const at = async (moment: string) => {
    desk.moment = moment
    return (await desk.value('inference.shadowSignals', version)).json
  }
  // Begun within a session, it is compared from the next open on.
  const none = { bars: 0, correlation: 0, improvement: 0, extremeSignals: 0 }
  expect(await at('2026-11-20T15:00:00-05:00')).toEqual(none)
  expect(await at('2026-11-23T09:34:59-05:00')).toEqual(none)
  expect(await at('2026-11-23T09:35:00-05:00')).toMatchObject({ bars: 1, lastBarAt: '2026-11-23T14:35:00.000Z' })
  expect(await at('2026-11-23T15:59:00-05:00')).toMatchObject({ bars: 77, extremeSignals: 0 })
  expect(await at('2026-11-23T20:00:00-05:00')).toMatchObject({ bars: 78, lastBarAt: '2026-11-23T21:00:00.000Z' })
  // An early close has fewer.
  expect(await at('2026-11-27T20:00:00-05:00')).toMatchObject({ bars: 3 * 78 + 42 })
  expect((await desk.value('inference.shadowSignals', version)).at('correlation')).toBeGreaterThan(0.9)
  // What a session had shown bar by bar is what it shows when it is over.
  expect((await desk.value('inference.compareShadow', version)).at('correlation')).toBe(
    (await desk.value('inference.shadowSignals', version)).at('correlation'),
  )
})

test('a shadow has nothing to show before its first full session, and meets the standards over twenty', async () => {
  const desk = new PaperDesk()
  expect(await desk.read('inference.compareShadow', version)).toMatchObject({ kind: 'failure' })
  await desk.done('inference.startShadow', version, 'a')
  expect((await desk.value('inference.compareShadow', version)).json).toMatchObject({
    sessions: 0,
    correlation: 0,
    agreementShare: 0,
  })
  for (const [day, sessions] of [
    ['2026-11-20T17:00:00-05:00', 1],
    ['2026-11-27T14:00:00-05:00', 5],
    ['2026-12-18T17:00:00-05:00', 20],
  ] as const) {
    desk.moment = day
    const compared = await desk.value('inference.compareShadow', version)
    expect(compared.at('sessions')).toBe(sessions)
    expect(Number(compared.at('correlation'))).toBeGreaterThan(0.9)
    expect(Number(compared.at('latencyRatio'))).toBeLessThan(1.2)
    expect(compared.at('extremeSignals')).toBe(0)
  }
})
