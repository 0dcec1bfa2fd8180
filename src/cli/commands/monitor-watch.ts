/**
 * `desk monitor watch`: every monitor at its own frequency, and the classes of incidents, until it is stopped. What passes is only read; what
 * fires is walked, exactly as by `desk monitor check`.
 */
import { setMaxListeners } from 'node:events'
import type { Command, Context } from '../command.ts'
import { failureOf } from '../failure-report.ts'
import { entriesOf, loadLibrary, refuseBroken } from '../library.ts'
import { printJson } from '../output/print.ts'
import { type Procedure, procedureOf } from '../walking/procedure.ts'
import { tellOf } from '../walking/walk-run.ts'
import { type WatchedClass, watchClass } from '../watch/incident-class.ts'
import { type WatchedMonitor, watchMonitor } from '../watch/monitor.ts'
import { watchAll } from '../watch/schedule.ts'
import { type Watching, watchingOf } from '../watch/watching.ts'
import { whichDesk } from '../which-desk.ts'
import { DeskError, type ExitCode, exitCodes, worstExit } from '../../model/failure.ts'
import type { DocumentKind } from '../../model/graph.ts'

export const run: Command<object> = async (_, context) => {
  const { io, deps, globals } = context
  const desk = whichDesk(context)
  if ((deps.env['DESK_NOW'] ?? '') !== '')
    throw new DeskError('usage', exitCodes.usage, 'a watch needs a clock that runs', 'unset DESK_NOW')
  const broken = new AbortController()
  const stopped = AbortSignal.any([deps.interrupted, broken.signal])
  // Every look that is under way listens to it.
  setMaxListeners(0, stopped)
  const exits: ExitCode[] = []
  const watching = watchingOf(desk, context, stopped, (exit) => exits.push(exit))
  const { classes, monitors } = await watchedOf(watching, context)
  const from = deps.now().toISOString()
  const tell = tellOf(globals)
  if (tell === 'ndjson') printJson(io, 'monitor-watch-line', { type: 'version', schema: 1 })
  if (tell === 'lines')
    io.out(
      `watching ${String(monitors.length)} monitors and ${String(classes.length)} classes of incidents of ${desk.name}\n`,
    )
  const world = { now: deps.now, sleep: deps.sleep, interrupted: stopped }
  const standing = await watchAll([...classes, ...monitors], world, () => {
    broken.abort('SIGTERM')
  })
  if (tell === 'lines') io.out('stopped watching\n')
  if (tell === 'json')
    printJson(io, 'monitor-watch', {
      ...{ schema: 1, from, to: deps.now().toISOString() },
      monitors: monitors.map(({ seen }) => seen()),
      classes: classes.map(({ seen }) => seen()),
    })
  // Being stopped is how a watch ends; a run that the signal parked is told by the signal's code, and so is a terminal that went away.
  const hungUp = deps.interrupted.reason === 'SIGHUP' ? [exitCodes.hungUp] : []
  return worstExit([...exits, ...hungUp, ...standing.map((error) => failureOf(error, false).exit)])
}

/** Throws DeskError 65 where something does not compile: half a watch would pass for a whole one. */
async function watchedOf(
  watching: Watching,
  context: Context,
): Promise<{ readonly classes: readonly WatchedClass[]; readonly monitors: readonly WatchedMonitor[] }> {
  const library = await loadLibrary(watching.desk, context)
  refuseBroken(library, ['incident', 'monitors'])
  const said = new Set<string>()
  const once = { ...context, io: { ...context.io, err: (text: string) => void said.add(text) } }
  const all = async (kind: DocumentKind): Promise<readonly (readonly [string, Procedure])[]> => {
    const found: (readonly [string, Procedure])[] = []
    for (const { id } of entriesOf(library, kind)) found.push([id, await procedureOf(kind, id, watching.desk, once)])
    return found
  }
  try {
    const [incidents, sets] = [await all('incident'), await all('monitors')]
    const classes = incidents.map(([id, procedure]) =>
      watchClass(id, library.documents.get(procedure.graph.id)?.severity ?? '', procedure, watching),
    )
    const monitors = sets.flatMap(([id, procedure]) =>
      (procedure.graph.monitors ?? []).map((spec) => watchMonitor(id, spec, procedure, watching)),
    )
    if (monitors.length === 0)
      throw new DeskError('no-monitors', exitCodes.undetermined, 'there is nothing to watch', 'desk lint')
    return { classes, monitors }
  } finally {
    for (const text of said) context.io.err(text)
  }
}
