/** Several runs at once and one run's end: whatever is asked with --json is answered by one document. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

it('leaving effects takes a second person', async () => {
  const { stderr } = await desk.run(['runbook', 'model-rollback'])
  expect(stderr).toContain('waiting')
  const { runs } = (await desk.json(['run', 'list'])).value
  const run = /run-[0-9a-z]{26}/.exec(JSON.stringify(runs))?.[0] ?? ''
  const leave = (second: string) => desk.json(['run', 'abort', run, '--disposition', 'leave', '--second', second])
  expect(await leave('oncall')).toMatchObject({ code: 77, value: { error: { code: 'second-person' } } })
  expect(await leave('ONCALL')).toMatchObject({ code: 77 })
  for (const odd of ['oncall ', '', 'оncall', 'on\ncall'])
    expect(await leave(odd)).toMatchObject({ code: 64, value: { error: { code: 'unknown-person' } } })
  expect(await leave('risk')).toMatchObject({
    code: 0,
    value: { schema: 1, run: { id: run, status: 'aborted' }, by: 'oncall', unsettled: [] },
  })
})

it('every run that is due is told in one document, also when there is none', async () => {
  expect(await desk.json(['run', 'continue', '--due'])).toMatchObject({ code: 0, value: { schema: 1, runs: [] } })
  desk.at('2026-11-20T10:00:00-05:00')
  await desk.run(['runbook', 'model-rollback'])
  await desk.run(['runbook', 'model-rollback', '--set', 'model=other'])
  desk.at('2026-11-24T10:00:00-05:00')
  const { value } = await desk.json(['run', 'continue', '--due'])
  expect(value).toMatchObject({ schema: 1, runs: [{ runbook: 'model-rollback', run: { status: 'succeeded' } }] })
})
