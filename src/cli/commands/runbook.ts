/** `desk runbook [id]`: the list of runbooks, or one walked to the end of its verify. */
import type { Command } from '../command.ts'
import { listRunbooks } from '../lists/runbooks.ts'
import { type ProcedureFlags, procedureOf } from '../walking/procedure.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import { whichDesk } from '../which-desk.ts'
import { exitCodes } from '../../model/failure.ts'

interface RunbookOptions extends ProcedureFlags {
  readonly id?: string
  /** Of the list. */
  readonly all: boolean
}

export const run: Command<RunbookOptions> = async (options, context) => {
  const desk = whichDesk(context)
  if (options.id !== undefined)
    return (await walkProcedure(await procedureOf('runbook', options.id, desk, context), options, context, desk)).exit
  await listRunbooks(context, options.all)
  return exitCodes.ok
}
