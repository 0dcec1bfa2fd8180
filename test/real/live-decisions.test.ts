/** Decisions of a second person on a live desk, about runs and gates: by the built program, with accounts as the kernel keeps them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import * as z from 'zod'
import { listRuns } from '../../src/audit/runs.ts'
import { readRun } from '../../src/audit/segment-read.ts'
import { checkSignature } from '../../src/killswitch/ssh-signature.ts'
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
  - id: full
    title: The desk trades in full
    source: desk
    due: { from: open, to: close }
    check: desk.trading
    expect: result.sizeMultiplier == 1.0
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

logins('nor does one override, give up, attest or waive there: signatures do, and are on record', async () => {
  const { play, stateDir } = deskOfRunbooks('always')
  await launchLongAgo(stateDir)
  const begun = await play('as 1001 runbook stated; as 1001 runbook agreed')
  const [over = 'none', left = 'none'] = [...new Set(begun.match(/run-[0-9a-z]{26}/g))]
  const said = await play(`override() { as 1002 run override ${over} --step state --reason known "$@"; }
    leave() { uid=$1; shift; as $uid run abort ${left} --disposition leave --reason over "$@"; }
    attest() { as 1002 gates attest here --reason reviewed "$@"; }
    waive() { as 1002 gates waive full --reason known --until $(date -d '1 minute' -Is) "$@"; }
    override; override --sign oncall; override --sign risk
    leave 1001; leave 1001 --sign oncall; leave 1001 --sign oncall; leave 1002; leave 1009 --sign risk
    attest; attest --sign oncall; attest --sign risk
    as 1001 gates own; waive; waive --sign oncall; waive --sign risk`)
  const unsigned = ['desk: this desk takes no decision without a signature', '[4]']
  expect(said.match(/^desk: .*|^\[\d+\]|^full waived/gm)).toEqual([
    ...[...unsigned, 'desk: oncall has walked this run and cannot override its steps', '[77]', '[0]'],
    ...[...unsigned, '[3]', '[3]', ...unsigned, '[0]'],
    ...[...unsigned, 'desk: oncall is no risk', '[77]', '[0]'],
    ...['[1]', ...unsigned, 'desk: oncall judged full and cannot waive it', '[4]', 'full waived', '[0]'],
  ])
  expect(said).toContain('aborted by oncall, left as it is, agreed by risk')
  // As often as somebody decided, who it was and over which words; not for what was refused.
  expect(signedIn(stateDir)).toEqual([
    ...['override by risk', 'leave by oncall', 'leave by oncall', 'leave by risk'],
    ...['attest by risk', 'waive by risk'],
  ])
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

/** Which words were signed by whom, oldest first; each signature is checked against its words. */
function signedIn(stateDir: string): readonly string[] {
  return listRuns(stateDir, 'note').flatMap(({ run }) =>
    readRun(stateDir, run).entries.flatMap(({ event, data }) => {
      if (event !== 'decision.signed') return []
      const { statement, signature, by } = signedWords.parse(data)
      expect(checkSignature(signature, statement, 'desk-release').kind).toBe('signed')
      return [`${actIn.parse(JSON.parse(statement)).act} by ${by.id}`]
    }),
  )
}
const signedWords = z.object({ statement: z.string(), signature: z.string(), by: z.object({ id: z.string() }) })
const actIn = z.object({ act: z.string() })
