/** The disk refuses a call, once: nothing is called done that is not on record, and halting goes on. */
import { afterAll, beforeAll, expect } from 'vitest'
import type { FaultId } from '../../src/adapters/paper/faults.ts'
import { setFault } from '../../src/adapters/paper/switch-fault.ts'
import { listRuns } from '../../src/audit/runs.ts'
import { nameOf, pointsOf, refusals, refusedAt } from './support/injection.ts'
import { testWith } from './support/machine.ts'
import { Scratch, inTurns, now, runDesk, tradingDesk } from './support/program.ts'
import { Tally } from './support/tally.ts'
import { differences, standingOf, tamperingIn, worldOf } from './support/world.ts'

const scratch = new Scratch()
const traced = testWith('tracing')
let trading = ''
beforeAll(async () => {
  trading = await tradingDesk(scratch)
})
afterAll(() => {
  scratch.remove()
})

/** A check failed, undetermined, waiting, unreachable, no log. */
const honest = [1, 2, 3, 69, 73]

interface Journey {
  readonly title: string
  readonly fault: FaultId
  /** Typed before, on a disk that is well; it parks the run that `<run>` stands for. */
  readonly parked?: readonly string[]
  readonly args: readonly string[]
  readonly exit: number
}
const journeys: readonly Journey[] = [
  { title: 'a tree that halts', fault: 'status-red', args: ['tree', 'no-fills', '--act'], exit: 3 },
  {
    title: 'a reconciliation',
    fault: 'acks-lost',
    args: ['runbook', 'reconciliation', '--answer', 'classify=right'],
    exit: 0,
  },
  {
    title: 'a parked tree that is continued and halts',
    fault: 'status-red',
    parked: ['tree', 'no-fills'],
    args: ['run', 'continue', '<run>', '--act'],
    exit: 3,
  },
  {
    title: 'a parked reconciliation that is continued',
    fault: 'acks-lost',
    parked: ['runbook', 'reconciliation'],
    args: ['run', 'continue', '<run>', '--answer', 'classify=right'],
    exit: 0,
  },
]

traced.each(journeys)('$title on a disk that fails once', async ({ title, fault, parked, args: words, exit }) => {
  const template = scratch.copyOf(trading)
  await setFault({ stateDir: template, now: () => new Date(now) }, fault, true)
  if (parked !== undefined) expect((await runDesk(template, parked)).code).toBe(3)
  const run = listRuns(template).at(-1)?.run ?? ''
  const args = words.map((word) => (word === '<run>' ? run : word))
  const whole = scratch.copyOf(template)
  expect((await runDesk(whole, args)).code).toBe(exit)
  const expected = worldOf(whole)
  const all = (await pointsOf(scratch.copyOf(template), args)).filter(({ call }) => call !== 'rmdir')
  const codes = new Map<number | null, number>()
  const tally = new Tally(`${title} on a disk that fails once`)
  await inTurns(refusals(all, 20), 2, async (refusal) => {
    const say = tally.at(`${refusal.errno} ${nameOf(refusal.point)}`)
    const stateDir = scratch.copyOf(template)
    const ended = await refusedAt(stateDir, args, refusal)
    tally.tried++
    if (ended.code !== exit) tally.hit++
    codes.set(ended.code, (codes.get(ended.code) ?? 0) + 1)
    // Some refusals are got over. Then everything is as it should be.
    if (ended.code === 0) for (const each of differences(worldOf(stateDir), expected)) say('replayed', each)
    // Node itself gives up where its own pipes fail, and says so.
    else if (ended.signal !== 'SIGABRT' && !honest.includes(ended.code ?? 0))
      say('wrong', `ended with ${String(ended.code)}: ${ended.stdout.slice(-300)}${ended.stderr.slice(-300)}`)
    for (const problem of tamperingIn(stateDir)) say('lost', problem)
    const halted = await runDesk(stateDir, ['kill'])
    if (standingOf(stateDir) !== 'HALTED' || halted.code !== 0)
      say('resurrected', `afterwards desk kill ended with ${String(halted.code)}: ${halted.stderr}`)
    scratch.discard(stateDir)
  })
  const counted = [...codes].map(([code, times]) => `${String(times)} ended ${String(code)}`).join(', ')
  tally.print(2 * all.length, `; ${counted}`)
  expect(tally.all()).toEqual([])
})

traced('desk kill halts whatever call is refused', async () => {
  const all = (await pointsOf(scratch.copyOf(trading), ['kill'])).filter(({ call }) => call !== 'rmdir')
  const tally = new Tally('desk kill on a disk that fails once')
  let unrecorded = 0
  await inTurns(refusals(all, 25), 2, async (refusal) => {
    const say = tally.at(`${refusal.errno} ${nameOf(refusal.point)}`)
    const stateDir = scratch.copyOf(trading)
    const ended = await refusedAt(stateDir, ['kill'], refusal)
    tally.tried++
    if (ended.code !== 0) tally.hit++
    if (standingOf(stateDir) !== 'HALTED') say('resurrected', 'not halted')
    // Node aborts where one of its own pipes is refused, which the numbering can hit. Halted it must be all the same.
    if (ended.signal !== 'SIGABRT' && ![0, 2, 69, 73].includes(ended.code ?? -1))
      say('wrong', `ended with ${String(ended.code)}: ${ended.stdout}${ended.stderr}`)
    if (ended.code === 73) {
      unrecorded++
      if (!ended.stderr.includes('not on record')) say('wrong', 'does not say that it is not on record')
    }
    for (const problem of tamperingIn(stateDir)) say('lost', problem)
    scratch.discard(stateDir)
  })
  tally.print(2 * all.length, `; ${String(unrecorded)} halts not on record`)
  expect(tally.all()).toEqual([])
  expect(unrecorded).toBeGreaterThan(0)
})
