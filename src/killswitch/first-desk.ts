/** Makes sure that there is a paper desk. A fresh one may trade at full size, and its log begins with the record of that. */
import { existsSync } from 'node:fs'
import { newId } from '../audit/id.ts'
import { type Birth, createPaperDesk, tokensOfBirth } from './birth.ts'
import { openDecision } from './decide.ts'
import { noHistory } from './history.ts'
import type { Change, Means } from './record.ts'

export interface FirstDesk extends Pick<Birth, 'venues' | 'models'> {
  readonly by: string
  /** What else a desk begins with, written into the given directory while it still lies aside. */
  readonly furnish?: (stateDir: string) => void
}

/** The one state-changing thing that read-only commands do. Throws what the system refuses. */
export function ensurePaperDesk(stateDir: string, boot: string, desk: FirstDesk, means: Means): 'created' | 'exists' {
  if (existsSync(stateDir)) return 'exists'
  const id = newId('release', means.now, means.random)
  const { venues, models, by } = desk
  const reason = 'a fresh paper desk'
  const furnish = (aside: string): void => {
    const change: Change = {
      kind: 'born',
      scope: 'all',
      by,
      reason,
      tightens: [],
      grants: { id, tokens: tokensOfBirth(desk) },
      to: { size: 1, orderRate: 1 },
      base: { of: 0, history: noHistory },
    }
    openDecision(aside, id, { event: 'desk.born', data: change }, by, means).writer.close({ outcome: 'ok' })
    desk.furnish?.(aside)
  }
  return createPaperDesk(stateDir, {
    id,
    boot,
    venues,
    models,
    content: JSON.stringify({ grant: id, by, reason }),
    furnish,
  })
}
