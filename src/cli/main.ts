/** Everything but the fast paths: parses the command line, runs one command, turns every failure into one message and one exit code. */
import { CommanderError } from 'commander'
import type { Answer, Io } from './command.ts'
import { realDeps } from './deps.ts'
import { reportFailure, say } from './failure-report.ts'
import { processIo } from './process-io.ts'
import { buildProgram } from './program.ts'
import { type ExitCode, exitCodes } from '../model/failure.ts'

const signalExit: Readonly<Record<string, ExitCode>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

/** `prepareStreams` is called before the first use of a stream, once. */
export async function main(argv: readonly string[], prepareStreams: () => void): Promise<Answer> {
  const io = processIo(prepareStreams)
  const wantsJson = argv.includes('--json')
  let code: Answer = exitCodes.bug
  try {
    const deps = realDeps()
    const program = buildProgram({ io, deps }, (answer) => {
      code = answer
    })
    await program.parseAsync([...argv], { from: 'user' })
    const signal: unknown = deps.interrupted.aborted ? deps.interrupted.reason : undefined
    if (signal === 'SIGHUP' && process.stdin.isTTY) dieOfHangUp()
    return typeof signal === 'string' ? (signalExit[signal] ?? code) : code
  } catch (error) {
    return report(error, io, wantsJson)
  }
}

/** Node aborts when it cannot restore a terminal that is gone. All is parked and on disk, so the signal itself ends the process: 129. */
function dieOfHangUp(): void {
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
}

function report(error: unknown, io: Io, wantsJson: boolean): ExitCode {
  if (!(error instanceof CommanderError))
    return reportFailure(error, io, { wantsJson, withStack: process.env['DESK_DEBUG'] !== undefined })
  if (error.exitCode === 0) return 0
  const message = error.message.replace(/^error: /, '')
  return say({ code: 'usage', exit: exitCodes.usage, message, hint: 'desk --help' }, io, wantsJson)
}
