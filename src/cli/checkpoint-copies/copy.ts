/** Checkpoints where this host's owner cannot quietly rewrite them: each note that a place lacks is brought there, with the key beside it. */
import type { Copied, Kept } from './copied.ts'
import { copyToFolder } from './folder.ts'
import { copyToGit } from './git.ts'

/** `to`: as configured. Never throws for what a place is like. */
export const copyCheckpoints = (to: string, kept: Kept, now: Date): Promise<Copied> =>
  to.startsWith('git+') ? copyToGit(to, kept, now) : Promise.resolve(copyToFolder(to, kept))
