/** A live desk after a reboot, by the built program: what starts it trades no more than it did, and what was halted stays halted. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { launchLongAgo, leaveEvidence, liveDesk } from './support/live.ts'
import { testWith } from './support/machine.ts'
import { Scratch } from './support/program.ts'

const scratch = new Scratch()
afterAll(() => {
  scratch.remove()
})
const logins = testWith('logins')

async function launched(): Promise<ReturnType<typeof liveDesk>> {
  const desk = liveDesk(scratch)
  mkdirSync(desk.stateDir, { mode: 0o2770 })
  await launchLongAgo(desk.stateDir)
  return desk
}
/** What the program said of the desk and of the step that takes permissions up, and how it ended. */
const saidIn = (text: string): readonly string[] =>
  [...text.matchAll(/^(?:equities {2}[A-Z]+(?: AT \d+ %)?|equities is now .*|desk: .*|\[\d+\]| {2}\S+ +rearm )/gm)].map(
    ([line]) => line.replace(/ +/g, ' ').trim(),
  )

logins('after a reboot only a start by an operator permits anything, and no more than before', async () => {
  const { play } = await launched()
  // One whom nobody can tell, an account that is nobody's and one that several share: they start processes at most.
  const said = await play(`reboot; desk status --exit-code; as 4294967295 runbook startup
    as 1010 runbook startup; as 1009 runbook startup; desk status --exit-code
    as 1001 runbook startup; desk status --exit-code; reboot; desk status --exit-code`)
  const refused = ['equities HALTED', 'failed rearm', '[1]']
  const stillHalted = ['equities HALTED', '[4]']
  expect(saidIn(said)).toEqual([
    ...stillHalted,
    ...['desk: it cannot be told who you are', '[77]'],
    ...refused,
    ...refused,
    ...stillHalted,
    ...['equities HALTED', 'done rearm', 'equities is now TRADING AT 25 %', '[0]'],
    ...['equities TRADING AT 25 %', '[10]'],
    ...stillHalted,
  ])
  expect(said).toContain('risk@account is no operator of this desk')
  expect(said).toContain('pit is no operator of this desk')
})

logins('a halt outlives a reboot: a start lifts nothing, two people do, at 25 %', async () => {
  const { play, stateDir } = await launched()
  const confirm = '--confirm equities'
  const halted = await play(`rm ${join(stateDir, 'permit')}/trade@*; reboot
    as 1001 runbook startup; as 1001 unlock request ${confirm}; as 1001 runbook startup`)
  const started = ['equities HALTED', 'done rearm', '[0]']
  expect(saidIn(halted)).toEqual([...started, '[0]', ...started])
  const id = /release-[0-9a-z]{26}/.exec(halted)?.[0] ?? 'none'
  for (const event of ['post-incident.resume', 'reconciliation.completed']) leaveEvidence(stateDir, event)
  const released = await play(`reboot; as 1001 unlock approve ${id} ${confirm}; as 1002 unlock approve ${id} ${confirm}
    desk status --exit-code`)
  expect(saidIn(released)).toEqual([
    ...['desk: oncall asked for this: somebody else has to approve it', '[4]'],
    ...['[0]', 'equities TRADING AT 25 %', '[10]'],
  ])
})
