/**
 * A release, killed or refused at system calls that change the disk: a half of it never gives more than people decided, a halt that comes
 * afterwards voids what is left of it, and what it wrote stays written.
 */
import { afterAll, beforeAll, expect } from 'vitest'
import { killedAt, nameOf, pointsOf, refusals, refusedAt, sample, wasKilled } from './support/injection.ts'
import { testWith } from './support/machine.ts'
import { type Ended, Scratch, inTurns, runDesk, tradingDesk } from './support/program.ts'
import { afterwards, askForRelease } from './support/release.ts'
import { type Harm, Tally } from './support/tally.ts'
import { logOf, lostSince, standingOf, tamperingIn } from './support/world.ts'

const scratch = new Scratch()
const traced = testWith('tracing')
const env = { ...afterwards, DESK_OPERATOR: 'risk' }
let halted = ''
let approve: readonly string[] = []
beforeAll(async () => {
  halted = await tradingDesk(scratch)
  approve = ['unlock', 'approve', await askForRelease(halted), '--confirm', 'paper']
  const alone = scratch.copyOf(halted)
  expect([(await runDesk(alone, approve, { env })).code, standingOf(alone)]).toEqual([0, released])
})
afterAll(() => {
  scratch.remove()
})

const released = 'TRADING AT 25 %'
const isDone = ({ stdout }: Ended): boolean => stdout.startsWith(`paper ${released}`)

async function lookAt(stateDir: string, ended: Ended, say: (harm: Harm, what: string) => void): Promise<boolean> {
  const reached = standingOf(stateDir)
  if (isDone(ended) && reached !== released) say('lost', `it said ${released} and is ${reached}`)
  if (reached !== released && reached !== 'HALTED') say('resurrected', `it is ${reached}`)
  const before = logOf(stateDir)

  // Approved again: the same release goes through, or is refused, and nothing beyond it.
  const again = scratch.copyOf(stateDir)
  const second = await runDesk(again, approve, { env })
  if (![0, 2, 4].includes(second.code ?? -1))
    say('wrong', `approved again it ended with ${String(second.code)}: ${second.stderr}`)
  const then = standingOf(again)
  if (then !== (second.code === 0 ? released : reached)) say('resurrected', `approved again it is ${then}`)
  for (const segment of lostSince(before, again)) say('lost', `from ${segment}`)
  scratch.discard(again)

  // Halted: what is left of it counts no more.
  const kill = await runDesk(stateDir, ['kill'], { env: afterwards })
  if (kill.code !== 0 || standingOf(stateDir) !== 'HALTED') say('wrong', `desk kill ended with ${String(kill.code)}`)
  const late = await runDesk(stateDir, approve, { env })
  if (late.code === 0 || standingOf(stateDir) !== 'HALTED')
    say('resurrected', `after a halt the approval of before it ended with ${String(late.code)}`)
  for (const segment of lostSince(before, stateDir)) say('lost', `from ${segment}`)
  for (const problem of tamperingIn(stateDir)) say('lost', problem)
  return reached === released
}

traced('a release, killed', async () => {
  const all = await pointsOf(scratch.copyOf(halted), approve, env)
  const tally = new Tally('desk unlock approve, killed')
  let granted = 0
  const points = sample(all, 24)
  await inTurns(points, 2, async (point) => {
    const stateDir = scratch.copyOf(halted)
    const ended = await killedAt(stateDir, approve, point, env)
    tally.tried++
    if (wasKilled(ended)) tally.hit++
    if (await lookAt(stateDir, ended, tally.at(nameOf(point)))) granted++
    scratch.discard(stateDir)
  })
  tally.print(all.length, `; ${String(granted)} had come into force`)
  expect(tally.all()).toEqual([])
  expect(tally.hit).toBeGreaterThan(points.length * 0.8)
  // Before and after its commit.
  expect(granted).toBeGreaterThan(0)
  expect(granted).toBeLessThan(tally.tried)
})

traced('a release on a disk that fails once', async () => {
  const all = (await pointsOf(scratch.copyOf(halted), approve, env)).filter(({ call }) => call !== 'rmdir')
  const tally = new Tally('desk unlock approve, refused')
  const codes = new Map<number | null, number>()
  const cases = refusals(all, 24)
  await inTurns(cases, 2, async (refusal) => {
    const stateDir = scratch.copyOf(halted)
    const ended = await refusedAt(stateDir, approve, refusal, env)
    tally.tried++
    codes.set(ended.code, (codes.get(ended.code) ?? 0) + 1)
    if (ended.code !== 0) tally.hit++
    const say = tally.at(`${refusal.errno} ${nameOf(refusal.point)}`)
    if (ended.code === 0 && standingOf(stateDir) !== released) say('lost', 'it ended with 0 and nothing is released')
    // Node itself gives up where its own pipes fail, and says so.
    if (ended.signal !== 'SIGABRT' && ![0, 1, 2, 4, 69, 73].includes(ended.code ?? -1))
      say('wrong', `ended with ${String(ended.code)}: ${ended.stdout.slice(-300)}${ended.stderr.slice(-300)}`)
    await lookAt(stateDir, ended, say)
    scratch.discard(stateDir)
  })
  const counted = [...codes].map(([code, times]) => `${String(times)} ended ${String(code)}`).join(', ')
  tally.print(2 * all.length, `; ${counted}`)
  expect(tally.all()).toEqual([])
})
