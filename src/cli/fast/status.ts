/** `desk status` and `desk` alone without the parser of command lines, where nothing has to be dealt with first. */
import type { Answer, Context } from '../command.ts'
import { endedBySignals, realDeps } from '../deps.ts'
import { reportFailure } from '../failure-report.ts'
import { hidingIo } from '../hiding-io.ts'
import { knownSecrets } from '../known-secrets.ts'
import { processIo } from '../process-io.ts'
import { tellHome } from '../render/home-screen.ts'
import { tellStatus } from '../render/status-screen.ts'
import { lookAtState } from '../state.ts'
import { readStatusWords } from './status-words.ts'

/** `otherwise` for whatever has to be parsed properly or dealt with; `prepareStreams` before the first use of Node's streams. */
export async function showStatus(
  argv: readonly string[],
  otherwise: () => Promise<Answer>,
  prepareStreams: () => void,
): Promise<Answer> {
  const words = readStatusWords(argv)
  if (words === undefined) return otherwise()
  const { screen, exitCode, globals } = words
  const io = hidingIo(processIo(prepareStreams))
  try {
    const context: Context = { io, deps: realDeps(process.env, endedBySignals), globals }
    io.hide?.(await knownSecrets(context))
    const state = lookAtState(context)
    if (state === undefined) return await otherwise()
    return screen === 'home' ? tellHome(state, context) : tellStatus(state, context, exitCode)
  } catch (error) {
    return reportFailure(error, io, { wantsJson: globals.json, withStack: process.env['DESK_DEBUG'] !== undefined })
  }
}
