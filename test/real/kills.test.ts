/**
 * Kills the program at system calls that change the disk, lets it go on, and looks whether anything is lost, done twice or back in force.
 * Named regressions: a second start after `kill -9` places the order again; evidence written at the end is lost with the process.
 */
import { stdout } from 'node:process'
import { afterAll, beforeAll, expect } from 'vitest'
import { listRuns } from '../../src/audit/runs.ts'
import type { FaultId } from '../../src/adapters/paper/faults.ts'
import { setFault } from '../../src/adapters/paper/switch-fault.ts'
import { type Point, killedAt, nameOf, pointsOf, sample, wasKilled } from './support/injection.ts'
import { testWith } from './support/machine.ts'
import { type Ended, Scratch, inTurns, now, runDesk, tradingDesk } from './support/program.ts'
import { logOf, lostSince, type World, differences, standingOf, tamperingIn, worldOf } from './support/world.ts'

interface Journey {
  readonly title: string
  readonly fault?: FaultId
  readonly args: readonly string[]
  /** What takes it up again where a run is open. */
  readonly flags: readonly string[]
  /** How it ends when nothing disturbs it. */
  readonly exit: number
  readonly most: number
}
const halts: Journey = {
  title: 'a tree that halts',
  fault: 'status-red',
  args: ['tree', 'no-fills', '--act'],
  flags: ['--act'],
  exit: 3,
  most: 24,
}
const journeys: readonly Journey[] = [
  halts,
  {
    title: 'a tree that reverts a commit and sends a test lot',
    fault: 'bad-lots',
    args: ['tree', 'no-fills', '--act'],
    flags: ['--act'],
    exit: 0,
    most: 24,
  },
  {
    title: 'a reconciliation that adjusts the book',
    fault: 'acks-lost',
    args: ['runbook', 'reconciliation', '--answer', 'classify=right'],
    flags: ['--answer', 'classify=right'],
    exit: 0,
    most: 24,
  },
]
const scratch = new Scratch()
const traced = testWith('tracing')
let trading = ''
/** The run with which that desk came into being. */
let first = ''
beforeAll(async () => {
  trading = await tradingDesk(scratch)
  first = listRuns(trading)[0]?.run ?? ''
})
afterAll(() => {
  scratch.remove()
})

traced.each(journeys)('$title, killed and taken up again', async (journey) => {
  const template = scratch.copyOf(trading)
  if (journey.fault !== undefined) await setFault({ stateDir: template, now: () => new Date(now) }, journey.fault, true)
  const whole = scratch.copyOf(template)
  expect((await runDesk(whole, journey.args)).code).toBe(journey.exit)
  const expected = worldOf(whole)
  const all = await pointsOf(scratch.copyOf(template), journey.args)
  const points = sample(all, journey.most)
  const wrong: string[] = []
  let killed = 0
  await inTurns(points, 2, async (point) => {
    const stateDir = scratch.copyOf(template)
    const ended = await killedAt(stateDir, journey.args, point)
    if (wasKilled(ended)) killed++
    wrong.push(...(await takeUp(stateDir, journey, point, ended, expected)))
    scratch.discard(stateDir)
  })
  stdout.write(
    `${journey.title}: ${String(points.length)} of ${String(all.length)} points, killed at ${String(killed)}, wrong ${String(wrong.length)}\n`,
  )
  expect(wrong).toEqual([])
  expect(killed).toBeGreaterThan(points.length * 0.8)
})

async function takeUp(
  stateDir: string,
  journey: Journey,
  point: Point,
  ended: Ended,
  expected: World,
): Promise<readonly string[]> {
  const wrong: string[] = []
  const say = (what: string): void => {
    wrong.push(`${nameOf(point)}: ${what}`)
  }
  if (/ done +halt /.test(ended.stdout) && standingOf(stateDir) !== 'HALTED')
    say('a halt was acknowledged and is not in force')
  const before = logOf(stateDir)
  const reached = standingOf(stateDir)
  if (wasKilled(ended)) {
    const [run] = listRuns(stateDir).filter((each) => each.run !== first)
    const args = run === undefined ? journey.args : ['run', 'continue', run.run, ...journey.flags]
    const again = run?.state === 'closed' ? ended : await runDesk(stateDir, args)
    if (again !== ended && again.code !== journey.exit)
      say(`taken up it ended with ${String(again.code)}: ${again.stdout.slice(-400)}${again.stderr.slice(0, 400)}`)
  }
  const open = openRuns((await runDesk(stateDir, ['run', 'list', '--json'])).stdout)
  if (open.length !== (journey.exit === 3 ? 1 : 0) || open.some(({ gone }) => gone === true))
    say(`runs are left open: ${JSON.stringify(open)}`)
  const verified = await runDesk(stateDir, ['audit', 'verify'])
  if (verified.code !== 0) say(`audit verify ended with ${String(verified.code)}: ${verified.stdout}`)
  if (reached === 'HALTED' && standingOf(stateDir) !== 'HALTED') say('permission came back')
  for (const segment of lostSince(before, stateDir)) say(`lost from ${segment}`)
  for (const problem of tamperingIn(stateDir)) say(problem)
  wrong.push(...differences(worldOf(stateDir), expected).map((each) => `${nameOf(point)}: ${each}`))
  return wrong
}

interface Listed {
  readonly run: string
  readonly status: string
  readonly gone?: boolean
}
function openRuns(text: string): readonly Listed[] {
  const { runs } = JSON.parse(text) as { readonly runs: readonly Listed[] }
  return runs.filter(({ status }) => status === 'running' || status === 'waiting')
}

traced('desk kill, killed itself and typed again', async () => {
  const all = await pointsOf(scratch.copyOf(trading), ['kill', '--reason', 'drill'])
  const points = sample(all, 25)
  const wrong: string[] = []
  let killed = 0
  let silent = 0
  await inTurns(points, 2, async (point) => {
    const say = (what: string): void => {
      wrong.push(`${nameOf(point)}: ${what}`)
    }
    const stateDir = scratch.copyOf(trading)
    const ended = await killedAt(stateDir, ['kill', '--reason', 'drill'], point)
    if (wasKilled(ended)) killed++
    const halted = standingOf(stateDir) === 'HALTED'
    if (ended.stdout.includes('HALTED paper') && !halted) say('it said HALTED and is not')
    const before = logOf(stateDir)
    // Whatever looks next puts a halt on record that its own process could not.
    const looked = await runDesk(stateDir, ['unlock', 'status', '--json'])
    if (halted && looked.code !== 0) say(`unlock status ended with ${String(looked.code)}: ${looked.stderr}`)
    if (halted && !/"halts":\[\{/.test(looked.stdout)) say(`a halt that nobody can find: ${looked.stdout}`)
    if (halted && standingOf(stateDir) !== 'HALTED') say('permission came back')
    if (halted && ended.stdout === '') silent++
    const again = await runDesk(stateDir, ['kill'])
    if (again.code !== 0 || !again.stdout.startsWith('HALTED paper'))
      say(`again it ended with ${String(again.code)}: ${again.stderr}`)
    if (standingOf(stateDir) !== 'HALTED') say('typed again it does not halt')
    for (const segment of lostSince(before, stateDir)) say(`lost from ${segment}`)
    for (const problem of tamperingIn(stateDir)) say(problem)
    scratch.discard(stateDir)
  })
  stdout.write(
    `desk kill: ${String(points.length)} of ${String(all.length)} points, killed at ${String(killed)}, wrong ${String(wrong.length)}; ${String(silent)} halts stood before they could say so\n`,
  )
  expect(wrong).toEqual([])
  expect(killed).toBeGreaterThan(points.length * 0.8)
  expect(silent).toBeGreaterThan(0)
})
