/** Credentials and cash of the desk at a paper venue. */
import { expect, test } from 'vitest'
import { secretComponent, versionInUse, versionsOf } from '../../../src/adapters/paper/secret-store.ts'
import { changeComponent, readComponent } from '../../../src/adapters/paper/store.ts'
import { venueControls } from '../../../src/adapters/paper/control.ts'
import { PaperDesk } from './desk.ts'

const refused = (reason: RegExp) => ({ kind: 'failed', reason: expect.stringMatching(reason) as string })
const notAuthorised = { kind: 'failure', unreachable: false, reason: expect.stringMatching(/not authorised/) as string }

/** Gives a version an activation, as whoever stores it does. */
function activate(desk: PaperDesk, version: string, at: string): void {
  changeComponent(desk, secretComponent, (state) => {
    const found = versionsOf(state, 'broker-primary').find((each) => each.version === version)
    if (found !== undefined) found.activation = at
  })
}
const statuses = async (desk: PaperDesk): Promise<readonly unknown[]> =>
  (await desk.value('venue.listCredentials')).list('credentials').map((each) => each.at('status'))

test('a credential is issued, stored, tried before it is active, and takes over; then the old one is revoked', async () => {
  const desk = new PaperDesk()
  const made = await desk.done('venue.createCredential', {}, 'a')
  expect(made.at('version')).toBe('v2')
  expect((await desk.done('venue.createCredential', {}, 'a')).json).toEqual(made.json)
  const withNew = { credential: 'v2' }
  expect(await desk.read('venue.fetchBalance', withNew)).toMatchObject(notAuthorised)
  activate(desk, 'v2', '2026-11-19T17:30:00.000Z')
  expect(await statuses(desk)).toEqual(['active', 'staged'])
  expect((await desk.value('venue.fetchBalance', withNew)).json).toMatchObject(withNew)
  expect((await desk.value('venue.fetchBalance')).at('credential')).toBe('v1')
  expect(await desk.act('venue.revokeCredential', { version: 'v1' }, 'b')).toMatchObject(refused(/in use/))
  desk.moment = '2026-11-19T17:35:00.000Z'
  expect(await statuses(desk)).toEqual(['active', 'active'])
  expect((await desk.value('venue.fetchBalance')).at('credential')).toBe('v2')
  for (const key of ['c', 'd']) await desk.done('venue.revokeCredential', { version: 'v1' }, key)
  const [old, fresh] = (await desk.value('venue.listCredentials')).list('credentials')
  expect(old?.json).toMatchObject({ status: 'revoked', lastUsedAt: '2026-11-19T17:30:00.000Z' })
  expect(fresh?.json).toMatchObject({ status: 'active', lastUsedAt: desk.moment, hash: made.at('hash') })
  expect(await desk.read('venue.fetchBalance', { credential: 'v1' })).toMatchObject(notAuthorised)
  expect(await desk.read('venue.fetchBalance', { credential: 'v9' })).toMatchObject(notAuthorised)
  expect(await desk.act('venue.revokeCredential', { version: 'v9' }, 'e')).toMatchObject(refused(/no version/))
})

test('of versions with a future activation none is in use', () => {
  const desk = new PaperDesk()
  activate(desk, 'v1', '2026-11-19T18:00:00.000Z')
  const state = readComponent(desk, secretComponent)
  expect(versionInUse(state, 'broker-primary', desk.now())).toBeUndefined()
  expect(versionInUse(state, 'broker-primary', new Date('2026-11-19T18:00:00.000Z'))?.version).toBe('v1')
  expect(versionInUse(state, 'constructor', desk.now())).toBeUndefined()
})

test('a credential revoked early lets nothing through, the kill switch included, until a new one is active', async () => {
  const desk = new PaperDesk()
  await desk.set('credentials-revoked-early')
  const order = { symbol: 'SPY', side: 'buy', quantity: '1', price: '592.12' }
  expect(await desk.act('venue.createOrder', order, 'o')).toMatchObject(refused(/v1 was revoked/))
  expect(await desk.lookup('venue.createOrder', order, 'o')).toMatchObject({ kind: 'not-done' })
  const [primary] = venueControls(desk)
  const { signal } = new AbortController()
  expect(await primary?.cancelAll(signal)).toMatchObject(notAuthorised)
  expect(await primary?.openOrders(undefined, signal)).toMatchObject(notAuthorised)
  await desk.done('venue.createCredential', {}, 'a')
  activate(desk, 'v2', desk.now().toISOString())
  expect((await desk.value('venue.fetchOpenOrders')).at('open')).toBe(7)
  expect(await primary?.cancelAll(signal)).toMatchObject({ kind: 'sent' })
  await desk.set('credentials-revoked-early', false)
  expect(await statuses(desk)).toEqual(['revoked', 'active'])
})

test('a credential that backup refuses is mended by a new one', async () => {
  const desk = new PaperDesk()
  await desk.set('auth-refused-on-backup')
  const venue = 'backup'
  expect(await desk.read('venue.fetchPositions', { venue })).toMatchObject(notAuthorised)
  desk.moment = '2026-11-19T17:10:00.000Z'
  await desk.done('venue.createCredential', { venue }, 'a')
  changeComponent(desk, secretComponent, (state) => {
    for (const each of versionsOf(state, 'broker-backup')) each.activation ??= desk.now().toISOString()
  })
  expect((await desk.value('venue.fetchBalance', { venue })).json).toMatchObject({ venue, credential: 'v2' })
})

test('cash follows executions', async () => {
  const desk = new PaperDesk()
  const cash = async (): Promise<unknown> => (await desk.value('venue.fetchBalance')).at('cash')
  expect(await cash()).toBe('1000000')
  await desk.done('venue.createOrder', { symbol: 'SPY', side: 'buy', quantity: '5', price: '592.12' }, 'buy')
  expect(await cash()).toBe('997039.4')
  await desk.done('venue.createOrder', { symbol: 'SPY', side: 'sell', quantity: '5', price: '592.08' }, 'sell')
  expect(await cash()).toBe('999999.8')
})
