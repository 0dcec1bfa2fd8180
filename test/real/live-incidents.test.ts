/** What is said of incidents and alerts on a live desk: by the built program, with accounts as the kernel keeps them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import * as z from 'zod'
import { listRuns } from '../../src/audit/runs.ts'
import { readRun } from '../../src/audit/segment-read.ts'
import { launchLongAgo, liveDesk } from './support/live.ts'
import { testWith } from './support/machine.ts'
import { Scratch } from './support/program.ts'

const scratch = new Scratch()
afterAll(() => {
  scratch.remove()
})
const logins = testWith('logins')

const said = [
  ['note', 'incident note T-1 seen'],
  ['assign', 'incident assign T-1 risk'],
  ['close', 'incident close T-1 --artifact review'],
  ['silence', 'monitor silence add job-queue --for 1h --reason r'],
  ['expire', 'monitor silence expire job-queue'],
] as const

logins.each(said)('%s by nobody who can be told is refused, and on record', async (act, words) => {
  const { play, stateDir, dir } = liveDesk(scratch)
  writeFileSync(join(dir, 'review'), 'It was as it was. '.repeat(10))
  await launchLongAgo(stateDir)
  const told = await play(`as 1009 ${words}; as 1010 ${words}; as 1011 ${words}; as 4294967295 ${words}
    as 1009 ${words} --sign stranger`)
  expect(told.match(/^\[\d+\]/gm)).toEqual(Array.from({ length: 5 }, () => '[77]'))
  expect(told).toContain('several operators share the account pit')
  const refused = refusedIn(stateDir)
  expect(refused.map((each) => [each.act, each.code])).toEqual(
    ['signature-required', 'unknown-operator', 'unknown-operator', 'unknown-person', 'unknown-signer'].map((code) => [
      act,
      code,
    ]),
  )
})

logins('what changes more than the record takes a role', async () => {
  const { play, stateDir, dir } = liveDesk(scratch)
  writeFileSync(join(dir, 'review'), 'It was as it was. '.repeat(10))
  await launchLongAgo(stateDir)
  const told = await play(said.map(([, words]) => `as 1012 ${words}`).join('\n'))
  // Anybody of the desk may say what they saw; that its tickets hold no such incident is another matter.
  expect(told.match(/^\[\d+\]/gm)).toEqual(['[64]', '[77]', '[77]', '[77]', '[77]'])
  expect(told).toContain('no incident "T-1"')
  expect(refusedIn(stateDir).map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => 'wrong-role'))
})

logins("an operator's key speaks from an account that several share", async () => {
  const { play, stateDir } = liveDesk(scratch)
  await launchLongAgo(stateDir)
  const told = await play('as 1009 incident note T-1 seen --sign oncall; as 1009 incident assign T-1 risk --sign risk')
  // Whoever it is may; that the tickets hold no such incident is all that is wrong.
  expect(told.match(/^\[\d+\]/gm)).toEqual(['[64]', '[64]'])
  expect(told.match(/no incident "T-1"/g)).toHaveLength(2)
  expect(refusedIn(stateDir)).toEqual([])
})

/** What was refused, oldest first. */
function refusedIn(stateDir: string): readonly z.infer<typeof refusal>[] {
  return listRuns(stateDir, 'note')
    .flatMap(({ run }) => readRun(stateDir, run).entries)
    .filter(({ event }) => event === 'decision.refused')
    .map(({ data }) => refusal.parse(data))
}
const refusal = z.object({ act: z.string(), code: z.string(), reason: z.string() })
