/** Asking for a release loosens, so the leaf that asks for it wants the desk's name, as `desk unlock request` does. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

const yes = ['q1=yes', 'q2=yes', 'q3=yes'].flatMap((answer) => ['--answer', answer])
const cause = [
  'q1=no',
  'no-root-cause.cause=a limit of the broker',
  'no-root-cause.class=venue',
  'no-root-cause.fix=staging',
]
const requests = async (): Promise<unknown> => (await desk.json(['unlock', 'status'])).value['requests']

it('the resume leaf is not acted on without --confirm', async () => {
  expect((await desk.run(['runbook', 'killswitch'])).code).toBe(0)
  const documented = await desk.run(['tree', 'post-incident', '--act', ...cause.flatMap((c) => ['--answer', c])])
  expect(documented.code).toBe(0)
  desk.at('2026-11-20T09:15:00-05:00')
  expect((await desk.run(['runbook', 'reconciliation'])).code).toBe(0)

  const unconfirmed = await desk.run(['tree', 'post-incident', '--act', ...yes])
  expect(unconfirmed.code).toBe(3)
  expect(unconfirmed.stderr).toContain('--act --confirm paper')
  expect(await requests()).toEqual([])

  const [run = ''] = /run-[0-9a-z]{26}/.exec(unconfirmed.stderr) ?? []
  const misnamed = await desk.run(['run', 'continue', run, '--act', '--confirm', 'live'])
  expect(misnamed.code).toBe(64)
  expect(await requests()).toEqual([])
  expect((await desk.run(['run', 'continue', run, '--act', '--confirm', 'paper'])).code).toBe(0)
  expect(await requests()).toHaveLength(1)
})
