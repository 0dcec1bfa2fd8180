/** Checkpoints where this host's owner cannot quietly rewrite them: each note that a place lacks is brought there, with the key beside it. */
import type { StoredNote } from '../../audit/checkpoint.ts'
import { copyToFolder } from './folder.ts'
import { copyToGit } from './git.ts'

export interface Kept {
  readonly notes: readonly StoredNote[]
  /** Content of `key.pub`. */
  readonly publicKey: string
}
export type Copied =
  | { readonly kind: 'copied'; readonly to: string; readonly notes: number }
  /** Nobody knows what lies there now; the next checkpoint tries again. */
  | { readonly kind: 'unreachable'; readonly to: string; readonly reason: string }
  /** What lies there is not ours: another key, or another note under the same name. */
  | { readonly kind: 'differs'; readonly to: string; readonly reason: string }

/** `to`: as configured. Never throws for what a place is like. */
export const copyCheckpoints = (to: string, kept: Kept, now: Date): Promise<Copied> =>
  to.startsWith('git+') ? copyToGit(to, kept, now) : Promise.resolve(copyToFolder(to, kept))
