/** `desk tree [id]`: the list of recovery trees, or one walked to its leaf. */
import type { Answer, Command } from '../command.ts'
import { listTrees } from '../lists/trees.ts'
import { type ProcedureFlags, procedureOf } from '../walking/procedure.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import { whichDesk } from '../which-desk.ts'
import type { LeafKind } from '../../model/graph.ts'
import { exitCodes } from '../../model/failure.ts'
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
  if (options.id === undefined) {
    await listTrees(context)
    return exitCodes.ok
  }
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
