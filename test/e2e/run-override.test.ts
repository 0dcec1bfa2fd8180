/** The verbs that end a run or let it go on past a step: each takes the right person, and says on record what was done. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Desk, type Ran } from '../support/desk.ts'
import { addRunbooks } from '../support/procedures.ts'

let desk: Desk
let env: Readonly<Record<string, string>>
beforeEach(() => {
  desk = new Desk()
  env = addRunbooks(desk, {
    patient: `  - id: first
    title: Say that it begins
    do: notify.post
    with: { channel: desk, text: begun }
  - id: pause
    title: Let it settle
    wait: 2h
  - id: then
    title: Say that it has settled
    do: notify.post
    with: { channel: desk, text: settled }`,
    agreed: `  - id: agree
    title: Somebody agrees
    approve: { role: risk, of: [then], expires: 24h }
  - id: then
    title: Say that it was agreed
    do: notify.post
    with: { channel: desk, text: agreed }`,
  })
})
afterEach(() => {
  desk.remove()
})

const as = (person: string, args: readonly string[]): Promise<Ran> =>
  desk.run(args, { env: { ...env, DESK_OPERATOR: person } })
/** Opens the runbook and answers the run, which waits. */
async function waiting(id: string): Promise<string> {
  const ran = await as('oncall', ['runbook', id, '--json'])
  expect([ran.code, ran.stderr]).toEqual([3, expect.anything()])
  const run = /"id":"(run-[0-9a-z]+)"/.exec(ran.stdout)?.[1]
  if (run === undefined) throw new Error(ran.stdout)
  return run
}

describe('desk run override', () => {
  it('lets a second person go on past a wait, which stays waived for all to see', async () => {
    const run = await waiting('patient')
    const ran = await as('risk', ['run', 'override', run, '--step', 'pause', '--reason', 'it has settled', '--json'])
    expect([ran.code, JSON.parse(ran.stdout)]).toMatchObject([
      0,
      {
        run: { id: run, status: 'succeeded' },
        steps: [
          { id: 'first', status: 'done' },
          { id: 'pause', status: 'waived' },
          { id: 'then', status: 'done' },
        ],
      },
    ])
    const { stdout } = await as('oncall', ['audit', 'show', run])
    expect(stdout).toMatch(/waived/)
    expect(stdout).toContain('it has settled')
    expect((await as('oncall', ['audit', 'verify'])).code).toBe(0)
  })

  it.each([
    ['whoever walked the run', 'oncall', ['--step', 'pause', '--reason', 'now'], 77],
    ['no reason', 'risk', ['--step', 'pause'], 64],
    ['a blank reason', 'risk', ['--step', 'pause', '--reason', ' '], 64],
    ['no step', 'risk', ['--reason', 'now'], 64],
    ['a step that it does not wait at', 'risk', ['--step', 'then', '--reason', 'now'], 64],
  ])('is refused for %s, and the run is as it was', async (_, person, words, exit) => {
    const run = await waiting('patient')
    const before = (await as('risk', ['audit', 'show', run])).stdout
    expect((await as(person, ['run', 'override', run, ...words])).code).toBe(exit)
    expect((await as('risk', ['audit', 'show', run])).stdout).toBe(before)
  })

  it('stands in for no approval', async () => {
    const run = await waiting('agreed')
    const ran = await as('risk', ['run', 'override', run, '--step', 'agree', '--reason', 'now'])
    expect([ran.code, ran.stderr]).toEqual([4, expect.stringContaining('an approval is given by those who may')])
  })

  it('of a run that has ended is refused', async () => {
    const run = await waiting('patient')
    expect((await as('oncall', ['run', 'undo', run])).code).not.toBe(70)
    expect((await as('risk', ['run', 'override', run, '--step', 'pause', '--reason', 'now'])).code).toBe(64)
  })
})

it('desk run handover ends the run once the other one accepts', async () => {
  const run = await waiting('patient')
  const asked = await as('oncall', ['run', 'handover', run, '--to', 'risk', '--reason', 'end of shift'])
  expect([asked.code, asked.stderr]).toEqual([3, expect.stringContaining(`desk run handover ${run}`)])
  expect((await as('somebody', ['run', 'handover', run])).code).toBe(64)
  const taken = await as('risk', ['run', 'handover', run])
  expect([taken.code, taken.stdout]).toEqual([0, expect.stringContaining('handed over to risk')])
})

it('desk run undo walks the effects of the run backwards', async () => {
  const run = await waiting('patient')
  const ran = await as('oncall', ['run', 'undo', run, '--json'])
  expect(JSON.parse(ran.stdout)).toMatchObject({ run: { id: run, status: 'aborted' } })
  expect((await as('oncall', ['run', 'continue', run])).code).toBe(64)
})

it.each(['--dry-run', '--simulate', '--offline'])('desk run continue takes no %s, and does nothing', async (flag) => {
  const run = await waiting('patient')
  const before = (await as('oncall', ['audit', 'show', run])).stdout
  desk.at('2026-11-20T12:05:00-05:00')
  const ran = await as('oncall', ['run', 'continue', run, flag])
  expect([ran.code, ran.stderr]).toEqual([64, expect.stringContaining(flag)])
  expect((await as('oncall', ['audit', 'show', run])).stdout).toBe(before)
})
