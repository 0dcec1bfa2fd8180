/** `desk audit tail | show | search`: what was done. */
import { findLatest, findRecords, type Found } from '../../audit/search.ts'
import { exitCodes, type ExitCode } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'
import type { Command, Context } from '../command.ts'
import { momentOf, reading, resolveId, usage } from '../audit/asked.ts'
import { printJson } from '../output/print.ts'
import { renderProblem, renderRecords } from '../render/audit.ts'
import { whichDesk } from '../which-desk.ts'

const mostLines = 10_000

export const tail: Command<{ readonly lines?: string }> = async ({ lines = '20' }, context) => {
  const { stateDir } = whichDesk(context)
  const count = /^[1-9]\d{0,4}$/.test(lines) ? Number(lines) : Number.NaN
  if (!(count <= mostLines)) throw usage(`-n ${visible(lines)}`, `a number from 1 to ${String(mostLines)}`)
  return print(await reading(() => findLatest(stateDir, count)), context, false)
}

export const show: Command<{ readonly run: string }> = async ({ run: given }, context) => {
  const { stateDir } = whichDesk(context)
  const run = await reading(() => resolveId(stateDir, given))
  const found = await reading(() => findRecords(stateDir, { run }))
  return print(found, context, true, { run })
}

export interface SearchOptions {
  readonly event?: string
  readonly run?: string
  readonly actor?: string
  readonly since?: string
  readonly until?: string
  readonly text?: string
}
export const search: Command<SearchOptions> = async (options, context) => {
  const { stateDir } = whichDesk(context)
  const { event, actor, text, since, until } = options
  const sinceMs = momentOf('since', since)
  const untilMs = momentOf('until', until)
  const run = options.run === undefined ? undefined : await reading(() => resolveId(stateDir, options.run ?? ''))
  const filter = {
    ...(event === undefined ? {} : { event }),
    ...(actor === undefined ? {} : { actor }),
    ...(text === undefined ? {} : { text }),
    ...(run === undefined ? {} : { run }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
  }
  return print(await reading(() => findRecords(stateDir, filter)), context, false)
}

function print(
  { records, problems }: Found,
  { io, globals }: Context,
  detail: boolean,
  more: { readonly run?: string } = {},
): ExitCode {
  if (globals.json) {
    const listed = records.map(({ segment, record }) => ({ segment, ...record }))
    printJson(io, 'audit-records', { schema: 1, ...more, records: listed, problems })
  } else for (const line of renderRecords(records, io, detail)) io.out(`${line}\n`)
  if (records.length === 0) io.err('no record\n')
  for (const problem of problems) for (const line of renderProblem(problem, io.columns)) io.err(`${line}\n`)
  if (problems.length === 0) return exitCodes.ok
  io.err('  next: desk audit verify\n')
  return exitCodes.failed
}
