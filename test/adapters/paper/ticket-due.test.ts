/** When a ticket is due: in sessions, by the clock, or by whichever comes first. */
import { expect, test } from 'vitest'
import { readComponent } from '../../../src/adapters/paper/store.ts'
import { ticketComponent } from '../../../src/adapters/paper/tickets.ts'
import { makeStateDir, PaperDesk } from './desk.ts'

const fridayAfternoon = '2026-11-20T15:00:00-05:00'
const saturdayAfternoon = '2026-11-21T20:00:00.000Z'
const mondayClose = '2026-11-23T21:05:00.000Z'

test.each([
  ['nothing is said', {}, undefined],
  ['24 hours over a weekend', { dueInHours: 24 }, saturdayAfternoon],
  ['sessions that come later', { dueInSessions: 2, dueInHours: 24 }, saturdayAfternoon],
  ['sessions that come first', { dueInSessions: 1, dueInHours: 240 }, mondayClose],
])('%s', async (_case, due, at) => {
  const desk = new PaperDesk(makeStateDir(), fridayAfternoon)
  await desk.done('tickets.open', { kind: 'decision', title: 'a review', ...due }, 'key-1')
  expect(readComponent(desk, ticketComponent).tickets.at(-1)?.dueAt).toBe(at)
})
