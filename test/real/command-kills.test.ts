/**
 * Commands that change what is permitted or what becomes of a run, killed or refused at system calls that change the disk, and typed
 * again: nothing beyond what people decided is in force, nothing is lost, and no effect comes twice.
 */
import { readFileSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { bootId } from '../../src/killswitch/gate.ts'
import { addRunbooks } from '../support/procedures.ts'
import { killedAt, nameOf, pointsOf, refusals, refusedAt, sample, wasKilled } from './support/injection.ts'
import { testWith } from './support/machine.ts'
import { type Ended, Scratch, inTurns, runDesk, tradingDesk } from './support/program.ts'
import { Tally } from './support/tally.ts'
import { logOf, lostSince, standingOf, tamperingIn } from './support/world.ts'

const scratch = new Scratch()
const traced = testWith('tracing')
const boot = bootId() ?? ''
let trading = ''
let library: Readonly<Record<string, string>> = {}
beforeAll(async () => {
  trading = await tradingDesk(scratch)
  library = addRunbooks({ dir: scratch.copyOf(trading) }, { told })
})
afterAll(() => {
  scratch.remove()
})

/** It says something that can be taken back, and then waits for a person. */
const told = `  - id: tell
    title: Say that it begins
    do: notify.post
    with: { channel: on-call, text: It begins }
    undo: { do: notify.post, with: { channel: on-call, text: It did not happen } }
  - id: look
    title: Somebody looks
    attest: { role: oncall, ask: Is it well? }`

type Env = Readonly<Record<string, string>>
interface Command {
  readonly title: string
  /** Standings before it, after it, and on the way. */
  readonly may: readonly [before: string, after: string, ...between: readonly string[]]
  /** Makes the template ready; answers what is typed, and by whom. */
  readonly prepare: (stateDir: string) => Promise<{ readonly args: readonly string[]; readonly env: Env }>
  /** A permission whose directory cannot be synced is taken back, and only people give it again. */
  readonly losesByErrors?: true
  /** What it leaves behind at the most, by a word in the messages that were sent. */
  readonly messages?: Readonly<Record<string, number>>
}

const commands: readonly Command[] = [
  {
    title: 'desk throttle',
    may: ['TRADING', 'TRADING AT 25 %', 'TRADING AT 50 %'],
    prepare: () => Promise.resolve({ args: ['throttle', '25'], env: {} }),
  },
  {
    title: 'desk promote',
    may: ['TRADING AT 25 %', 'TRADING', 'TRADING AT 50 %'],
    prepare: async (stateDir) => {
      await must(stateDir, 0, ['throttle', '25'])
      const env = { DESK_NOW: '2026-11-23T16:10:00-05:00' }
      const asked = await must(stateDir, 0, ['promote', '--confirm', 'paper'], env)
      const args = ['promote', /promote-[0-9a-z]{26}/.exec(asked)?.[0] ?? '', '--confirm', 'paper']
      return { args, env: { ...env, DESK_OPERATOR: 'risk' } }
    },
  },
  {
    title: 'a start after a reboot',
    may: ['HALTED', 'TRADING', 'TRADING AT 25 %', 'TRADING AT 50 %', 'CLOSE-ONLY'],
    losesByErrors: true,
    prepare: (stateDir) => {
      const dir = join(stateDir, 'permit')
      for (const name of readdirSync(dir))
        renameSync(join(dir, name), join(dir, name.replace(boot, '99999999-1111-2222-3333-444444444444')))
      return Promise.resolve({ args: ['runbook', 'startup'], env: {} })
    },
  },
  {
    title: 'desk run undo',
    may: ['TRADING', 'TRADING'],
    prepare: async (stateDir) => ({ args: ['run', 'undo', await waiting(stateDir)], env: library }),
    messages: { 'It begins': 1, 'It did not happen': 1 },
  },
  {
    title: 'desk run handover',
    may: ['TRADING', 'TRADING'],
    prepare: async (stateDir) => {
      const run = await waiting(stateDir)
      await must(stateDir, 3, ['run', 'handover', run, '--to', 'risk', '--reason', 'end of shift'], library)
      return { args: ['run', 'handover', run], env: { ...library, DESK_OPERATOR: 'risk' } }
    },
    messages: { 'It begins': 1, 'It did not happen': 0 },
  },
]

async function must(stateDir: string, exit: number, args: readonly string[], env: Env = {}): Promise<string> {
  const { code, stdout, stderr } = await runDesk(stateDir, args, { env })
  if (code !== exit) throw new Error(`desk ${args.join(' ')} ended with ${String(code)}\n${stdout}${stderr}`)
  return stdout + stderr
}
async function waiting(stateDir: string): Promise<string> {
  const said = await must(stateDir, 3, ['runbook', 'told'], library)
  return /run-[0-9a-z]{26}/.exec(said)?.[0] ?? ''
}
const countOf = (stateDir: string, words: string): number =>
  readFileSync(join(stateDir, 'paper', 'outbox.json'), 'utf8').split(`"text":"${words}"`).length - 1

traced.each(commands)('$title, killed and refused', async (command) => {
  const { may, messages = {} } = command
  const [before, after] = may
  const template = scratch.copyOf(trading)
  const { args, env } = await command.prepare(template)
  const whole = scratch.copyOf(template)
  const { code: exit } = await runDesk(whole, args, { env })
  expect([standingOf(template), standingOf(whole)]).toEqual([before, after])
  for (const [words, times] of Object.entries(messages)) expect([words, countOf(whole, words)]).toEqual([words, times])
  const points = await pointsOf(scratch.copyOf(template), args, env)
  const tally = new Tally(command.title)

  const lookAt = async (stateDir: string, ended: Ended, name: string, mayLose = false): Promise<void> => {
    const say = tally.at(name)
    const reached = standingOf(stateDir)
    if (!may.includes(reached)) say('resurrected', `it is ${reached}`)
    if (ended.code === exit && reached !== after && !mayLose) say('lost', `it ended well and is ${reached}`)
    const log = logOf(stateDir)
    const again = await runDesk(stateDir, args, { env })
    if (again.code === 70 || again.code === null) say('wrong', `typed again: ${again.stdout}${again.stderr}`)
    const then = standingOf(stateDir)
    if (!may.includes(then)) say('resurrected', `typed again it is ${then}`)
    if (again.code === exit && then !== after && !mayLose) say('lost', `typed again it ended well and is ${then}`)
    for (const [words, times] of Object.entries(messages))
      if (countOf(stateDir, words) > times) say('replayed', `${words}: ${String(countOf(stateDir, words))} times`)
    for (const segment of lostSince(log, stateDir)) say('lost', `from ${segment}`)
    for (const problem of tamperingIn(stateDir)) say('lost', problem)
    const kill = await runDesk(stateDir, ['kill'], { env })
    if (kill.code !== 0 || standingOf(stateDir) !== 'HALTED') say('resurrected', `desk kill: ${String(kill.code)}`)
    scratch.discard(stateDir)
  }
  await inTurns(sample(points, 5), 2, async (point) => {
    const stateDir = scratch.copyOf(template)
    const ended = await killedAt(stateDir, args, point, env)
    tally.tried++
    if (wasKilled(ended)) tally.hit++
    await lookAt(stateDir, ended, `SIGKILL at ${nameOf(point)}`)
  })
  const kills = tally.hit
  const refusable = points.filter(({ call }) => call !== 'rmdir')
  await inTurns(refusals(refusable, 3), 2, async (refusal) => {
    const stateDir = scratch.copyOf(template)
    const ended = await refusedAt(stateDir, args, refusal, env)
    tally.tried++
    if (ended.code !== exit) tally.hit++
    await lookAt(stateDir, ended, `${refusal.errno} at ${nameOf(refusal.point)}`, command.losesByErrors)
  })
  tally.print(points.length + 2 * refusable.length)
  expect(tally.all()).toEqual([])
  expect(kills).toBeGreaterThan(0)
})
