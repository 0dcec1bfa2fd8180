/** Everything but the fast paths: parses the command line, runs one command, turns every failure into one message and one exit code. */
import { CommanderError } from 'commander'
import type { Answer, Io } from './command.ts'
import { realDeps } from './deps.ts'
import { ioOf } from './io.ts'
import { buildProgram } from './program.ts'
import { type ExitCode, DeskError, exitCodes } from '../model/failure.ts'

const signalExit: Readonly<Record<string, ExitCode>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

export async function main(argv: readonly string[]): Promise<Answer> {
  const io = ioOf(process, process.env)
  const wantsJson = argv.includes('--json')
  let code: Answer = exitCodes.bug
  try {
    const deps = realDeps()
    const program = buildProgram({ io, deps }, (answer) => {
      code = answer
    })
    await program.parseAsync([...argv], { from: 'user' })
    const signal: unknown = deps.interrupted.aborted ? deps.interrupted.reason : undefined
    return typeof signal === 'string' ? (signalExit[signal] ?? code) : code
  } catch (error) {
    return report(error, io, wantsJson)
  }
}

/** One message, the next step, one exit code; with --json the same as the one document on stdout. */
function report(error: unknown, io: Io, wantsJson: boolean): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    return say(
      { code: 'usage', exit: exitCodes.usage, message: error.message.replace(/^error: /, ''), hint: 'desk --help' },
      io,
      wantsJson,
    )
  }
  if (error instanceof DeskError) return say(error, io, wantsJson)
  const message = error instanceof Error ? error.message : String(error)
  const where = error instanceof Error && process.env['DESK_DEBUG'] !== undefined ? `\n${error.stack ?? ''}` : ''
  return say(
    {
      code: 'bug',
      exit: exitCodes.bug,
      message: `a bug in desk: ${message}${where}`,
      hint: 'DESK_DEBUG=1 shows where',
    },
    io,
    wantsJson,
  )
}

interface Said {
  readonly code: string
  readonly exit: ExitCode
  readonly message: string
  readonly hint?: string | undefined
}

function say(said: Said, io: Io, wantsJson: boolean): ExitCode {
  const { code, exit, message, hint } = said
  if (wantsJson)
    io.out(
      `${JSON.stringify({ schema: 1, error: { code, exit, message, ...(hint === undefined ? {} : { hint }) } })}\n`,
    )
  io.err(`desk: ${message}\n${hint === undefined ? '' : `  next: ${hint}\n`}`)
  return exit
}
