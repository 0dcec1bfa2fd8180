/** A halt against rivals, round after round, each a process of the built program on a desk of its own. */
import { cp, rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { type Ended, type Scratch, inTurns, runDesk } from './program.ts'
import { standingOf, tamperingIn } from './world.ts'

export interface Rival {
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** After the round has begun; `haltMs`: about when the halt starts. */
  readonly startMs: (round: number, haltMs: number) => number
  /** Whether an answer says that something came of it. */
  readonly isDone: (ended: Ended) => boolean
}
export interface ContestPlan {
  readonly rounds: number
  /** Of each round a copy. */
  readonly template: string
  /** The first one loosens: the halt is aimed at the moment at which it is granted. */
  readonly rivals: readonly [Rival, ...Rival[]]
  /** How long the first rival lives when it is alone. */
  readonly aimMs: number
  readonly killEnv: Readonly<Record<string, string>>
}
export interface RivalCount {
  /** Came before the halt. */
  done: number
  /** Was alive when the halt was acknowledged. */
  overlapped: number
  /** By its exit code, and by the code of its error. */
  readonly ends: Map<string, number>
}
export interface Contested {
  readonly rounds: number
  readonly rivals: ReadonlyMap<string, RivalCount>
  /** What was wrong, round by round: a halt that failed or was undone, a log that does not verify. */
  readonly wrong: readonly string[]
}

/** A halt waits for half a second to see whether orders turn up, so this many rounds keep two processors busy. */
const roundsAtOnce = 5
const soonestMs = 10
const latestMs = 2000
const stepFactor = 1.1

/**
 * Later after a round in which the rival found the desk halted when it came to look, sooner after one in which it was granted, so that the
 * halt hovers at the moment between looking and granting, however busy the machine is.
 */
class Aim {
  #centreMs: number
  constructor(firstMs: number) {
    this.#centreMs = firstMs
  }
  /** A quarter of it sooner to a quarter later. */
  startMs(round: number): number {
    return this.#centreMs * (0.75 + ((round * 7) % 25) / 48)
  }
  learn(rival: Ended): void {
    const factor = rival.code === 0 ? 1 / stepFactor : foundHalted.has(errorOf(rival)) ? stepFactor : 1
    this.#centreMs = Math.min(latestMs, Math.max(soonestMs, this.#centreMs * factor))
  }
}
const foundHalted = new Set(['halted', 'other-halt', 'older-than-halt'])
const errorOf = ({ stdout }: Ended): string => /"error":\{"code":"([^"]+)"/.exec(stdout)?.[1] ?? 'ok'

export async function contest(scratch: Scratch, plan: ContestPlan): Promise<Contested> {
  const aim = new Aim(plan.aimMs)
  const rivals = new Map<string, RivalCount>(
    plan.rivals.map(({ name }) => [name, { done: 0, overlapped: 0, ends: new Map() }]),
  )
  const wrong: string[] = []
  const all = Array.from({ length: plan.rounds }, (_, round) => round)
  await inTurns(all, roundsAtOnce, async (round) => {
    const stateDir = scratch.fresh()
    await cp(plan.template, stateDir, { recursive: true })
    const complain = (what: string): void => void wrong.push(`round ${String(round)}: ${what}`)
    const mustBeHalted = (when: string): void => {
      const standing = standingOf(stateDir)
      if (standing !== 'HALTED') complain(`${standing} ${when}`)
    }
    const haltMs = aim.startMs(round)
    const started = plan.rivals.map(async ({ args, env, startMs }) => {
      await pause(startMs(round, haltMs))
      return runDesk(stateDir, [...args, '--json'], { env })
    })
    await pause(haltMs)
    const onFirstWord = (): void => {
      mustBeHalted('when the halt was acknowledged')
    }
    const [killed, ...ended] = await Promise.all([
      runDesk(stateDir, ['kill'], { env: plan.killEnv, onFirstWord }),
      ...started,
    ])
    if (killed.code !== 0 || !killed.stdout.startsWith('HALTED paper\n'))
      complain(`desk kill ended with ${String(killed.code)}: ${killed.stdout}${killed.stderr}`)
    mustBeHalted('when everybody had ended')
    for (const each of tamperingIn(stateDir)) complain(each)
    plan.rivals.forEach(({ name, isDone }, i) => {
      const [count, its] = [rivals.get(name), ended[i]]
      if (count === undefined || its === undefined) throw new Error(`${name} never ended`)
      if (isDone(its)) count.done++
      tally(count, its, killed.saidMs ?? Infinity)
    })
    if (ended[0] !== undefined) aim.learn(ended[0])
    await rm(stateDir, { recursive: true })
  })
  return { rounds: plan.rounds, rivals, wrong }
}

function tally(count: RivalCount, its: Ended, haltedMs: number): void {
  if (its.beganMs < haltedMs && haltedMs < its.endedMs) count.overlapped++
  const end = `${String(its.code)} ${errorOf(its)}`
  count.ends.set(end, (count.ends.get(end) ?? 0) + 1)
}
