/** Decisions of a second person on a live desk, about runs and gates: by the built program, with accounts as the kernel keeps them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { addRunbooks } from '../support/procedures.ts'
import { launchLongAgo, liveDesk } from './support/live.ts'
import { testWith } from './support/machine.ts'
import { Scratch } from './support/program.ts'
import { standingOf } from './support/world.ts'

const scratch = new Scratch()
afterAll(() => {
  scratch.remove()
})
const logins = testWith('logins')

const runbooks = {
  agreed: `  - id: agree
    title: Somebody agrees
    approve: { role: risk, of: [then], expires: 24h }
  - id: then
    title: Say that it was agreed
    do: notify.post
    with: { channel: desk, text: agreed }`,
  stated: `  - id: state
    title: Somebody states it
    attest: { role: risk, ask: Is it so? }`,
}
const gates = `kind: gates
id: own
title: Gates of this desk
cadence: pre-launch
calendar: XNYS
gates:
  - id: here
    title: Somebody states it
    source: desk
    due: { from: open, to: close }
    attest: { role: risk, ask: Is it so? }
`
const runIn = (text: string): string => /run-[0-9a-z]{26}/.exec(text)?.[0] ?? 'none'

/** A live desk of which these runbooks are known. */
function deskOfRunbooks(signatures?: string): ReturnType<typeof liveDesk> {
  const desk = liveDesk(scratch, (dir) => `documents: ['${join(dir, 'procedures')}']\n`, signatures)
  addRunbooks(desk, runbooks)
  mkdirSync(join(desk.dir, 'procedures', 'gates'))
  writeFileSync(join(desk.dir, 'procedures', 'gates', 'own.yaml'), gates)
  mkdirSync(desk.stateDir, { mode: 0o2770 })
  return desk
}

logins('whoever could be the one who opened a run approves nothing of it', async () => {
  const { play } = deskOfRunbooks()
  const run = runIn(await play('as 1001 runbook agreed'))
  const said = await play(`as 1003 run approve ${run}
    as 1009 run approve ${run}
    as 1010 run approve ${run}
    as 4294967295 run approve ${run}
    as 1009 run approve ${run} --sign oncall
    as 1009 run approve ${run} --sign stranger
    as 1001 run continue ${run}`)
  expect(said.match(/^desk: .*|^\[\d+\]/gm)).toEqual([
    'desk: oncall opened this run and cannot approve it',
    '[4]',
    'desk: several operators share the account pit: a signature has to tell them apart',
    '[4]',
    'desk: the account risk belongs to no operator of this desk',
    '[4]',
    'desk: the kernel knows no login of this process, and an environment variable names nobody',
    '[77]',
    'desk: oncall opened this run and cannot approve it',
    '[4]',
    'desk: the signature: its key is not among the allowed signers',
    '[4]',
    '[3]',
  ])
  const agreed = await play(`as 1009 run approve ${run} --sign risk; as 1001 run continue ${run}`)
  expect(agreed).toContain('approved: Somebody agrees')
  expect(agreed).toMatch(/^ {2}done +then /m)

  // Of what several people's account opened, none of them can be told from the second person.
  const shared = runIn(await play('as 1009 runbook agreed'))
  const doubtful = await play(`as 1002 run approve ${shared}; as 1002 run override ${shared} --step agree --reason r`)
  expect(doubtful).toContain('pit, who opened this run, is no operator of this desk')
  expect(doubtful.match(/\[\d+\]/g)).toEqual(['[4]', '[4]'])
})

logins('what is stated counts by the account of somebody who holds the role', async () => {
  const { play } = deskOfRunbooks()
  const run = runIn(await play('as 1001 runbook stated'))
  const said = await play(`as 1002 run continue ${run} --answer state=yes
    as 1010 gates attest here --reason reviewed; as 1009 gates attest here --reason reviewed
    as 1001 gates attest here --reason reviewed; as 1002 gates attest here --reason reviewed`)
  expect(said).toContain('a live desk takes no unsigned answer')
  expect(said.match(/\[\d+\]/g)).toEqual(['[77]', '[4]', '[4]', '[77]', '[0]'])
  expect(said).toContain('oncall is no risk')
})

logins('where signatures are always required, no account approves', async () => {
  const { play } = deskOfRunbooks('always')
  const run = runIn(await play('as 1001 runbook agreed'))
  const said = await play(`as 1002 run approve ${run}; as 1002 run approve ${run} --sign risk`)
  expect(said).toContain('takes no decision without a signature')
  expect(said.match(/\[\d+\]/g)).toEqual(['[4]', '[0]'])
})

logins('a live desk goes up by one level at a time, by an account and a signature', async () => {
  const { play, stateDir } = deskOfRunbooks()
  await launchLongAgo(stateDir)
  expect(standingOf(stateDir)).toBe('TRADING AT 25 %')
  const confirm = '--confirm equities'
  const asked = await play(`as 1009 promote ${confirm}; as 1001 promote ${confirm}`)
  const request = /promote-[0-9a-z]{26}/.exec(asked)?.[0] ?? 'none'
  const said = await play(`as 1003 promote ${request} ${confirm}; as 1010 promote ${request} ${confirm}
    as 1009 promote ${request} ${confirm} --sign oncall
    as 1009 promote ${request} --terms words
    ssh-keygen -q -Y sign -n desk-release -f stranger words
    as 1009 promote ${request} ${confirm} --signature words.sig; rm words.sig
    ssh-keygen -q -Y sign -n desk-release -f risk words
    as 1009 promote ${request} ${confirm} --signature words.sig
    as 1001 promote ${confirm}`)
  expect(said.match(/\[\d+\]/g)).toEqual(['[4]', '[4]', '[4]', '[0]', '[4]', '[0]', '[4]'])
  expect(said).toContain('one full session without incident comes first')
  expect(standingOf(stateDir)).toBe('TRADING AT 50 %')
})
