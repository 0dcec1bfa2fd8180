/** Features over time: healthy at any moment, and each kind of drift ended by what ends it and by nothing else. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeStateDir, PaperDesk } from '../desk.ts'

const model = { model: 'signal' }
const top = { ...model, top: 10 }
const drifted = async (desk: PaperDesk): Promise<readonly unknown[]> =>
  (await desk.value('features.psi', top))
    .list('features')
    .flatMap((each) => (each.at('verdict') === 'drifted' ? [each.at('feature')] : []))
const later = (desk: PaperDesk, days: number): void => {
  desk.moment = new Date(desk.now().getTime() + days * 86_400_000).toISOString()
}

test('healthy features are stable at any moment of the horizon, on enough values', async () => {
  const moment = fc.integer({ min: Date.parse('2021-03-01T00:00:00Z'), max: Date.parse('2030-12-01T00:00:00Z') })
  await fc.assert(
    fc.asyncProperty(moment, async (ms) => {
      const desk = new PaperDesk(makeStateDir(), new Date(ms).toISOString())
      const psi = await desk.value('features.psi', top)
      expect(psi.json).toMatchObject({ drifted: 0, undetermined: 0, bins: 10, epsilon: 1e-4 })
      expect(Number(psi.at('worstPsi'))).toBeLessThan(0.1)
      expect(psi.list('features').map((each) => each.at('rank'))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect((await desk.value('research.importance', model)).at('top5Changed')).toBe(0)
    }),
    { numRuns: 25 },
  )
})

test('one session is enough to judge by, and the index is that of the closed ones', async () => {
  const desk = new PaperDesk()
  const psi = await desk.value('features.psi', { ...top, sessions: 1 })
  expect(psi.at('features', 0, 'n')).toBe(468)
  const before = (await desk.value('features.psi', top)).json
  desk.moment = '2026-11-19T15:59:00-05:00'
  expect((await desk.value('features.psi', top)).json).toEqual(before)
  desk.moment = '2026-11-19T16:00:00-05:00'
  expect((await desk.value('features.psi', top)).json).not.toEqual(before)
})

test('a regime is learnt by a version that is trained on it, once the hosts serve it', async () => {
  const desk = new PaperDesk()
  await desk.set('drifted-feature')
  later(desk, 1)
  await desk.done('features.backfill', { feature: 'momentum_20d', windowDays: 30 }, 'no help')
  expect(await drifted(desk)).toEqual(['momentum_20d'])
  const version = (await desk.done('research.train', { ...model, windowDays: 365 }, 'train')).text('version')
  expect(await drifted(desk)).toEqual(['momentum_20d'])
  const flip = { ...model, alias: 'production', version, ifCurrent: 'v1.4.0' }
  await desk.done('registry.setAlias', flip, 'flip')
  expect(await drifted(desk)).toEqual(['momentum_20d'])
  await desk.done('inference.restartAll', model, 'restart')
  expect(await drifted(desk)).toEqual([])
  const cause = await desk.value('research.driftCause', { feature: 'momentum_20d' })
  expect(cause.at('regime')).toBe(false)
})

test("a vendor's new format needs another vendor and the feature computed anew, both, in this order", async () => {
  const desk = new PaperDesk()
  const backfill = { feature: 'order_imbalance', windowDays: 30 }
  await desk.set('pipeline-drift')
  later(desk, 1)
  await desk.done('features.backfill', backfill, 'from the same vendor')
  expect(await drifted(desk)).toEqual(['order_imbalance'])
  await desk.done('routing.setDataVendor', { vendor: 'backup', ifCurrent: 'primary' }, 'away')
  expect(await drifted(desk)).toEqual(['order_imbalance'])
  await desk.done('features.backfill', backfill, 'from the other')
  expect(await drifted(desk)).toEqual([])
  await desk.done('routing.setDataVendor', { vendor: 'primary', ifCurrent: 'backup' }, 'back')
  expect(await drifted(desk)).toEqual(['order_imbalance'])
})

test('a missing column comes back with the feature computed anew; what it broke shows also on few values', async () => {
  const desk = new PaperDesk()
  await desk.set('few-observations')
  expect((await desk.value('features.psi', top)).json).toMatchObject({ drifted: 0, undetermined: 10 })
  await desk.set('constant-feature')
  expect((await desk.value('features.psi', top)).json).toMatchObject({ drifted: 1, undetermined: 9 })
  await desk.done('features.backfill', { feature: 'short_interest', windowDays: 5 }, 'a')
  expect((await desk.value('features.psi', top)).json).toMatchObject({ drifted: 0, undetermined: 10 })
})

test('a backfill says how many rows of sessions it computed', async () => {
  const desk = new PaperDesk(makeStateDir(), '2026-11-27T18:00:00-05:00')
  const done = await desk.done('features.backfill', { feature: 'auction_pressure', windowDays: 7 }, 'a')
  // 20, 23, 24, 25 and 27 November: Thanksgiving and the week-end have none.
  expect(done.json).toEqual({ rows: 5 * 468, from: '2026-11-20', to: '2026-11-27' })
  const beyond = { feature: 'auction_pressure', windowDays: 20_000 }
  expect(await desk.act('features.backfill', beyond, 'b')).toMatchObject({ kind: 'failed' })
})

test('documentation and tags are what was last written', async () => {
  const desk = new PaperDesk()
  const feature = { feature: 'auction_pressure' }
  expect((await desk.value('features.schema', feature)).json).toEqual({ documented: false })
  const filedAt = '2026-11-19T12:00:00-05:00'
  await desk.done('features.updateSchema', { ...feature, filedAt }, 'a')
  expect((await desk.value('features.schema', feature)).json).toEqual({ documented: true, filedAt })
  expect((await desk.value('features.schema', { feature: 'spread_z' })).at('documented')).toBe(true)
  expect(await desk.act('features.tag', { feature: 'nothing', tag: 'x' }, 'b')).toMatchObject({ kind: 'failed' })
})

test('of a feature that nobody knows, or that the live version does not have, nothing is said', async () => {
  const desk = new PaperDesk()
  for (const method of ['features.validate', 'features.schema', 'research.auditLookAhead', 'research.driftCause'])
    expect(await desk.read(method, { feature: 'nothing' }), method).toMatchObject({ kind: 'failure' })
  for (const method of ['research.contribution', 'research.distribution'])
    expect(await desk.read(method, { ...model, feature: 'auction_pressure' }), method).toMatchObject({
      kind: 'failure',
    })
})

test('the audit names the session in which the leak begins', async () => {
  const desk = new PaperDesk()
  await desk.set('leaking-feature')
  const audit = await desk.value('research.auditLookAhead', { feature: 'earnings_surprise' })
  expect(audit.at('firstLeakAt')).toBe('2026-11-17T14:30:00.000Z')
  expect((await desk.value('research.auditLookAhead', { feature: 'spread_z' })).json).toMatchObject({ clean: true })
})

test('churn and a lost contribution are habits of the version that serves, not of the one made after them', async () => {
  const desk = new PaperDesk()
  await desk.set('importance-churn')
  await desk.set('contribution-halved')
  later(desk, 1)
  const seen = async (): Promise<unknown> => [
    (await desk.value('research.importance', model)).at('top5Changed'),
    (await desk.value('research.contribution', { ...model, feature: 'overnight_gap' })).at('halvedOver30d'),
  ]
  expect(await seen()).toEqual([2, true])
  const version = (await desk.done('research.train', { ...model, windowDays: 365 }, 'train')).text('version')
  await desk.done('inference.switchTo', { ...model, version }, 'switch')
  expect(await seen()).toEqual([0, false])
})
