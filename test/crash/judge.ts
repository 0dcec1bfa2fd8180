/** Shows every state that a crash can leave to a judge, and counts. */
import { stdout } from 'node:process'
import { memory } from './memory.ts'
import type { CrashState, Extent, Recording } from './recording.ts'

/** What must never be. */
export type Harm = 'lost' | 'resurrected' | 'repeated' | 'wrong'
export interface Judgement {
  readonly tried: number
  readonly wrong: readonly string[]
}
export type Judge = (state: CrashState, say: (harm: Harm, what: string) => void) => Promise<void> | void

/** A judge finds the state on the disk and may change it. */
export async function judgeAll(title: string, recording: Recording, extent: Extent, judge: Judge): Promise<Judgement> {
  const found: { readonly harm: Harm; readonly what: string }[] = []
  let tried = 0
  for (const state of recording.states(extent)) {
    tried++
    memory.load(state.tree)
    const judged = judge(state, (harm, what) => {
      found.push({ harm, what: `${harm} after call ${String(state.after)} (${state.notes.join(', ')}): ${what}` })
    })
    if (judged !== undefined) await judged
  }
  const count = (harm: Harm): string => String(found.filter((each) => each.harm === harm).length)
  stdout.write(
    `${title}: ${String(tried)} of ${String(recording.possible)} crash states; lost ${count('lost')}, ` +
      `resurrected ${count('resurrected')}, repeated ${count('repeated')}, otherwise wrong ${count('wrong')}\n`,
  )
  return { tried, wrong: found.map(({ what }) => what) }
}
