/** Alerts that monitors raise: to whom by level, and what keeps them from becoming noise. */
import { expect, test } from 'vitest'
import { outboxComponent } from '../../../../src/adapters/paper/outbox.ts'
import { readComponent } from '../../../../src/adapters/paper/store.ts'
import { type Args, PaperDesk } from '../desk.ts'

const alert = (level: string, more: Args = {}): Args => ({
  ...{ name: 'job-queue', level, to: ['oncall', 'risk'], title: 'Jobs pile up', did: ['held (no-new)'] },
  ...{ action: 'Look at them', ...more },
})
const night = '2026-11-19T03:00:00-05:00'
const messages = (desk: PaperDesk) => readComponent(desk, outboxComponent).messages
const minutesLater = (desk: PaperDesk, minutes: number): void => {
  desk.moment = new Date(desk.now().getTime() + minutes * 60_000).toISOString()
}

test.each([
  ['low', ['post daily-summary'], 240],
  ['medium', ['post oncall', 'post risk'], 60],
  ['high', ['page oncall', 'page risk'], 5],
  ['critical', ['page oncall', 'page risk'], 0],
])('%s goes to %j within %d minutes', async (level, sent, respondWithinMinutes) => {
  const desk = new PaperDesk()
  const { json } = await desk.done('alerts.raise', alert(level, { details: '1449 wait' }), 'a')
  expect(json).toEqual({ sent: true, level, respondWithinMinutes })
  expect(messages(desk).map(({ type, to }) => `${type} ${to}`)).toEqual(sent)
  expect(messages(desk)[0]?.text.split('\n')).toEqual([
    `[${level.toUpperCase()}] Jobs pile up`,
    'Time: 2026-11-19T17:00:20.000Z',
    'Event: job-queue',
    'Details: 1449 wait',
    'Done: held (no-new)',
    'You: Look at them',
  ])
})

test('one of a name in five minutes, and another name all the same', async () => {
  const desk = new PaperDesk()
  await desk.done('alerts.raise', alert('high'), 'a')
  minutesLater(desk, 4)
  expect((await desk.done('alerts.raise', alert('high'), 'b')).json).toMatchObject({
    sent: false,
    reason: 'it was sent within the last five minutes',
  })
  expect((await desk.done('alerts.raise', alert('high', { name: 'disk' }), 'c')).json).toMatchObject({ sent: true })
  minutesLater(desk, 1)
  expect((await desk.done('alerts.raise', alert('high'), 'd')).json).toMatchObject({ sent: true })
})

test('outside sessions it counts as low, unless it is critical', async () => {
  const desk = new PaperDesk(undefined, night)
  expect((await desk.done('alerts.raise', alert('high'), 'a')).json).toMatchObject({ sent: true, level: 'low' })
  expect(messages(desk).map(({ type, to }) => `${type} ${to}`)).toEqual(['post daily-summary'])
  const other = new PaperDesk(undefined, night)
  expect((await other.done('alerts.raise', alert('critical'), 'a')).json).toMatchObject({ level: 'critical' })
  expect(messages(other).map(({ type }) => type)).toEqual(['page', 'page'])
})

test('a silenced one is not sent until the silence is over, and a critical one always', async () => {
  const desk = new PaperDesk()
  await desk.done('alerts.silence', { name: 'job-queue', minutes: 30, reason: 'maintenance' }, 's')
  expect((await desk.done('alerts.raise', alert('high'), 'a')).json).toMatchObject({
    sent: false,
    reason: 'it is silenced until 2026-11-19T17:30:20.000Z: maintenance',
  })
  expect((await desk.done('alerts.raise', alert('critical'), 'b')).json).toMatchObject({ sent: true })
  minutesLater(desk, 31)
  expect((await desk.done('alerts.raise', alert('high'), 'c')).json).toMatchObject({ sent: true })
})

test('the same key is sent once', async () => {
  const desk = new PaperDesk()
  await desk.done('alerts.raise', alert('high'), 'a')
  await desk.done('alerts.raise', alert('high'), 'a')
  expect(messages(desk)).toHaveLength(2)
})
