/** `desk tree [id]`: the list of recovery trees, or one walked to its leaf. */
import type { Answer, Command, Context } from '../command.ts'
import { entriesOf, loadLibrary } from '../library.ts'
import { listing } from '../render/listing.ts'
import { type ProcedureFlags, procedureOf } from '../walking/procedure.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import { whichDesk } from '../which-desk.ts'
import type { LeafKind } from '../../model/graph.ts'
import { type ExitCode, exitCodes } from '../../model/failure.ts'
import { treeResult } from '../../walk/result.ts'

interface TreeOptions extends ProcedureFlags {
  readonly id?: string
  readonly detailedExitcode?: boolean
}

/** `tree --detailed-exitcode`: which leaf was reached, whatever became of its actions. */
const leafExit: Readonly<Record<LeafKind, Answer>> = {
  resume: 10,
  investigate: 11,
  throttle: 12,
  rollback: 13,
  'kill-switch': 14,
}

export const run: Command<TreeOptions> = async (options, context) => {
  const desk = whichDesk(context)
  if (options.id === undefined) return list(context)
  const procedure = await procedureOf('tree', options.id, desk, context)
  const result = await walkProcedure(procedure, options, context, desk)
  if (options.detailedExitcode !== true || result.kind === 'rehearsed') return result.exit
  const { leaf } = treeResult({
    graphs: procedure.library.graphs,
    root: procedure.graph.id,
    run: '',
    state: result.state,
  })
  return leaf === undefined ? result.exit : leafExit[leaf.kind]
}

async function list(context: Context): Promise<ExitCode> {
  const entries = entriesOf(await loadLibrary(whichDesk(context), context), 'tree')
  listing(
    'tree',
    entries.map(({ id, title, symptom }) => ({ id, title, about: symptom ?? '' })),
    context,
  )
  return exitCodes.ok
}
