/** Commands that act first put on record which runs lost their process, so that lists and the ledger agree with what is on disk. */
import type { Context } from './command.ts'
import { type Recovered, sealAbandoned } from '../audit/recovery.ts'
import { isAlive } from '../lock/liveness.ts'

/** Never throws: where the log cannot be written, the command's own first record says so with its exit code. */
export function recordDeaths(stateDir: string, { deps, io }: Pick<Context, 'deps' | 'io'>): readonly Recovered[] {
  try {
    return sealAbandoned(stateDir, isAlive, deps.now)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    io.err(`desk: what died without a last word could not be put on record: ${reason}\n`)
    return []
  }
}
