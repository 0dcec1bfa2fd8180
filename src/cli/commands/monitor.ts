/**
 * `desk monitor list|check [id]`: what is watched, and a look at it now. A monitor that fails raises its alert; a class of incidents that
 * is detected is opened, or joined where it is open already.
 */
import type { Command } from '../command.ts'
import { entriesOf, type Library, loadLibrary, warnAboutOthers } from '../library.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'
import { table } from '../render/layout.ts'
import { monitorLines } from '../render/monitors.ts'
import { lookForAndOpen } from '../walking/look-for.ts'
import { type ProcedureFlags, procedureOf } from '../walking/procedure.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import { tellOf } from '../walking/walk-run.ts'
import { whichDesk } from '../which-desk.ts'
import { monitorsResult } from '../../walk/result.ts'
import { DeskError, type ExitCode, exitCodes, worstExit } from '../../model/failure.ts'

type Listed = Output<'monitor-list'>['monitors'][number]

export const list: Command<object> = async (_, context) => {
  const library = await loadLibrary(whichDesk(context), context)
  warnAboutOthers(library, new Set(), context)
  const monitors = entriesOf(library, 'monitors').flatMap(({ id, graph }) => monitorsOf(library, id, graph))
  const { io, globals } = context
  if (globals.json) {
    printJson(io, 'monitor-list', { schema: 1, monitors })
    return exitCodes.ok
  }
  for (const { id: set, title } of entriesOf(library, 'monitors')) {
    const rows = monitors
      .filter((each) => each.set === set)
      .map(({ id, level, everySeconds, title: wrong }) => [id, level, every(everySeconds), wrong])
    io.out(`${title}  (${set})\n${table(rows, io.columns).join('\n')}\n\n`)
  }
  io.out('next: desk monitor check   (desk show <set> reads one)\n')
  return exitCodes.ok
}

function monitorsOf(library: Library, set: string, key: Parameters<Library['graphs']['get']>[0]): readonly Listed[] {
  const graph = library.graphs.get(key)
  return (graph?.monitors ?? []).map(({ node, layer, everyMs, level, to, action }) => ({
    ...{ set, id: node, title: graph?.nodes.get(node)?.title ?? node, layer },
    ...{ everySeconds: everyMs / 1000, level, to, action },
  }))
}

const daySeconds = 86_400
function every(seconds: number): string {
  if (seconds % daySeconds === 0) return `${String(seconds / daySeconds)}d`
  if (seconds % 3600 === 0) return `${String(seconds / 3600)}h`
  return seconds % 60 === 0 ? `${String(seconds / 60)}m` : `${String(seconds)}s`
}

interface CheckOptions extends ProcedureFlags {
  readonly id?: string
  readonly format?: 'text' | 'nagios'
}

export const check: Command<CheckOptions> = async (options, context) => {
  if (options.format === 'nagios')
    return (await import('./monitor-nagios.ts')).checkForNagios(options.id, options, context)
  const desk = whichDesk(context)
  const walkOne = async (id: string): Promise<ExitCode> => {
    const procedure = await procedureOf('monitors', id, desk, context)
    const result = await walkProcedure(procedure, options, context, desk)
    if (result.kind !== 'rehearsed' && tellOf(context.globals) === 'lines') {
      const shown = { graphs: procedure.library.graphs, root: procedure.graph.id, run: '', state: result.state }
      for (const line of monitorLines(monitorsResult(shown), context.io)) context.io.out(`${line}\n`)
    }
    return result.exit
  }
  if (options.id !== undefined) return walkOne(options.id)
  const library = await loadLibrary(desk, context)
  const sets = entriesOf(library, 'monitors').map(({ id }) => id)
  if (context.globals.json || context.globals.output !== undefined)
    throw new DeskError(
      'which-monitors',
      exitCodes.usage,
      'each set of monitors is a document of its own: say which',
      `desk monitor check ${sets.join('|')} --json`,
    )
  const codes: ExitCode[] = []
  // What has happened comes before what is merely watched.
  for (const { id } of entriesOf(library, 'incident')) {
    const procedure = await procedureOf('incident', id, desk, context)
    const severity = library.documents.get(procedure.graph.id)?.severity ?? ''
    codes.push(await lookForAndOpen(procedure, severity, options, context, desk))
  }
  for (const id of sets) if (!context.deps.interrupted.aborted) codes.push(await walkOne(id))
  return worstExit(codes)
}
