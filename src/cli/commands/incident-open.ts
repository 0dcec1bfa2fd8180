/** `desk incident open [class]`: the classes of incidents, or one of them walked: what is done at once, containment, review. */
import type { Command, Context } from '../command.ts'
import { entriesOf, loadLibrary, warnAboutOthers } from '../library.ts'
import { rowLines } from '../lists/rows.ts'
import { printJson } from '../output/print.ts'
import { wrap } from '../render/layout.ts'
import { lastRuns, runsOf } from '../told-runs.ts'
import { type ProcedureFlags, procedureOf } from '../walking/procedure.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import { type WhichDesk, whichDesk } from '../which-desk.ts'
import { exitCodes } from '../../model/failure.ts'

interface OpenOptions extends ProcedureFlags {
  readonly class?: string
}

export const run: Command<OpenOptions> = async (options, context) => {
  const desk = whichDesk(context)
  if (options.class !== undefined)
    return (await walkProcedure(await procedureOf('incident', options.class, desk, context), options, context, desk))
      .exit
  await listClasses(desk, context)
  return exitCodes.ok
}

async function listClasses(desk: WhichDesk, context: Context): Promise<void> {
  const { io, globals } = context
  const library = await loadLibrary(desk, context)
  warnAboutOthers(library, new Set(), context)
  const latest = lastRuns(runsOf(desk.stateDir))
  const classes = entriesOf(library, 'incident').map(({ id, title, graph, severity, symptom }) => {
    const last = latest.get(graph)
    return {
      ...{ id, title },
      ...(severity === undefined ? {} : { severity }),
      ...(symptom === undefined ? {} : { symptom }),
      ...(last === undefined ? {} : { last }),
    }
  })
  if (globals.json) {
    printJson(io, 'incident-classes', { schema: 1, classes })
    return
  }
  io.out('What has happened?  P0 stops trading, P1 slows it down, P2 is watched.\n\n')
  const lines = rowLines(
    classes.map(({ id, title, severity, last }) => ({ mark: ' ', id, text: `${severity ?? '?'}  ${title}`, last })),
    io.columns,
  )
  const indent = ' '.repeat(Math.max(0, ...classes.map(({ id }) => id.length)) + 8)
  for (const [i, { symptom }] of classes.entries()) {
    io.out(`${lines[i] ?? ''}\n`)
    for (const line of wrap(symptom ?? 'cannot be read: desk lint', io.columns, indent)) io.out(`${line}\n`)
  }
  io.out('\nnext: desk incident open <class>   (in doubt: desk kill)\n')
}
