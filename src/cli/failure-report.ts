/** Whatever ended a command early: one message, the next step, one exit code; with --json the same as the one document on stdout. */
import type { Io } from './command.ts'
import { printJson } from './output/print.ts'
import { type ExitCode, DeskError, exitCodes } from '../model/failure.ts'
import { visible } from '../source/visible.ts'

export interface Said {
  readonly code: string
  readonly exit: ExitCode
  readonly message: string
  readonly hint?: string | undefined
}

/** What the system refused is a broken world, anything else but a DeskError is a bug; `withStack` shows where it is. */
export function failureOf(error: unknown, withStack: boolean): Said {
  if (error instanceof DeskError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (isSystemError(error)) return { code: 'system', exit: exitCodes.undetermined, message, hint: 'desk doctor' }
  const where = error instanceof Error && withStack ? `\n${error.stack ?? ''}` : ''
  return {
    code: 'bug',
    exit: exitCodes.bug,
    message: `a bug in desk: ${message}${where}`,
    hint: 'DESK_DEBUG=1 shows where',
  }
}

export const reportFailure = (
  error: unknown,
  io: Pick<Io, 'out' | 'err'>,
  { wantsJson, withStack }: { readonly wantsJson: boolean; readonly withStack: boolean },
): ExitCode => say(failureOf(error, withStack), io, wantsJson)

const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error && 'code' in error

/** Nothing in it moves a cursor: names in messages come from outside. */
const printable = (text: string): string => text.split('\n').map(visible).join('\n')

export function say(said: Said, io: Pick<Io, 'out' | 'err'>, wantsJson: boolean): ExitCode {
  const { code, exit, message, hint } = said
  if (wantsJson)
    printJson(io, 'error', { schema: 1, error: { code, exit, message, ...(hint === undefined ? {} : { hint }) } })
  io.err(printable(`desk: ${message}\n${hint === undefined ? '' : `  next: ${hint}\n`}`))
  return exit
}
