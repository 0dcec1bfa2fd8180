/** Judges what a crash in the middle of a decision leaves. */
import { existsSync } from 'node:fs'
import { expect } from 'vitest'
import { notesDir } from '../../src/killswitch/discrepancy.ts'
import { adoptSilentHalt, inspectPermits } from '../../src/killswitch/inspect.ts'
import { inForce, permitDir } from '../../src/killswitch/permit.ts'
import { rearmAfterReboot } from '../../src/killswitch/startup.ts'
import { levelInForce } from '../../src/killswitch/throttle.ts'
import { readTrading } from '../../src/killswitch/trading.ts'
import { boot, freshDesk, type TestDesk } from '../killswitch/support.ts'
import { type Decision, earlierBoot, laterBoot, logOf } from './decisions.ts'
import { type Judge, type Judgement, judgeAll } from './judge.ts'
import { memory } from './memory.ts'
import type { Extent, Tree } from './recording.ts'

export interface Decided extends Judgement {
  /** How often permissions from before a reboot came into force again. */
  readonly rearmed: number
}
/** Of states in which nothing lies that could be taken up and should not, so many are taken up to see: one in this many. */
const seldom = 32

export async function crashDuring(decision: Decision, extent: Extent): Promise<Decided> {
  const { from, to, open = [true, true] } = decision
  const desk = freshDesk(undefined, memory.root)
  const { stateDir, means } = desk
  const id = (await decision.prepare?.(desk)) ?? ''
  const size = (of: string): number => levelInForce(stateDir, of).size
  const isOpen = (of: string): boolean => existsSync(inForce(permitDir(stateDir), 'venue=primary', of))
  expect([size(boot), isOpen(boot)]).toEqual([from, open[0]])
  memory.start(stateDir)
  await decision.decide(desk, id)
  memory.note('answered')
  expect([size(boot), isOpen(boot)]).toEqual([to, open[1]])
  const answered = logOf(stateDir)
  const recording = memory.stop()
  const isRecorded = decision.leaves === 'halt' && [...answered.keys()].some((name) => name.startsWith('halt-'))

  let count = 0
  let rearmed = 0
  const judge: Judge = async ({ notes, isWhole, tree }, say) => {
    const isAnswered = notes.includes('answered')
    if (isAnswered) {
      const log = logOf(stateDir)
      for (const [name, bytes] of answered)
        if (!(log.get(name)?.subarray(0, bytes.length).equals(bytes) ?? false)) say('lost', `records of ${name}`)
    }
    if (isWhole) await judgeSameBoot(decision, desk, tree, id, isAnswered, say)

    // The power was gone: another boot.
    if (size(laterBoot) !== 0 || isOpen(laterBoot)) say('resurrected', 'something is in force after a reboot')
    const most = isAnswered ? to : Math.max(from, to, ...(decision.between ?? []))
    const isOpenFor = isAnswered ? open[1] : open[0] || open[1]
    const stale = [boot, earlierBoot].some((of) => size(of) > most || (isOpen(of) && !isOpenFor))
    if (!stale && !isAnswered && count++ % seldom !== 0) return
    const again = await rearmAfterReboot(stateDir, laterBoot, 'oncall', means).catch(() => undefined)
    if (again?.kind === 'rearmed') rearmed++
    if (isAnswered) await decision.again?.(desk, id, laterBoot).catch(() => undefined)
    if (size(laterBoot) > most) say('resurrected', `taken up again at ${String(size(laterBoot))}`)
    if (isOpen(laterBoot) && !isOpenFor) say('resurrected', 'taken up again with the venue open')
    if (isAnswered && isRecorded && readTrading(stateDir, desk.clock.ms, laterBoot).halts.length === 0)
      say('lost', 'the halt, after a reboot')
  }
  const judged = await judgeAll(decision.title, recording, extent, judge)
  return { ...judged, rearmed }
}

/** The process died, the system did not. */
async function judgeSameBoot(
  decision: Decision,
  desk: TestDesk,
  tree: Tree,
  id: string,
  isAnswered: boolean,
  say: Parameters<Judge>[1],
): Promise<void> {
  const { from, to, between = [], open = [true, true] } = decision
  const { stateDir, means } = desk
  const size = levelInForce(stateDir, boot).size
  const isOpen = existsSync(inForce(permitDir(stateDir), 'venue=primary', boot))
  if (!(isAnswered ? [to] : [from, to, ...between]).includes(size)) say('wrong', `${String(size)} is in force`)
  if (!(isAnswered ? [open[1]] : open).includes(isOpen)) say('wrong', `the venue is ${isOpen ? 'open' : 'closed'}`)
  if (decision.leaves !== undefined && (size < from || (open[0] && !isOpen))) {
    memory.load(withDeadAuthors(tree, stateDir))
    adoptSilentHalt(stateDir, boot, means)
    const { halts, holds } = readTrading(stateDir, desk.clock.ms, boot)
    if (halts.length + (decision.leaves === 'hold' ? holds.length : 0) === 0) say('lost', 'what it took away')
  }
  // The judge of what is in force is the log: a grant that it does not know was nobody's decision.
  if (inspectPermits(stateDir, boot, means).kind === 'foreign') say('resurrected', 'in force and not on record')
  memory.load(tree)
  if (decision.ends === true) {
    await decision.decide(desk, id)
    if (existsSync(inForce(permitDir(stateDir), 'venue=primary', boot)) !== open[1]) say('lost', 'it ends nowhere')
  }
  if (isAnswered) await decision.again?.(desk, id, boot).catch(() => undefined)
  const then = levelInForce(stateDir, boot).size
  if (then > size) say('resurrected', `typed again it is ${String(then)}`)
  memory.load(tree)
}

/** Notes name the process that wrote them, and this one lives on. */
const withDeadAuthors = (tree: Tree, stateDir: string): Tree =>
  new Map(
    [...tree].map(([path, is]) => [
      path,
      is !== 'directory' && path.startsWith(`${notesDir(stateDir)}/`)
        ? Buffer.from(is.toString('latin1').replace(/"pid":\d+/, '"pid":999999999'), 'latin1')
        : is,
    ]),
  )
