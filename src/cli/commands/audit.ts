/** `desk audit tail | show | search | verify | checkpoint`: what was done, and whether anybody rewrote it. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { makeCheckpoint, type StoredNote } from '../../audit/checkpoint.ts'
import { newId } from '../../audit/id.ts'
import { loadOrCreateKey, loadVerifierKey } from '../../audit/key.ts'
import { findLatest, findRecords, listIds, type Found } from '../../audit/search.ts'
import { verify as verifyLog } from '../../audit/verify.ts'
import { calendarOf } from '../../calendar/calendars.ts'
import { DeskError, exitCodes, type ExitCode } from '../../model/failure.ts'
import { nearest } from '../../source/suggest.ts'
import { visible } from '../../source/visible.ts'
import type { Command, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { renderProblem, renderRecords, renderReport } from '../render/audit.ts'
import { whichDesk } from '../which-desk.ts'

const mostLines = 10_000
const fewestLetters = 4
/** Seven years, two leap days among them. */
const keepMs = (7 * 365 + 2) * 86_400_000

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

export interface VerifyOptions {
  /** Files with checkpoints that were kept off this host. */
  readonly anchor?: readonly string[]
}
/** 0 nothing was touched, 1 something was, 2 nobody can tell: unreadable, or on a live desk no recent anchor. */
export const verify: Command<VerifyOptions> = async ({ anchor = [] }, context) => {
  const { io, deps, globals } = context
  const desk = whichDesk(context)
  const report = await reading(() =>
    verifyLog(
      desk.stateDir,
      loadVerifierKey(desk.stateDir),
      { now: deps.now(), keepMs: () => keepMs },
      anchor.map(storedNote),
    ),
  )
  const stale =
    report.ok && desk.profile === 'live'
      ? whyStale(desk.config.desk.calendar, report.anchoredAt, deps.now())
      : undefined
  const notes = stale === undefined ? report.notes : [...report.notes, stale]
  const exit = !report.ok ? exitCodes.failed : stale === undefined ? exitCodes.ok : exitCodes.undetermined
  if (globals.json) printJson(io, 'audit-verify', { schema: 1, ...report, ok: exit === exitCodes.ok, notes })
  else {
    const verdict = !report.ok ? 'CHANGED' : stale === undefined ? 'valid' : 'CANNOT TELL'
    io.out(
      renderReport({ ...report, notes }, desk.name, verdict, io.columns)
        .map((line) => `${line}\n`)
        .join(''),
    )
  }
  return exit
}

/** Signs what is on record and prints the note on stdout, for a copy elsewhere. */
export const checkpoint: Command<object> = async (_, context) => {
  const { io, deps, globals } = context
  const desk = whichDesk(context)
  const id = newId('note', deps.now, deps.random)
  const made = await reading(() =>
    makeCheckpoint(desk.stateDir, loadOrCreateKey(desk.stateDir, `desk/${desk.name}`, id), id, deps.now),
  )
  if (globals.json) printJson(io, 'audit-checkpoint', { schema: 1, ...made })
  else io.out(made.note)
  io.err(`${String(made.size)} lines of the ledger are signed: ${made.path}\n`)
  return exitCodes.ok
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

/** The id itself, or a part of it that only one has. */
function resolveId(stateDir: string, given: string): string {
  const ids = listIds(stateDir)
  const wanted = given.toLowerCase()
  const matching = wanted.length < fewestLetters ? [] : ids.filter((id) => id.includes(wanted))
  const [only, other] = ids.includes(wanted) ? [wanted] : matching
  if (only !== undefined && other === undefined) return only
  if (only !== undefined)
    throw new DeskError(
      'ambiguous-id',
      exitCodes.usage,
      `${String(matching.length)} ids contain ${visible(given)}`,
      'give more of it',
    )
  const near = nearest(wanted, ids)
  throw new DeskError(
    'unknown-id',
    exitCodes.usage,
    `no record of "${visible(given)}"`,
    near === undefined ? 'desk run list --all' : `did you mean "${near}"?`,
  )
}

function momentOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const isMoment = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text)
  const ms = isMoment ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms))
    throw usage(`--${flag} ${visible(text)}`, 'a date (UTC) or a moment such as 2026-11-20T09:30:00-05:00')
  return ms
}

const usage = (what: string, wanted: string): DeskError =>
  new DeskError('usage', exitCodes.usage, `${what} is not ${wanted}`)

/** On a live desk the log of the last session must be signed. */
export function whyStale(calendarId: string, anchoredAt: string | undefined, now: Date): string | undefined {
  if (anchoredAt === undefined) return 'no checkpoint vouches for this log (desk audit checkpoint)'
  const calendar = calendarOf(calendarId)
  if (calendar === undefined) return `no calendar ${calendarId}: nobody can tell how old the last checkpoint may be`
  const session = calendar.previous(now.getTime())
  if (Date.parse(anchoredAt) >= session.openMs) return undefined
  return `the last checkpoint is older than the session of ${session.date} (desk audit checkpoint)`
}

function storedNote(path: string): StoredNote {
  return { name: basename(path), note: readFileSync(path, 'utf8') }
}

/** Commands answer by promise, also where they fail. What the system refuses to show us, nobody can judge. */
function reading<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => {
    try {
      resolve(act())
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error
      throw new DeskError('audit-unreadable', exitCodes.undetermined, `the audit log cannot be read: ${error.message}`)
    }
  })
}
