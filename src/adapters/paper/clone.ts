/** A throwaway copy of the paper desk, for simulations, demonstrations and tests. */
import { ensureDirectory } from '../../disk/directory.ts'
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { configLock } from './config/repository.ts'
import { messageOf, PaperFailure } from './failure.ts'
import { exclusivelyAsync, paperDir } from './store.ts'

/**
 * Copies the paper world of one state directory into another, which must have none. Locks stay behind. A paper world that was never
 * written has nothing to copy: the copy starts from the same seed.
 */
export async function clonePaper(stateDir: string, toDir: string, now: () => Date): Promise<void> {
  const from = paperDir(stateDir)
  const to = paperDir(toDir)
  if (existsSync(to)) throw new PaperFailure('paper-refused', `${to} is there already`)
  if (!existsSync(from)) return
  const locks = join(from, 'locks')
  // Files of components are replaced whole; only the repository needs to stand still.
  await exclusivelyAsync({ stateDir, now }, configLock, () => {
    try {
      ensureDirectory(toDir)
      cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => path !== locks })
    } catch (error) {
      throw new PaperFailure('paper-disk', `${from} cannot be copied: ${messageOf(error)}`)
    }
    return Promise.resolve()
  })
}
