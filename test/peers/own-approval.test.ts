/** Seen on peers: a second pair of eyes is asked for, and nobody counts whose they are. */
import { expect, it } from 'vitest'
import { fields } from '../support/json-answers.ts'
import { deskWith, mark, marksOf, newestRun, step } from './marking.ts'

const runbooks = {
  approving: `  - id: agreed
    title: Two others approve
    approve: { role: risk, of: [act], count: 2 }
${step('act', mark('a'))}`,
}

it('who opened a run approves nothing of it, however the name is spelt, and no person counts twice', async () => {
  const { desk, env } = deskWith(runbooks)
  const approve = async (run: string, operator: string) =>
    (await desk.run(['run', 'approve', run], { env: { ...env, DESK_OPERATOR: operator } })).code
  await desk.run(['runbook', 'approving'], { env })
  const run = String((await newestRun(desk))['run'])
  for (const operator of ['oncall', 'Oncall', 'ONCALL'])
    expect([operator, await approve(run, operator)]).toEqual([operator, 4])
  expect(await approve(run, 'risk')).toBe(0)
  await approve(run, 'Risk')
  expect((await desk.run(['run', 'continue', run], { env })).code).toBe(3)
  expect(marksOf(desk)).toBe('')
  expect(await approve(run, 'quant')).toBe(0)
  expect((await desk.run(['run', 'continue', run], { env })).code).toBe(0)
  expect(marksOf(desk)).toBe('a')
})

it('who asks for the release of a halt does not approve it, and the refusals are on record', async () => {
  const { desk } = deskWith({})
  await desk.run(['status'])
  await desk.run(['kill'])
  const asked = await desk.json(['unlock', 'request', '--confirm', 'paper'])
  const request = String(fields(asked.value['request'])['id'])
  for (const [operator, expected] of [
    ['oncall', 4],
    ['Oncall', 4],
    ['ONCALL', 4],
    // No names of anybody.
    [' oncall ', 77],
    ['\uff4fncall', 77],
  ] as const) {
    const approve = ['unlock', 'approve', request, '--confirm', 'paper']
    expect([operator, (await desk.run(approve, { env: { DESK_OPERATOR: operator } })).code]).toEqual([
      operator,
      expected,
    ])
  }
  const { stdout } = await desk.run(['audit', 'search', '--event', 'release.refused'])
  expect(stdout.match(/release\.refused/g)).toHaveLength(3)
  expect((await desk.run(['status', '--exit-code'])).code).toBe(4)
})
