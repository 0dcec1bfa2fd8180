/**
 * `desk monitor check --format nagios`: one line and a code that every checker of that family knows. 0 all is fine, 1 something queues,
 * 2 somebody has to act now, 3 it cannot be told. What cannot be told outranks what merely queues: nobody may take it for less.
 */
import type { Context } from '../command.ts'
import { failureOf } from '../failure-report.ts'
import { entriesOf, loadLibrary, refuseBroken } from '../library.ts'
import { lookFor, type LookedFor, openFound } from '../walking/look-for.ts'
import { procedureOf, type ProcedureFlags } from '../walking/procedure.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import { whichDesk } from '../which-desk.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'
import { type MonitorResult, monitorsResult } from '../../walk/result.ts'

const words = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const
type Code = 0 | 1 | 2 | 3
/** From harmless to worst. */
const order: readonly Code[] = [0, 1, 3, 2]
const worst = (codes: readonly Code[]): Code =>
  codes.reduce<Code>((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), 0)

interface Line {
  readonly code: Code
  readonly text: string
}

/** Throws DeskError 64 where one document is asked for instead of one line. */
export async function checkForNagios(id: string | undefined, flags: ProcedureFlags, context: Context): Promise<Code> {
  const { io, globals } = context
  if (globals.json || globals.output !== undefined)
    throw new DeskError('usage', exitCodes.usage, '--format nagios prints lines', 'leave out --json and --output')
  const tell = (code: Code, text: string, more: readonly string[] = []): Code => {
    // What follows a bar is a figure to them.
    io.out(`DESK ${words[code]} - ${[text, ...more].join('\n').replaceAll('|', '/')}\n`)
    return code
  }
  try {
    if (flags.dryRun === true || flags.simulate === true)
      throw new DeskError('usage', exitCodes.usage, '--format nagios looks for real')
    const { lines, looked } = await look(id, flags, context)
    if (context.deps.interrupted.aborted) return tell(3, 'interrupted')
    const bad = lines.filter(({ code }) => code !== 0).sort((a, b) => order.indexOf(b.code) - order.indexOf(a.code))
    if (looked === 0) return tell(3, 'nothing was looked at')
    const [first, ...rest] = bad.map(({ code, text }) => `${words[code]}: ${text}`)
    return first === undefined
      ? tell(0, `${String(looked)} monitors and classes of incidents are fine`)
      : tell(
          worst(lines.map(({ code }) => code)),
          `${String(bad.length)} of ${String(looked)} are not fine; ${first}`,
          rest,
        )
  } catch (error) {
    return tell(3, visible(failureOf(error, false).message))
  }
}

async function look(
  id: string | undefined,
  flags: ProcedureFlags,
  context: Context,
): Promise<{ readonly lines: readonly Line[]; readonly looked: number }> {
  const desk = whichDesk(context)
  const library = await loadLibrary(desk, context)
  refuseBroken(library, id === undefined ? ['incident', 'monitors'] : [])
  // One line is told at the end; what walks say meanwhile is for others.
  const quiet: Context = { ...context, io: { ...context.io, out: () => undefined, canPrompt: false } }
  const lines: Line[] = []
  const told = id === undefined ? orUntold : (_: string, looked: () => Promise<readonly Line[]>) => looked()
  if (id === undefined)
    for (const { id: incident } of entriesOf(library, 'incident'))
      lines.push(
        ...(await told(incident, async () => {
          const procedure = await procedureOf('incident', incident, desk, context)
          const severity = library.documents.get(procedure.graph.id)?.severity ?? 'P0'
          const found = await lookFor(procedure, desk, quiet)
          const seen = { code: codeOfClass(found, severity), text: `${severity} ${incident}` }
          const opening = orUntold(incident, async () => {
            await openFound(found, procedure, severity, flags, quiet, desk)
            return []
          })
          return [seen, ...(await opening)]
        })),
      )
  for (const set of id === undefined ? entriesOf(library, 'monitors').map((entry) => entry.id) : [id])
    lines.push(
      ...(await told(set, async () => {
        const procedure = await procedureOf('monitors', set, desk, context)
        const result = await walkProcedure(procedure, flags, quiet, desk)
        if (result.kind === 'rehearsed') return []
        const shown = { graphs: procedure.library.graphs, root: procedure.graph.id, run: '', state: result.state }
        return monitorsResult(shown).monitors.map(lineOf)
      })),
    )
  return { lines, looked: lines.length }
}

/** What breaks off one look of several cannot be told, and hides nothing that another has found. */
async function orUntold(id: string, looked: () => Promise<readonly Line[]>): Promise<readonly Line[]> {
  try {
    return await looked()
  } catch (error) {
    return [{ code: 3, text: visible(`${id}: ${failureOf(error, false).message}`) }]
  }
}

const codeOfClass = ({ status }: LookedFor, severity: string): Code =>
  status === 'pass' ? 0 : status === 'undetermined' ? 3 : severity === 'P2' ? 1 : 2

function lineOf({ id, level, title, status, reason }: MonitorResult): Line {
  const wakes = level === 'high' || level === 'critical'
  const code = status === 'pass' ? 0 : status === 'fail' ? (wakes ? 2 : 1) : 3
  return { code, text: visible(`${id} (${level}) ${title}${reason === undefined ? '' : `: ${reason}`}`) }
}
