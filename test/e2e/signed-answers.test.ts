/** Answers that were signed beforehand, by the built program: a file of them serves once, and holds back nothing that follows. */
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readRun } from '../../src/audit/segment-read.ts'
import { answerStatement } from '../../src/cli/walking/answer-words.ts'
import { readTrading } from '../../src/killswitch/trading.ts'
import { readJournal } from '../../src/walk/read-run.ts'
import { freshKey } from '../killswitch/ssh-keys.ts'
import { Desk, type Ran } from '../support/desk.ts'
import { addRunbooks } from '../support/procedures.ts'

const key = freshKey()
let desk: Desk
let env: Readonly<Record<string, string>>
beforeEach(() => {
  desk = new Desk('2026-11-20T10:00:00-05:00')
  const attest = (id: string): string => `  - id: ${id}
    title: Somebody states ${id}
    attest: { role: risk, ask: Is it so? }`
  const steps = [attest('first'), '  - id: rest\n    title: Wait\n    wait: 2h', attest('second')].join('\n')
  env = addRunbooks(
    desk,
    { stated: steps },
    `operators:
  - { id: oncall, roles: [oncall] }
  - { id: risk, roles: [risk], signers: [risk@desk] }
release: { allowedSigners: allowed }
`,
  )
  writeFileSync(join(desk.dir, 'allowed'), `risk@desk ${key.line}\n`)
})
afterEach(() => {
  desk.remove()
})
const play = (...args: readonly string[]): Promise<Ran> => desk.run(args, { env })

/** Opens the run and signs for a day what it asks first, as `--sign --write` does; answers the run. */
async function signedFirst(): Promise<string> {
  const { stdout } = await play('runbook', 'stated')
  const run = /run-[0-9a-z]{26}/.exec(stdout)?.[0] ?? 'none'
  const [need] = readJournal(desk, run).state.parked?.needs ?? []
  if (need === undefined) throw new Error(`it asks nothing: ${stdout}`)
  const { epoch } = readTrading(desk.stateDir, Date.now()).trading
  const [when, until] = ['2026-11-20T15:00:00.000Z', '2026-11-21T15:00:00.000Z']
  const statement = answerStatement({ name: 'paper' }, hostname(), { run, need, answer: 'seen', epoch, when, until })
  const about = { answer: 'seen', who: 'risk', when, until, run, epoch, signature: key.sign(statement) }
  const entry = Object.entries({ id: need.at.path, ...about }).map(
    ([name, value]) => `${name}: ${JSON.stringify(value)}`,
  )
  writeFileSync(join(desk.dir, 'signed.yaml'), `answers:\n  - ${entry.join('\n    ')}\n`)
  return run
}
const saidBy = (run: string): readonly unknown[] =>
  readRun(desk.stateDir, run).entries.flatMap(({ event, data }) => (event === 'answer' ? [data] : []))

it('a file answers what was signed; what the run asks later waits, and the file is no answer to it', async () => {
  const run = await signedFirst()
  const taken = await play('run', 'continue', run, '--answers', 'signed.yaml')
  expect(taken).toMatchObject({ code: 3 })
  expect(taken.stdout).toMatch(/done {10}first/)
  expect(saidBy(run)).toMatchObject([{ by: { id: 'risk', via: 'key' }, reason: 'seen' }])
  desk.at('2026-11-20T12:30:00-05:00')
  const later = await play('run', 'continue', run)
  expect(later).toMatchObject({ code: 3 })
  const again = await play('run', 'continue', run, '--answers', 'signed.yaml')
  expect(again).toMatchObject({ code: 77 })
  expect(again.stderr).toContain('does not ask that now')
  expect(saidBy(run)).toHaveLength(1)
  expect(
    await desk.run(['run', 'continue', run, '--answer', 'second=so'], { env: { ...env, DESK_OPERATOR: 'risk' } }),
  ).toMatchObject({
    code: 0,
  })
})

it('a file that a job still carries does not hold back a run whose moment has come', async () => {
  const run = await signedFirst()
  await play('run', 'continue', run, '--answers', 'signed.yaml')
  desk.at('2026-11-20T12:30:00-05:00')
  const due = await play('run', 'continue', '--due', '--answers', 'signed.yaml')
  expect(due.stderr).toMatch(/does not ask that now; it goes on without any answer/)
  expect(due.stdout).toMatch(/done {10}rest/)
  // Somebody believes that it counts, so it is no good end.
  expect(due.code).toBe(77)
  expect(saidBy(run)).toHaveLength(1)
})
