/** `desk status`: the trading state in full. */
import type { Command } from '../command.ts'
import { tellStatus } from '../render/status-screen.ts'
import { readState } from '../settled-state.ts'
import { exitCodes } from '../../model/failure.ts'

export interface StatusOptions {
  readonly exitCode?: boolean
  readonly watch?: boolean
}
const watchEveryMs = 2000

export const run: Command<StatusOptions> = async (options, context) => {
  const { deps } = context
  for (;;) {
    const answer = tellStatus(await readState(context), context, options.exitCode === true)
    if (options.watch !== true) return answer
    await deps.sleep(watchEveryMs, deps.interrupted)
    if (deps.interrupted.aborted) return exitCodes.ok
  }
}
