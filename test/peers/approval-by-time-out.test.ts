/** Seen on peers: an approval that nobody gives succeeds by itself when its time is up. */
import { expect, it } from 'vitest'
import { deskWith, mark, marksOf, newestRun, step } from './marking.ts'

const runbooks = {
  approving: `  - id: agreed
    title: Somebody else approves
    approve: { role: risk, of: [act], expires: 1h }
${step('act', mark('a'))}`,
}
const tooLate = '2026-11-20T10:06:00-05:00'

it('an approval that nobody gave is a refusal when its time is up, and what it was for does not happen', async () => {
  const { desk, env } = deskWith(runbooks)
  expect((await desk.run(['runbook', 'approving'], { env })).code).toBe(3)
  const run = String((await newestRun(desk))['run'])
  desk.at(tooLate)
  await desk.run(['run', 'continue', '--due'], { env })
  expect(marksOf(desk)).toBe('')
  const ended = await desk.run(['run', 'continue', run], { env })
  expect([ended.code, ended.stdout]).toEqual([4, expect.stringContaining('the approval has expired')])
  expect(marksOf(desk)).toBe('')
  expect(await newestRun(desk)).toMatchObject({ status: 'refused' })
})

it('one that comes too late does not count', async () => {
  const { desk, env } = deskWith(runbooks)
  await desk.run(['runbook', 'approving'], { env })
  const run = String((await newestRun(desk))['run'])
  desk.at(tooLate)
  const answer = await desk.run(['run', 'approve', run], { env: { ...env, DESK_OPERATOR: 'risk' } })
  expect([answer.code, answer.stdout]).toEqual([4, ''])
  expect(answer.stderr).toContain('could be approved until 2026-11-20T15:05:00.000Z')
  expect(answer.stderr).toContain(`desk run continue ${run}`)
  expect((await desk.run(['run', 'continue', run], { env })).code).toBe(4)
  expect(marksOf(desk)).toBe('')
})

it('one that comes in time does', async () => {
  const { desk, env } = deskWith(runbooks)
  await desk.run(['runbook', 'approving'], { env })
  const run = String((await newestRun(desk))['run'])
  desk.at('2026-11-20T10:04:00-05:00')
  expect((await desk.run(['run', 'approve', run], { env: { ...env, DESK_OPERATOR: 'risk' } })).code).toBe(0)
  expect((await desk.run(['run', 'continue', run], { env })).code).toBe(0)
  expect(marksOf(desk)).toBe('a')
})
