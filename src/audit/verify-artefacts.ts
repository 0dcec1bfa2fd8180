/** Whether what records refer to by hash is still there, unchanged. */
import { getArtefact } from './artefact.ts'
import type { Reference } from './references.ts'
import type { SegmentProblem } from './segment-read.ts'

export function findLostArtefacts(stateDir: string, references: readonly Reference[]): SegmentProblem[] {
  const states = new Map<string, 'content' | 'missing' | 'changed'>()
  const problems: SegmentProblem[] = []
  for (const { segment, seq, hash } of references) {
    const state = states.get(hash) ?? getArtefact(stateDir, hash).kind
    states.set(hash, state)
    if (state === 'content') continue
    problems.push({
      segment,
      seq,
      line: seq + 1,
      code: `artefact-${state}`,
      message: `artefacts/${hash} is ${state === 'missing' ? 'gone' : 'not what was stored'}`,
    })
  }
  return problems
}
