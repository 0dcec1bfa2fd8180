import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

it('an incident closes with a cause, a verified fix and a written review, and not before', async () => {
  expect((await desk.run(['runbook', 'killswitch'])).code).toBe(0)
  const { value } = await desk.json(['incident', 'list'])
  const [{ id } = { id: '' }] = (value as { incidents: { id: string }[] }).incidents
  expect((await desk.json(['status'])).value['incidents']).toMatchObject([{ id }])
  expect((await desk.run(['status'])).stdout).toContain(`Incidents\n  ${id}`)
  const review = join(desk.dir, 'review.md')
  writeFileSync(review, 'The broker was down. '.repeat(10))
  const close = ['incident', 'close', id, '--artifact', review]
  const early = await desk.run(close)
  expect([early.code, early.stderr]).toEqual([4, expect.stringContaining('no documented root cause')])

  const cause = [
    '--answer',
    'q1=no',
    '--act',
    '--answer',
    'no-root-cause.cause=a switch failed',
    '--answer',
    'no-root-cause.class=mistaken-kill',
    '--answer',
    'no-root-cause.fix=staging',
  ]
  const unknown = cause.map((word) => word.replace('mistaken-kill', 'mistake'))
  const refused = await desk.run(['tree', 'post-incident', ...unknown])
  expect([refused.code, refused.stderr]).toEqual([64, expect.stringContaining('mistaken-kill')])
  expect((await desk.run(['incident', 'close', id, '--artifact', review])).code).toBe(4)
  expect((await desk.run(['tree', 'post-incident', ...cause])).code).toBe(0)
  expect((await desk.run(['incident', 'close', id])).code).toBe(4)
  writeFileSync(review, 'too short')
  expect((await desk.run(close)).code).toBe(4)
  writeFileSync(review, 'The broker was down. '.repeat(10))
  expect((await desk.run(close)).code).toBe(0)
  expect((await desk.json(['incident', 'show', id])).value).toMatchObject({
    incident: { status: 'closed', rootCause: 'a switch failed', causeClass: 'mistaken-kill', fixVerifiedIn: 'staging' },
  })
  expect((await desk.run(['incident', 'show', 'T-99'])).code).toBe(64)
  expect((await desk.json(['status'])).value['incidents']).toEqual([])
})

it('status tells of no incidents only where its files can tell: not where a program keeps them, nor from a broken file', async () => {
  expect((await desk.json(['status'])).value['incidents']).toEqual([])
  const config = join(desk.dir, 'elsewhere.yaml')
  writeFileSync(config, 'adapters: [{ serves: [tickets], kind: exec, command: [/bin/false] }]\n')
  expect((await desk.json(['status', '--config', config])).value['incidents']).toBeNull()
  expect((await desk.run(['status', '--config', config])).stdout).toContain('desk incident list')
  expect((await desk.run(['runbook', 'killswitch'])).code).toBe(0)
  writeFileSync(join(desk.stateDir, 'paper', 'tickets.json'), '{"state":{}}')
  expect((await desk.json(['status'])).value['incidents']).toBeNull()
})
