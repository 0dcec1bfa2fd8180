/** What people say inside a run of a live desk: by the built program, with accounts as the kernel keeps them and signatures of OpenSSH. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { afterAll, expect } from 'vitest'
import * as z from 'zod'
import { listRuns } from '../../src/audit/runs.ts'
import { readRun } from '../../src/audit/segment-read.ts'
import { addRunbooks } from '../support/procedures.ts'
import { liveDesk } from './support/live.ts'
import { testWith } from './support/machine.ts'
import { Scratch, entry } from './support/program.ts'

const scratch = new Scratch()
afterAll(() => {
  scratch.remove()
})
const logins = testWith('logins')

const runbooks = {
  stated: `  - id: state
    title: Somebody states it
    attest: { role: risk, ask: Is it so? }`,
}
const tree = `kind: tree
id: asked
title: Something is asked
symptom: Nobody knows
start: q1
questions:
  q1:
    ask: Is it so?
    who: person
    yes: fine
    no: q2
    unsure: q2
  q2:
    ask: Is it still so?
    who: person
    yes: fine
    no: fine
    unsure: fine
leaves:
  fine:
    kind: investigate
    title: It is known
    because: Somebody said so
`
/** A live desk with a tree that asks and a runbook that wants something stated. */
function deskThatAsks(signatures?: string): ReturnType<typeof liveDesk> {
  const desk = liveDesk(scratch, (dir) => `documents: ['${join(dir, 'procedures')}']\n`, signatures)
  addRunbooks(desk, runbooks)
  mkdirSync(join(desk.dir, 'procedures', 'trees'))
  writeFileSync(join(desk.dir, 'procedures', 'trees', 'asked.yaml'), tree)
  mkdirSync(desk.stateDir, { mode: 0o2770 })
  return desk
}
const runIn = (text: string): string => /run-[0-9a-z]{26}/.exec(text)?.[0] ?? 'none'
/** What desk said and how it ended, without what is another one each time. */
const said = (text: string): readonly string[] =>
  text.match(/^desk: .*|^\[\d+\]/gm)?.map((line) =>
    line
      .replace(/run-[0-9a-z]{26}/g, 'run')
      .replace(/\d{4}-\d\d-\d\dT[0-9:.]+Z/, '(moment)')
      .replace(/'\/.*\//, "'"),
  ) ?? []

logins('an answer counts by a signature over its words, and is on record with them', async () => {
  const { play, stateDir, dir } = deskThatAsks('always')
  const begun = await play('as 1001 tree asked; as 1001 tree asked --answer q1=no')
  expect(said(begun)).toEqual(['[3]', 'desk: a live desk takes no unsigned answer', '[77]'])
  const run = runIn(begun)
  const answered = await play(`as 1001 run continue ${run} --answer q1=no --sign stranger
    as 1001 run continue ${run} --answer q1=no --sign nowhere
    as 1009 run continue ${run} --answer q1=no --sign risk
    as 1009 run continue ${run} --answer q2=no --sign oncall`)
  expect(said(answered)).toEqual([
    'desk: what was answered does not count: the signature: its key is not among the allowed signers',
    '[3]',
    "desk: the public key cannot be read: ENOENT: no such file or directory, open 'nowhere.pub'",
    '[64]',
    '[3]',
    '[0]',
  ])
  expect(refusedIn(stateDir)).toEqual(['unsigned-answer', 'unknown-signer'])
  const answers = readRun(stateDir, run).entries.filter(({ event }) => event === 'answer')
  const by = answers.map(({ data }) => answerIn.parse(data).by)
  expect(by.map(({ id, via }) => `${id} by ${via}`)).toEqual(['risk by key', 'oncall by key'])
  // Anybody can check it again: the words of the record, by OpenSSH and the file of signers alone.
  const [first] = by
  const { statement, signature } = signedWords.parse(readRun(stateDir, first?.signed ?? '').entries[0]?.data)
  writeFileSync(join(dir, 'kept'), statement)
  writeFileSync(join(dir, 'other'), statement.replace('"answer": "no"', '"answer": "yes"'))
  writeFileSync(join(dir, 'kept.sig'), signature)
  const checked =
    await play(`check() { ssh-keygen -Y verify -f allowed -I risk@desk -n desk-release -s kept.sig < $1 2>&1; }
    check kept; check other || true`)
  expect(checked).toContain('Good "desk-release" signature for risk@desk')
  expect(checked).toMatch(/incorrect signature/i)
  expect(JSON.parse(statement)).toMatchObject({
    ...{ run, at: { path: 'tree/asked#q1', visit: 1 }, question: 'Is it so?', answer: 'no', epoch: 'none' },
  })
})

logins('what is stated inside a run is signed by somebody who holds the role', async () => {
  const { play } = deskThatAsks('always')
  const begun = await play('as 1001 runbook stated --answer state=seen --sign oncall')
  expect(said(begun)).toEqual(['desk: oncall is no risk: what they state does not count', '[3]'])
  const stated = await play(`as 1001 run continue ${runIn(begun)} --answer state=seen --sign risk`)
  expect(stated).toMatch(/^ {2}done +state/m)
})

logins('an answer that is signed beforehand counts once, there and then, and nowhere else', async () => {
  const { play, stateDir, dir } = deskThatAsks('always')
  const begun = await play('as 1001 tree asked; as 1001 tree asked')
  const [run = 'none', other = 'none'] = [...new Set(begun.match(/run-[0-9a-z]{26}/g))]
  const written = await play(`go() { as 1001 run continue ${run} "$@"; }
    go --answer q1=no --write signed; go --answer q2=no --sign risk --write signed
    as 1009 run continue ${run} --answer q1=no --sign risk --write signed
    go --answer q1=no --sign risk --write signed
    go --answer q1=no --sign risk --write short --until $(date -d '2 seconds' -Is)
    sed 's/answer: "no"/answer: "yes"/' signed > tampered
    sed 's/who: "risk"/who: "oncall"/' signed > claimed
    sed 's/until: "2/until: "3/' signed > longer
    sed '/signature:/d' signed > bare
    sed 's/epoch: ".*"/epoch: "release-x"/' signed > before
    sed 's/when: "2/when: "3/' signed > later
    sleep 2`)
  expect(said(written)).toEqual([
    ...['desk: a live desk takes no unsigned answer', '[77]', 'desk: run does not ask "asked.q2" now', '[64]', '[0]'],
    ...["desk: the answers cannot be written: EEXIST: file already exists, open 'signed'", '[64]', '[0]'],
  ])
  const refused = await play(`go() { as 1001 run continue ${run} "$@"; }
    for each in bare tampered claimed longer before later short; do go --answers $each; done
    as 1001 run continue ${other} --answers signed; as 1001 tree asked --answers signed`)
  const why = (text: string): string => `desk: the answer to "tree/asked#q1" does not count: ${text}`
  const otherwise = 'the signature: it does not sign these words'
  expect(said(refused)).toEqual([
    ...['desk: a live desk takes no unsigned answer', '[77]', why(otherwise), '[77]'],
    ...[why('it is said to be of oncall, and risk signed it'), '[77]', why(otherwise), '[77]'],
    ...[why('it was signed under release-x, and none is in force now'), '[77]'],
    ...[why('it is of (moment), which is yet to come'), '[77]', why('it expired at (moment)'), '[77]'],
    ...[why('it was signed for run, and this is run'), '[77]'],
    ...[why('it was signed for run, and this is a new run'), '[77]'],
  ])
  expect(refusedIn(stateDir)).toHaveLength(9)
  // None of it has touched the run.
  expect(readRun(stateDir, run).segments).toHaveLength(1)
  const taken = await play(`go() { as 1001 run continue ${run} "$@"; }
    go --answers signed; go --answers signed; as 1001 run continue --due --answers signed`)
  expect(said(taken)).toEqual(['[3]', why('run does not ask that now'), '[77]', '[0]'])
  const [answer] = readRun(stateDir, run).entries.filter(({ event }) => event === 'answer')
  expect(answerIn.parse(answer?.data)).toMatchObject({ by: { id: 'risk', via: 'key' } })
  expect(readFileSync(join(dir, 'signed'), 'utf8')).toContain(`run: "${run}"`)
})

logins('a halt in between voids what was signed before it', async () => {
  const { play } = deskThatAsks('always')
  const begun = await play('as 1001 tree asked')
  const run = runIn(begun)
  const after = await play(`as 1001 run continue ${run} --answer q1=no --sign risk --write signed
    as 1001 kill --reason test > /dev/null 2>&1; as 1001 run continue ${run} --answers signed`)
  expect(after).toMatch(/it was signed under none, and halt-[0-9a-z]+ is in force now/)
  expect(after).toContain('[77]')
})

logins('at a terminal nobody is asked who could not be told from others; a key is', async () => {
  const { play, stateDir } = deskThatAsks()
  const run = runIn(await play('as 1001 tree asked'))
  // The account alone answers where it is one operator's.
  const own = await play(terminalScript(1001, `run continue ${run}`, 'n'))
  expect(own).toContain('q2')
  const shared = await play(terminalScript(1009, `run continue ${run}`, ''))
  expect(shared).toMatch(/several operators share the account pit[^]*--sign <key>/)
  // An account that is nobody's could be anybody's; naming somebody's public key makes it nobody in particular either.
  const nobodys = await play(terminalScript(1010, `run continue ${run}`, ''))
  expect(nobodys).toMatch(/the account risk belongs to no operator of this desk[^]*--sign <key>/)
  await play(terminalScript(1010, `run continue ${run} --sign risk.pub`, 'b'))
  const [back] = readRun(stateDir, run).entries.filter(({ event }) => event === 'superseded')
  expect(answerIn.parse(back?.data).by).toEqual({ id: 'risk@account', via: 'login' })
  expect(await play(terminalScript(1009, `run continue ${run} --sign risk`, 'n'))).toContain('q2')
  const signed = await play(terminalScript(1009, `run continue ${run} --sign risk`, 'n'))
  expect(signed).toContain('code 0')
  const by = readRun(stateDir, run)
    .entries.filter(({ event }) => event === 'answer')
    .map(({ data }) => answerIn.parse(data).by)
  expect(by.map(({ id, via }) => `${id} by ${via}`)).toEqual(['oncall by login', 'risk by key', 'risk by key'])
})

/** Plays desk at a terminal of that login, presses a key once it asks, leaves at the next question, and prints what was on the screen. */
const terminalScript = (uid: number, args: string, key: string): string => `echo ${String(uid)} > /proc/self/loginuid
  T="tmux -L answers-${String(uid)}-$$ -f /dev/null"
  env -u CI $T new-session -d -x 80 -y 24 "${execPath} ${entry} ${args} 2>&1; echo code \\$?; cat > /dev/null"
  until_seen() { for i in $(seq 150); do $T capture-pane -p | tr '\\n' ' ' | grep -qE "$1" && return; sleep 0.1; done; }
  until_seen 'q park|code [0-9]'
  ${key === '' ? '' : `$T send-keys ${key}; sleep 1; until_seen 'q park|code [0-9]'`}
  $T capture-pane -p; $T send-keys q; until_seen 'code [0-9]'; $T capture-pane -p; $T kill-server`

/** The codes of refused answers, oldest first. */
function refusedIn(stateDir: string): readonly string[] {
  return listRuns(stateDir, 'note').flatMap(({ run }) =>
    readRun(stateDir, run).entries.flatMap(({ event, data }) =>
      event === 'answer.refused' ? [z.object({ code: z.string() }).parse(data).code] : [],
    ),
  )
}
const answerIn = z.object({ by: z.object({ id: z.string(), via: z.string(), signed: z.string().optional() }) })
const signedWords = z.object({ statement: z.string(), signature: z.string() })
