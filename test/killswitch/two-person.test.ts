/** What speaks against a request, to the millisecond. */
import { expect, test } from 'vitest'
import { readHistory } from '../../src/killswitch/history.ts'
import { requestRelease } from '../../src/killswitch/release.ts'
import { decidingAs } from '../../src/killswitch/roster.ts'
import { objectTo, objectToDraft, readRequest } from '../../src/killswitch/two-person.ts'
import { newId } from '../../src/audit/id.ts'
import { boot, freshDesk, halt } from './support.ts'

const oncall = decidingAs({ id: 'oncall', via: 'paper' }, 'paper')
const risk = decidingAs({ id: 'risk', via: 'paper' }, 'paper')

test('a request ends with the moment that its terms name', async () => {
  const desk = freshDesk()
  const { id: epoch } = halt(desk)
  const order = { scope: { kind: 'all' }, by: oncall, reason: 'fixed', expiryMs: 60_000 } as const
  const asked = await requestRelease(desk.stateDir, boot, order, desk.means)
  if (asked.kind === 'refused') throw new Error(asked.message)
  const request = readRequest(desk.stateDir, asked.request.id)
  if ('kind' in request) throw new Error(request.message)
  const expiresMs = Date.parse(request.terms.expires)
  const at = (ms: number): unknown =>
    objectTo(desk.stateDir, request, risk, epoch, { host: 'host-1', now: () => new Date(ms) })
  expect(at(expiresMs - 1)).toBeUndefined()
  expect(at(expiresMs)).toMatchObject({ code: 'expired' })
})

test('a draft is good for ten minutes, and not before it was made', () => {
  const desk = freshDesk()
  const madeMs = desk.clock.ms
  const id = newId('release', () => new Date(madeMs), desk.means.random)
  const read = readHistory(desk.stateDir, madeMs)
  const after = (ms: number, requestedAt = new Date(madeMs).toISOString()): unknown =>
    objectToDraft(desk.stateDir, { id, requestedAt }, read, madeMs + ms)
  expect([after(0), after(600_000)]).toEqual([undefined, undefined])
  expect(after(600_001)).toMatchObject({ code: 'expired' })
  expect(after(-1)).toMatchObject({ code: 'expired' })
  expect(after(0, 'yesterday')).toMatchObject({ code: 'expired' })
})
