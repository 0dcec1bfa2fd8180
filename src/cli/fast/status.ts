/** `desk status` and `desk` alone without the parser of command lines. */
import type { Answer, Context } from '../command.ts'
import { run as home } from '../commands/home.ts'
import { run as status } from '../commands/status.ts'
import { endedBySignals, realDeps } from '../deps.ts'
import { reportFailure } from '../failure-report.ts'
import { processIo } from '../process-io.ts'
import { readStatusWords } from './status-words.ts'

/** `otherwise` for whatever has to be parsed properly; `prepareStreams` before the first use of Node's streams. */
export async function showStatus(
  argv: readonly string[],
  otherwise: () => Promise<Answer>,
  prepareStreams: () => void,
): Promise<Answer> {
  const words = readStatusWords(argv)
  if (words === undefined) return otherwise()
  const { screen, exitCode, globals } = words
  const io = processIo(prepareStreams)
  try {
    const context: Context = { io, deps: realDeps(process.env, endedBySignals), globals }
    return screen === 'home' ? await home({}, context) : await status({ exitCode }, context)
  } catch (error) {
    return reportFailure(error, io, { wantsJson: globals.json, withStack: process.env['DESK_DEBUG'] !== undefined })
  }
}
