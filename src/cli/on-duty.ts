/**
 * Who says something about incidents and alerts beside any run. On a live desk an operator who can be told from everybody else, by account
 * or by a signature over these words; what changes more than the record takes a role. Whoever is refused is on record.
 */
import type { Context } from './command.ts'
import { openDesk } from './permission.ts'
import { decisionStatement, recogniseDecider, recordSignature } from './second-person.ts'
import { holdsRole, openSession, type Session } from './walking/session.ts'
import { type WhichDesk, whoMayBe } from './which-desk.ts'
import { newId } from '../audit/id.ts'
import { openSegment } from '../audit/segment.ts'
import type { Means } from '../killswitch/record.ts'
import type { Recognised } from '../killswitch/roster.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import type { roles } from '../model/roles.ts'

export interface Saying {
  readonly act: 'note' | 'assign' | 'close' | 'silence' | 'expire'
  /** All that is said: what a signature is made over. */
  readonly about: Readonly<Record<string, string>>
  readonly sign: string | undefined
}

/** Whoever has to answer at night may give command, close and silence. */
const onDuty: readonly (typeof roles)[number][] = ['oncall', 'commander', 'risk']

/** The session of whoever says it. Throws DeskError 77, on record, where nobody can be told or the role is missing. */
export async function sessionOf(desk: WhichDesk, context: Context, saying: Saying): Promise<Session> {
  const { means } = openDesk(context, desk)
  const statement = decisionStatement(saying.act, desk, context, saying.about)
  const found = await provedBy(desk, context, saying, statement).catch((error: unknown) => {
    if (!(error instanceof DeskError)) throw error
    recordRefused(desk, context, means, saying, error)
    throw error
  })
  recordSignature(desk.stateDir, means, statement, found)
  return openSession(context, desk, found.person)
}

async function provedBy(
  desk: WhichDesk,
  context: Context,
  { act, sign }: Saying,
  statement: string,
): Promise<Recognised> {
  const found = await recogniseDecider(desk, context, statement, sign).catch((error: unknown) => {
    if (!(error instanceof DeskError) || error.exit !== exitCodes.refused) throw error
    // What nobody may say here is said by nobody: there is no other way that a policy would leave open.
    const { code, message, hint } = error
    throw new DeskError(code, exitCodes.notAuthorised, message, hint)
  })
  const { person } = found
  if (act === 'note' || onDuty.some((role) => holdsRole(desk, person, role))) return found
  throw new DeskError(
    'wrong-role',
    exitCodes.notAuthorised,
    `${person.id} holds none of the roles ${onDuty.join(', ')}`,
    'desk config show: operators',
  )
}

/** Durable when it returns. Throws AuditUnwritable. */
function recordRefused(
  desk: WhichDesk,
  context: Context,
  { now, random, ...envelope }: Means,
  { act, about }: Saying,
  { code, message: reason }: DeskError,
): void {
  const by = whoMayBe(desk, context)
  openSegment({
    ...{ stateDir: desk.stateDir, run: newId('note', now, random), k: 0, now },
    header: {
      event: 'decision.refused',
      level: 'warn',
      data: { act, ...about, code, reason, ...(by === undefined ? {} : { by }) },
    },
    envelope: { ...envelope, actor: by?.id ?? 'unknown' },
    summary: { title: `refused: ${act} by ${by?.id ?? 'nobody who can be told'}` },
  }).close({ outcome: 'refused' })
}
