/** Everything but the fast paths: parses the command line, runs one command, turns every failure into one message and one exit code. */
import { CommanderError } from 'commander'
import type { Answer, Io } from './command.ts'
import { realDeps } from './deps.ts'
import { reportFailure, say } from './failure-report.ts'
import { hidingIo } from './hiding-io.ts'
import { processIo } from './process-io.ts'
import { buildProgram } from './program.ts'
import { type ExitCode, exitCodes } from '../model/failure.ts'

const signalExit: Readonly<Record<string, ExitCode>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

/** `prepareStreams` is called before the first use of a stream, once. */
export async function main(argv: readonly string[], prepareStreams: () => void): Promise<Answer> {
  const io = hidingIo(processIo(prepareStreams))
  const wantsJson = argv.includes('--json')
  let code: Answer = exitCodes.bug
  let interrupted: AbortSignal | undefined
  try {
    const deps = realDeps()
    interrupted = deps.interrupted
    const program = buildProgram({ io, deps }, (answer) => {
      code = answer
    })
    await program.parseAsync([...argv], { from: 'user' })
    // A signal is how what serves or watches is ended, so that is no interruption; a terminal that went away ends no watch on purpose.
    const [word, next] = program.args
    const isWatch = word === 'monitor' && next === 'watch' && interrupted.reason !== 'SIGHUP'
    return (word === 'serve' || isWatch ? undefined : endedBy(interrupted)) ?? code
  } catch (error) {
    const exit = report(error, io, wantsJson)
    // Whoever leaves a prompt of a command that is no run is told what it wanted; the exit code still tells how they left.
    return (exit === exitCodes.waiting ? endedBy(interrupted) : undefined) ?? exit
  }
}

function endedBy(interrupted: AbortSignal | undefined): ExitCode | undefined {
  const signal: unknown = interrupted?.aborted === true ? interrupted.reason : undefined
  if (signal === 'SIGHUP' && process.stdin.isTTY) dieOfHangUp()
  return typeof signal === 'string' ? signalExit[signal] : undefined
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
