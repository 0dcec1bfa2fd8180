/** What the registry keeps of versions over quarters: labels that expire, archives that must be right, events that age. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PaperDesk } from './desk.ts'

const model = { model: 'signal' }
const production = { ...model, version: 'v1.4.0' }
const isCurrent = async (desk: PaperDesk): Promise<unknown> =>
  (await desk.value('registry.labels')).at('models', 0, 'current')
const labelOf = async (desk: PaperDesk): Promise<unknown> =>
  (await desk.value('registry.attestations', production)).at('label')

test('a label holds for its quarter and no longer', async () => {
  const desk = new PaperDesk()
  await desk.done('registry.label', { ...production, label: 'retrain', reason: 'due' }, 'a')
  desk.moment = '2026-12-31T23:00:00-05:00'
  expect([await isCurrent(desk), await labelOf(desk)]).toEqual([true, 'retrain'])
  desk.moment = '2027-01-01T00:30:00-05:00'
  expect([await isCurrent(desk), await labelOf(desk)]).toEqual([false, 'none'])
  expect((await desk.value('registry.labels')).at('models', 0, 'quarter')).toBe('2026-Q4')
  const labelled = await desk.done('registry.label', { ...production, label: 'refit', reason: 'due' }, 'b')
  expect(labelled.json).toEqual({ label: 'refit', quarter: '2027-Q1' })
  expect([await isCurrent(desk), await labelOf(desk)]).toEqual([true, 'refit'])
})

test('a label that was lost is given anew, with a reason', async () => {
  const desk = new PaperDesk()
  await desk.done('registry.label', { ...production, label: 'refit', reason: 'due' }, 'a')
  desk.moment = '2026-11-19T12:02:00-05:00'
  await desk.set('unlabelled-model')
  expect([await isCurrent(desk), await labelOf(desk)]).toEqual([false, 'none'])
  desk.moment = '2026-11-19T12:05:00-05:00'
  const blank = { ...production, label: 'refit', reason: ' ' }
  expect(await desk.act('registry.label', blank, 'b')).toMatchObject({ kind: 'failed' })
  await desk.done('registry.label', { ...production, label: 'refit', reason: 'reviewed' }, 'c')
  expect([await isCurrent(desk), await labelOf(desk)]).toEqual([true, 'refit'])
})

test('a version with capital is labelled beside the one in production', async () => {
  const desk = new PaperDesk()
  expect((await desk.value('registry.labels')).list('models')).toHaveLength(1)
  await desk.done('inference.setAllocation', { ...model, version: 'v1.5.0', share: '0.25' }, 'a')
  expect((await desk.value('registry.labels')).list('models').map((each) => each.at('version'))).toEqual([
    'v1.4.0',
    'v1.5.0',
  ])
})

test('only what is out of production is archived, and only with the hash and the dates on record', async () => {
  const desk = new PaperDesk()
  const [, live] = (await desk.value('registry.listVersions', model)).list('versions')
  if (live === undefined) throw new Error('no version')
  expect(live.json).toMatchObject({ modelId: 'signal_v1.4.0', status: 'production', metrics: { sharpe: 1.55 } })
  const right = { ...production, dataHash: live.text('dataHash'), from: live.text('trainedFrom') }
  expect(await desk.act('registry.archive', right, 'a')).toMatchObject({ reason: 'v1.4.0 is in production' })
  await desk.done(
    'registry.setAlias',
    { ...production, alias: 'production', version: 'v1.5.0', ifCurrent: 'v1.4.0' },
    'b',
  )
  const wrong = [
    { ...right, dataHash: 'a'.repeat(64) },
    { ...right, from: '2020-01-01' },
    { ...right, to: '2020-01-01' },
  ]
  for (const args of wrong)
    expect(await desk.act('registry.archive', args, JSON.stringify(args))).toMatchObject({ kind: 'failed' })
  const archived = await desk.done('registry.archive', { ...right, to: live.text('trainedTo') }, 'c')
  expect(archived.json).toEqual({ version: 'v1.4.0', status: 'retired' })
})

test('events are counted by kind and within their days', async () => {
  const desk = new PaperDesk()
  const drift = { ...model, event: 'drift' }
  const count = async (days: number): Promise<unknown> =>
    (await desk.value('registry.events', { ...drift, days })).at('count')
  expect(await count(90)).toBe(0)
  await desk.done('registry.addEvent', { ...drift, text: 'first' }, 'a')
  await desk.done('registry.addEvent', { ...drift, text: 'first' }, 'a')
  await desk.done('registry.addEvent', { ...model, event: 'rollback', text: 'other' }, 'b')
  desk.moment = '2027-02-16T12:00:00-05:00'
  expect(await count(90)).toBe(1)
  expect((await desk.done('registry.addEvent', { ...drift, text: 'second' }, 'c')).at('count')).toBe(2)
  expect(await count(90)).toBe(2)
  desk.moment = '2027-02-18T12:00:00-05:00'
  expect(await count(90)).toBe(1)
})

test('an attestation replaces the one before', async () => {
  const desk = new PaperDesk()
  const version = { ...model, version: 'v1.5.0' }
  await desk.done('registry.attest', { ...version, gatesPassed: 14, committeeApproved: false }, 'a')
  expect((await desk.value('registry.attestations', version)).json).toMatchObject({
    gatesPassed: 14,
    committeeApproved: false,
  })
})

test('an unreachable registry neither answers nor changes', async () => {
  const desk = new PaperDesk()
  await desk.set('registry-unreachable')
  for (const method of ['registry.listVersions', 'registry.labels'])
    expect(await desk.read(method, method === 'registry.labels' ? {} : model)).toMatchObject({ unreachable: true })
  const label = { ...production, label: 'refit', reason: 'due' }
  expect(await desk.act('registry.label', label, 'a')).toMatchObject({ kind: 'failed' })
})

test('a registry that was kept before versions had metrics, features and events is still understood', async () => {
  const desk = new PaperDesk()
  const version = {
    ...{ version: 'v1.4.0', artefact: 'weights of signal v1.4.0', pinnedHash: 'a'.repeat(64), tags: [] },
    ...{ restingStatus: 'staging', createdAt: '2026-11-02T12:00:00.000Z' },
    ...{ gatesPassed: 15, committeeApproved: true, label: 'refit' },
  }
  const aliases = { production: { version: 'v1.4.0', since: '2026-11-02T12:00:00.000Z' } }
  const state = { model: 'signal', versions: [version], aliases }
  mkdirSync(`${desk.stateDir}/paper`, { recursive: true })
  const file = { schema: 1, component: 'registry', state, performed: {} }
  writeFileSync(`${desk.stateDir}/paper/registry.json`, JSON.stringify(file))
  const found = await desk.value('registry.getVersion', production)
  expect(found.json).toMatchObject({ trainedFrom: '2025-11-02', trainedTo: '2026-11-02' })
  expect(await labelOf(desk)).toBe('refit')
  expect((await desk.value('registry.events', { ...model, event: 'drift', days: 90 })).at('count')).toBe(0)
})
