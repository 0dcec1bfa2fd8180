/** `desk run abort|undo|handover`: ends an open run, and says what becomes of what it has done. */
import type { Command, Context } from '../command.ts'
import { recordDeaths } from '../deaths.ts'
import { printJson } from '../output/print.ts'
import { loadLibrary } from '../library.ts'
import { shown } from '../render/layout.ts'
import { peopleFor, walkAndReport } from '../walking/report.ts'
import { decisionStatement, recogniseDecider, recordSignature } from '../second-person.ts'
import { openSession, type Session } from '../walking/session.ts'
import { takeUp } from '../walking/taking-up.ts'
import { isPersonId, isSamePerson } from '../../killswitch/person.ts'
import { type ExitCode, DeskError, exitCodes } from '../../model/failure.ts'
import { abortRun, askToAbort, findAsked, type Disposition } from '../../walk/abort.ts'
import { readJournal } from '../../walk/read-run.ts'
import { undo } from '../../walk/undo.ts'

interface AbortOptions {
  readonly run: string
  readonly disposition?: 'undo' | Disposition['kind']
  /** Who takes it over. */
  readonly to?: string
  /** Who agrees that effects stay as they are, on paper. */
  readonly second?: string
  readonly reason?: string
  readonly sign?: string
}

export const run: Command<AbortOptions> = async (options, context) => {
  const { disposition } = options
  if (disposition === undefined)
    throw new DeskError(
      'no-disposition',
      exitCodes.usage,
      'say what becomes of what the run has done',
      `desk run abort ${options.run} --disposition undo | leave | hand-over --to <who>`,
    )
  const session = openSession(context)
  recordDeaths(session.desk.stateDir, context)
  if (disposition === 'undo') return undoRun(options, session, context)
  const statement = statementOf(options, disposition, session, context)
  const found = await recogniseDecider(session.desk, context, statement, options.sign)
  const sign = (): void => {
    recordSignature(session.desk.stateDir, session.means, statement, found)
  }
  return giveUp(options, disposition, { ...session, person: found.person, sign }, context)
}

export const undone: Command<Pick<AbortOptions, 'run' | 'reason' | 'sign'>> = (options, context) =>
  run({ ...options, disposition: 'undo' }, context)

export const handover: Command<Pick<AbortOptions, 'run' | 'to' | 'reason' | 'sign'>> = (options, context) =>
  run({ ...options, disposition: 'hand-over' }, context)

/** What is given up, as the run is now. */
function statementOf(
  { run: id, to, reason }: AbortOptions,
  kind: Disposition['kind'],
  { walkDesk, desk }: Session,
  context: Context,
): string {
  const { records } = readJournal(walkDesk, id).state
  const words = { ...(to === undefined ? {} : { to }), ...(reason === undefined ? {} : { reason }) }
  return decisionStatement(kind, desk, context, { run: id, records, ...words })
}

/** Somebody who has decided, and what puts their signature on record. */
interface Deciding extends Session {
  readonly sign: () => void
}

/** The second of two people ends it; the first one asks. */
function giveUp(options: AbortOptions, kind: Disposition['kind'], session: Deciding, context: Context): ExitCode {
  const { walkDesk, person, desk, sign } = session
  const { reason = 'no reason given' } = options
  checkNames(options, kind, session)
  const asked = findAsked(walkDesk, options.run, kind, person)
  if (asked !== undefined)
    return end(options.run, asked.by, { kind, second: person, reason: asked.reason }, session, context)
  if (kind === 'leave' && options.second !== undefined && desk.profile === 'paper') {
    const second = { id: options.second, via: 'flag' } as const
    return end(options.run, person, { kind, second, reason }, session, context)
  }
  const to = kind === 'hand-over' ? options.to : undefined
  if (kind === 'hand-over' && to === undefined)
    throw new DeskError('no-receiver', exitCodes.usage, 'hand over to whom?', '--to <who>')
  sign()
  askToAbort(walkDesk, options.run, { disposition: kind, by: person, reason, ...(to === undefined ? {} : { to }) })
  const { io, globals } = context
  const next =
    kind === 'hand-over' ? `desk run handover ${options.run}` : `desk run abort ${options.run} --disposition ${kind}`
  if (globals.json)
    printJson(io, 'run-abort', {
      schema: 1,
      run: { id: options.run, status: 'waiting' },
      asked: { by: person.id, disposition: kind, ...(to === undefined ? {} : { to }) },
    })
  else
    io.out(
      `${options.run}  still open: ${person.id} asks to ${kind === 'leave' ? 'leave its effects as they are' : `hand it over to ${shown(to)}`}\n`,
    )
  io.err(`  next: ${to === undefined ? 'somebody else' : to} types: ${next}\n`)
  return exitCodes.waiting
}

/** Throws DeskError for a name that is none, for oneself, and on a live desk for any name that stands for a person's agreement. */
function checkNames({ to, second, run: id }: AbortOptions, kind: Disposition['kind'], { desk, person }: Session): void {
  const name = kind === 'leave' ? second : to
  if (name === undefined) return
  if (kind === 'leave' && desk.profile === 'live')
    throw new DeskError(
      'unsigned-answer',
      exitCodes.notAuthorised,
      'a live desk takes no name for a person',
      `without --second; then somebody else types the same: desk run abort ${id} --disposition leave`,
    )
  if (!isPersonId(name))
    throw new DeskError(
      'unknown-person',
      exitCodes.usage,
      `${JSON.stringify(name)} is no name of a person`,
      'letters, digits and ._@-',
    )
  if (isSamePerson(name, person.id))
    throw new DeskError(
      'second-person',
      exitCodes.notAuthorised,
      kind === 'leave' ? `${person.id} cannot be the second person` : `${person.id} cannot hand over to ${name}`,
      kind === 'leave' ? 'somebody else has to agree' : `desk run continue ${id}`,
    )
}

function end(
  id: string,
  by: Session['person'],
  how: Disposition,
  { walkDesk, sign }: Deciding,
  context: Context,
): ExitCode {
  sign()
  const ended = abortRun(walkDesk, id, by, how)
  if (ended.kind === 'held')
    throw new DeskError('locked', exitCodes.locked, ended.by, 'wait for it, or end that process')
  const { io, globals } = context
  if (globals.json) {
    const { unsettled } = ended
    printJson(io, 'run-abort', {
      schema: 1,
      run: { id, status: 'aborted' },
      by: by.id,
      second: how.second.id,
      unsettled,
    })
    return exitCodes.ok
  }
  const what = how.kind === 'leave' ? `left as it is, agreed by ${how.second.id}` : `handed over to ${how.second.id}`
  io.out(`${id}  aborted by ${by.id}, ${what}\n`)
  for (const path of ended.unsettled) io.out(`  unsettled: ${shown(path)}: nobody knows whether it took place\n`)
  return exitCodes.ok
}

/** Effects backwards, through the same gates as any effect. */
async function undoRun({ run: id, sign }: AbortOptions, session: Session, context: Context): Promise<ExitCode> {
  const library = await loadLibrary(session.desk, context)
  const ready = takeUp(id, session, library)
  const people = peopleFor(id, { answers: new Map() }, session, context, sign)
  const result = await walkAndReport(ready, {}, session, context, people, undo)
  return result.kind === 'closed' && result.reason === 'undone' ? exitCodes.ok : result.exit
}
