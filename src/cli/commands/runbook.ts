/** `desk runbook [id]`: the list of runbooks, or one walked to the end of its verify. */
import type { Command } from '../command.ts'
import { entriesOf, loadLibrary } from '../library.ts'
import { listing } from '../render/listing.ts'
import { type ProcedureFlags, procedureOf } from '../walking/procedure.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import { whichDesk } from '../which-desk.ts'
import { exitCodes } from '../../model/failure.ts'

interface RunbookOptions extends ProcedureFlags {
  readonly id?: string
}

export const run: Command<RunbookOptions> = async (options, context) => {
  const desk = whichDesk(context)
  if (options.id !== undefined)
    return (await walkProcedure(await procedureOf('runbook', options.id, desk, context), options, context, desk)).exit
  const entries = entriesOf(await loadLibrary(desk, context), 'runbook')
  listing(
    'runbook',
    entries.map(({ id, title, trigger }) => ({ id, title, about: trigger ?? '' })),
    context,
  )
  return exitCodes.ok
}
