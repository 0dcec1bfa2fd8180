/**
 * Halting costs nothing and is done for every request at once; what follows it takes seconds and records. Of requests with the same words
 * one is finished at a time: those that come meanwhile share the next turn, so that a flood of halts fills no disk.
 */
import type { Halted } from '../kill/halt-now.ts'

type Finish<T> = (halted: readonly Halted[]) => Promise<T>
export interface SharedFinish<T> {
  /** `words` tells requests apart that cannot share. */
  readonly finish: (words: string, halted: readonly Halted[], act: Finish<T>) => Promise<T>
  /** Resolves once nothing is left to be finished. */
  readonly settled: () => Promise<void>
}
interface Turn<T> {
  readonly running: Promise<T>
  waiting?: { halted: readonly Halted[]; readonly answer: Promise<T> }
}

export function sharingFinish<T>(): SharedFinish<T> {
  const turns = new Map<string, Turn<T>>()
  const start = (words: string, halted: readonly Halted[], act: Finish<T>): Promise<T> => {
    const turn: Turn<T> = { running: act(halted) }
    turns.set(words, turn)
    const over = (): void => {
      if (turns.get(words) === turn && turn.waiting === undefined) turns.delete(words)
    }
    turn.running.then(over, over)
    return turn.running
  }
  const finish: SharedFinish<T>['finish'] = (words, halted, act) => {
    const turn = turns.get(words)
    if (turn === undefined) return start(words, halted, act)
    if (turn.waiting !== undefined) {
      turn.waiting.halted = together(turn.waiting.halted, halted)
      return turn.waiting.answer
    }
    const next = (): Promise<T> => start(words, turn.waiting?.halted ?? halted, act)
    turn.waiting = { halted, answer: turn.running.then(next, next) }
    return turn.waiting.answer
  }
  return {
    finish,
    settled: async () => {
      while (turns.size > 0) await Promise.allSettled([...turns.values()].map(({ running }) => running))
    },
  }
}

/** Of two halts of one desk the one that changed something is told, unless the later one failed. */
function together(earlier: readonly Halted[], later: readonly Halted[]): readonly Halted[] {
  const byDesk = new Map(earlier.map((each) => [each.engaged.desk.stateDir, each]))
  for (const each of later) {
    const before = byDesk.get(each.engaged.desk.stateDir)
    if (before === undefined || before.engaged.already || !each.engaged.halted)
      byDesk.set(each.engaged.desk.stateDir, each)
  }
  return [...byDesk.values()]
}
