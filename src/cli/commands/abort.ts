/** `desk run abort`: ends an open run, and says what becomes of what it has done. */
import type { Command, Context } from '../command.ts'
import { loadLibrary } from '../library.ts'
import { headlessPeople } from '../../walk/headless.ts'
import { openSession, type Session } from '../walking/session.ts'
import { takeUp } from '../walking/taking-up.ts'
import { closingLines, tellOf, walkReady } from '../walking/walk-run.ts'
import { isPersonId } from '../../killswitch/person.ts'
import { type ExitCode, DeskError, exitCodes } from '../../model/failure.ts'
import { abortRun, type Disposition } from '../../walk/run.ts'
import { undo } from '../../walk/undo.ts'

interface AbortOptions {
  readonly run: string
  readonly disposition?: 'undo' | 'leave' | 'hand-over'
  /** Who takes it over. */
  readonly to?: string
  /** Who agrees that effects stay as they are. */
  readonly second?: string
  readonly reason?: string
}

export const run: Command<AbortOptions> = (options, context) => {
  const session = openSession(context)
  return options.disposition === 'undo'
    ? undoRun(options, session, context)
    : Promise.resolve(giveUp(options, session, context))
}

function giveUp(options: AbortOptions, { walkDesk, person, desk }: Session, { io, globals }: Context): ExitCode {
  const end = abortRun(walkDesk, options.run, person, dispositionOf(options, desk.profile))
  if (end.kind === 'held') throw new DeskError('locked', exitCodes.locked, end.by, 'wait for it, or end that process')
  if (globals.json) {
    const run = { id: options.run, status: 'aborted' }
    io.out(`${JSON.stringify({ schema: 1, run, by: person.id, unsettled: end.unsettled })}\n`)
    return exitCodes.ok
  }
  io.out(`${options.run}  aborted by ${person.id}\n`)
  for (const path of end.unsettled) io.out(`  unsettled: ${path}\n`)
  return exitCodes.ok
}

function dispositionOf(
  { disposition, to, second, reason = 'no reason given' }: AbortOptions,
  profile: 'paper' | 'live',
): Disposition {
  if (disposition === 'hand-over') {
    if (to === undefined) throw new DeskError('no-receiver', exitCodes.usage, 'hand over to whom?', '--to <who>')
    return { kind: 'hand-over', to, reason }
  }
  if (disposition !== 'leave')
    throw new DeskError(
      'no-disposition',
      exitCodes.usage,
      'say what becomes of what the run has done',
      '--disposition undo, hand-over --to <who>, or leave --second <who>',
    )
  if (second === undefined)
    throw new DeskError(
      'no-second',
      exitCodes.notAuthorised,
      'leaving effects as they are takes a second person',
      '--second <who>',
    )
  if (profile === 'live')
    throw new DeskError(
      'unsigned-answer',
      exitCodes.notAuthorised,
      'a live desk takes no name for a person',
      '--disposition hand-over --to <who>',
    )
  if (!isPersonId(second))
    throw new DeskError(
      'unknown-person',
      exitCodes.usage,
      `${JSON.stringify(second)} is no name of a person`,
      'letters, digits and ._@-',
    )
  return { kind: 'leave', second: { id: second, via: 'flag' }, reason }
}

/** Effects backwards, through the same gates as any effect. */
async function undoRun({ run: id }: AbortOptions, session: Session, context: Context): Promise<ExitCode> {
  const library = await loadLibrary(session.desk, context)
  const ready = takeUp(id, session, library)
  const people = headlessPeople({ answers: new Map() }, { decisions: session.decisions(id), page: session.page })
  const result = await walkReady(ready, session, context, {
    people,
    stayMs: 0,
    tell: tellOf(context.globals),
    how: undo,
  })
  const { out, err } = closingLines(result, ready.run)
  for (const line of out) context.io.out(`${line}\n`)
  for (const line of err) context.io.err(`${line}\n`)
  if (result.kind === 'closed' && result.reason === 'undone') return exitCodes.ok
  return result.exit
}
