/** `desk gates [cadence]`: the gates of one cadence with their windows, walked where they are due. */
import type { Command, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { entriesOf, loadLibrary } from '../library.ts'
import { listGates } from '../lists/gates.ts'
import { gateLines } from '../render/gates.ts'
import { endOfGates, exitOfGates } from '../walking/gates-end.ts'
import { moment } from '../render/moment.ts'
import { dueOf } from '../walking/gate-windows.ts'
import { type Procedure, type ProcedureFlags, procedureOf } from '../walking/procedure.ts'
import { permitSession } from '../walking/permit-session.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import { type WhichDesk, whichDesk } from '../which-desk.ts'
import type { Graph } from '../../model/graph.ts'
import { type ExitCode, DeskError, exitCodes, worstExit } from '../../model/failure.ts'
import { suggestion } from '../../source/suggest.ts'
import { startFold } from '../../walk/fold.ts'
import { gatesResult } from '../../walk/result.ts'

export interface GatesOptions extends ProcedureFlags {
  readonly cadence?: string
  readonly only?: string
  readonly due?: boolean
}

export const run: Command<GatesOptions> = async (options, context) => {
  const desk = whichDesk(context)
  if (options.cadence !== undefined) return runCadence(options.cadence, options, desk, context)
  if (options.due === true) return runDue(options, desk, context)
  await listGates(context)
  return exitCodes.ok
}

/** Every cadence, each with what is due of it; the worst is the exit code. */
async function runDue(options: GatesOptions, desk: WhichDesk, context: Context): Promise<ExitCode> {
  const cadences = entriesOf(await loadLibrary(desk, context), 'gates').map(({ id }) => id)
  if (context.globals.json && cadences.length > 1) {
    const message = `${String(cadences.length)} cadences would be as many JSON documents`
    throw new DeskError('which-cadence', exitCodes.usage, message, `one of ${cadences.join(', ')}`)
  }
  const codes: ExitCode[] = []
  for (const cadence of cadences) codes.push(await runCadence(cadence, options, desk, context))
  return worstExit(codes)
}

/** `--only` what is not due answers what there is, and walks nothing. */
export async function runCadence(
  cadence: string,
  options: GatesOptions,
  desk: WhichDesk,
  context: Context,
): Promise<ExitCode> {
  const base = await procedureOf('gates', cadence, desk, context)
  const code = await runSet(base, options, desk, context)
  if (options.dryRun !== true && options.simulate !== true) await permitSession(base, desk, context)
  return code
}

async function runSet(base: Procedure, options: GatesOptions, desk: WhichDesk, context: Context): Promise<ExitCode> {
  const { windows, earlier, waivers, open } = dueOf(base, desk.stateDir, context.deps.now().getTime())
  const selected = selectionOf(options, base.graph, [...windows.keys()], open)
  const asked = options.only === undefined ? undefined : selectedIds(options.only)
  const procedure: Procedure = {
    ...base,
    selected,
    windows,
    earlier,
    waivers,
    ...(asked === undefined ? {} : { only: asked }),
  }
  if (selected.length === 0 && options.dryRun !== true) return nothingDue(procedure, context)
  // The gates are told once, at the end: the walk itself prints them as they are judged.
  const result = await walkProcedure(procedure, options, context, desk)
  if (result.kind === 'rehearsed') return result.exit
  return endOfGates(
    { graphs: base.library.graphs, root: base.graph.id, run: '', state: result.state },
    procedure,
    result,
    base.library,
    context,
  )
}

/** What is due now, or overdue without a result; with --only exactly those, and then the cadence is not complete. */
function selectionOf(
  { only }: GatesOptions,
  graph: Graph,
  known: readonly string[],
  open: readonly string[],
): readonly string[] {
  const wanted = only === undefined ? undefined : selectedIds(only)
  for (const id of wanted ?? []) {
    if (!known.includes(id))
      throw new DeskError(
        'unknown-id',
        exitCodes.usage,
        `${graph.id} has no gate "${id}"`,
        suggestion(id, known) ?? `known: ${known.join(', ')}`,
      )
  }
  return wanted === undefined ? open : open.filter((id) => wanted.includes(id))
}

const selectedIds = (only: string): readonly string[] => only.split(',').map((id) => id.trim())

function nothingDue(
  { graph, library, windows, earlier, only, waivers }: Procedure,
  { io, globals, deps }: Context,
): ExitCode {
  const told = gatesResult(
    { graphs: library.graphs, root: graph.id, run: '', state: startFold().state },
    windows ?? new Map(),
    earlier ?? new Map(),
    only,
    waivers,
  )
  const result = { ...told, run: { id: '', status: 'planned' as const } }
  if (globals.json) printJson(io, 'gates', result)
  else {
    io.out(`nothing of ${graph.id} is due at ${moment(deps.now().toISOString())}\n`)
    for (const line of gateLines(result, io)) io.out(`${line}\n`)
  }
  return exitOfGates(told, only, 0)
}
