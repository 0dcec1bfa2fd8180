/**
 * Kills the program at system calls that change the disk, lets it go on, and looks whether anything is lost, done twice or back in force.
 * Named regressions: a second start after `kill -9` places the order again; evidence written at the end is lost with the process.
 */
import { afterAll, beforeAll, expect } from 'vitest'
import { listRuns } from '../../src/audit/runs.ts'
import type { FaultId } from '../../src/adapters/paper/faults.ts'
import { setFault } from '../../src/adapters/paper/switch-fault.ts'
import { type Point, killedAt, nameOf, pointsOf, sample, wasKilled } from './support/injection.ts'
import { Tally } from './support/tally.ts'
import { testWith } from './support/machine.ts'
import { type Ended, Scratch, inTurns, now, runDesk, tradingDesk } from './support/program.ts'
import { bootId } from '../../src/killswitch/gate.ts'
import { logOf, lostSince, type World, differences, standingOf, tamperingIn, worldOf } from './support/world.ts'

interface Journey {
  readonly title: string
  readonly fault?: FaultId
  /** What parks the run that `args` take up: a `<run>` in them is its id. */
  readonly parked?: readonly string[]
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
  {
    title: 'a parked tree that is continued and halts',
    fault: 'status-red',
    parked: ['tree', 'no-fills'],
    args: ['run', 'continue', '<run>', '--act'],
    flags: ['--act'],
    exit: 3,
    most: 24,
  },
]
const boot = bootId() ?? ''
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
  if (journey.parked !== undefined) expect((await runDesk(template, journey.parked)).code).toBe(3)
  const parked = runOf(template)?.run ?? '<run>'
  const args = journey.args.map((arg) => (arg === '<run>' ? parked : arg))
  const whole = scratch.copyOf(template)
  expect((await runDesk(whole, args)).code).toBe(journey.exit)
  const expected = worldOf(whole)
  const all = await pointsOf(scratch.copyOf(template), args)
  const points = sample(all, journey.most)
  const tally = new Tally(journey.title)
  await inTurns(points, 2, async (point) => {
    const stateDir = scratch.copyOf(template)
    const ended = await killedAt(stateDir, args, point)
    tally.tried++
    if (wasKilled(ended)) tally.hit++
    await takeUp(stateDir, { ...journey, args }, point, ended, expected, tally)
    scratch.discard(stateDir)
  })
  tally.print(all.length)
  expect(tally.all()).toEqual([])
  expect(tally.hit).toBeGreaterThan(points.length * 0.8)
})

/** The run that is not the one with which the desk came into being. */
const runOf = (stateDir: string): ReturnType<typeof listRuns>[number] | undefined =>
  listRuns(stateDir).find((each) => each.run !== first)

async function takeUp(
  stateDir: string,
  journey: Journey,
  point: Point,
  ended: Ended,
  expected: World,
  tally: Tally,
): Promise<void> {
  const say = tally.at(nameOf(point))
  if (/ done +halt /.test(ended.stdout) && standingOf(stateDir) !== 'HALTED')
    say('resurrected', 'a halt was acknowledged and is not in force')
  const before = logOf(stateDir)
  const reached = standingOf(stateDir)
  if (wasKilled(ended)) {
    const run = runOf(stateDir)
    const args = run === undefined ? journey.args : ['run', 'continue', run.run, ...journey.flags]
    const again = run?.state === 'closed' ? ended : await runDesk(stateDir, args)
    if (again !== ended && again.code !== journey.exit)
      say(
        'wrong',
        `taken up it ended with ${String(again.code)}: ${again.stdout.slice(-400)}${again.stderr.slice(0, 400)}`,
      )
  }
  const open = openRuns((await runDesk(stateDir, ['run', 'list', '--json'])).stdout)
  if (open.length !== (journey.exit === 3 ? 1 : 0) || open.some(({ gone }) => gone === true))
    say('wrong', `runs are left open: ${JSON.stringify(open)}`)
  const verified = await runDesk(stateDir, ['audit', 'verify'])
  if (verified.code !== 0) say('lost', `audit verify ended with ${String(verified.code)}: ${verified.stdout}`)
  if (reached === 'HALTED' && standingOf(stateDir) !== 'HALTED') say('resurrected', 'permission came back')
  for (const segment of lostSince(before, stateDir)) say('lost', `from ${segment}`)
  for (const problem of tamperingIn(stateDir)) say('lost', problem)
  for (const each of differences(worldOf(stateDir), expected)) say('replayed', each)
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

traced.each([
  ['desk kill', ['--reason', 'drill']],
  ['desk kill of one venue', ['--scope', 'venue:primary', '--reason', 'drill']],
  ['desk kill with --flatten', ['--flatten', '--reason', 'drill']],
] as const)('%s, killed itself and typed again', async (title, words) => {
  const kill = ['kill', ...words]
  const isPart = words[0] === '--scope'
  const isClosed = (stateDir: string): boolean =>
    isPart ? !worldOf(stateDir).permit.includes(`venue=primary@${boot}`) : standingOf(stateDir) === 'HALTED'
  const all = await pointsOf(scratch.copyOf(trading), kill)
  const points = sample(all, 25)
  const tally = new Tally(title)
  let silent = 0
  await inTurns(points, 2, async (point) => {
    const say = tally.at(nameOf(point))
    const stateDir = scratch.copyOf(trading)
    const ended = await killedAt(stateDir, kill, point)
    tally.tried++
    if (wasKilled(ended)) tally.hit++
    const halted = isClosed(stateDir)
    if (ended.stdout.startsWith('HALTED ') && !halted) say('resurrected', 'it said HALTED and is not')
    const before = logOf(stateDir)
    // Whatever looks next puts a halt on record that its own process could not.
    const looked = await runDesk(stateDir, ['unlock', 'status', '--json'])
    if (halted && looked.code !== 0) say('wrong', `unlock status ended with ${String(looked.code)}: ${looked.stderr}`)
    if (halted && !/"halts":\[\{/.test(looked.stdout)) say('lost', `a halt that nobody can find: ${looked.stdout}`)
    if (halted && !isClosed(stateDir)) say('resurrected', 'permission came back')
    if (halted && ended.stdout === '') silent++
    const again = await runDesk(stateDir, kill)
    if (again.code !== 0 || !again.stdout.startsWith('HALTED paper'))
      say('wrong', `again it ended with ${String(again.code)}: ${again.stdout}${again.stderr}`)
    if (!isClosed(stateDir)) say('resurrected', 'typed again it does not halt')
    for (const segment of lostSince(before, stateDir)) say('lost', `from ${segment}`)
    for (const problem of tamperingIn(stateDir)) say('lost', problem)
    scratch.discard(stateDir)
  })
  tally.print(all.length, `; ${String(silent)} halts stood before they could say so`)
  expect(tally.all()).toEqual([])
  expect(tally.hit).toBeGreaterThan(points.length * 0.8)
  expect(silent).toBeGreaterThan(0)
})
