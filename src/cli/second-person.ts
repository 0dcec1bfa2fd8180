/**
 * The second of two people about a run or a gate. On a live desk both have to be known as operators: an account that several share, or that
 * belongs to nobody, could be the other one's.
 */
import type { Context } from './command.ts'
import { deciderOf } from './deciding.ts'
import { refused } from './permission.ts'
import type { WhichDesk } from './which-desk.ts'
import { newId } from '../audit/id.ts'
import { openSegment } from '../audit/segment.ts'
import { isSamePerson } from '../killswitch/person.ts'
import type { Means } from '../killswitch/record.ts'
import type { Recognised } from '../killswitch/roster.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Place } from '../model/journal.ts'

/** Who decides: by account, or by a signature over these words. Throws DeskError where nobody can be told. */
export async function recogniseDecider(
  desk: WhichDesk,
  context: Context,
  statement: string,
  sign: string | undefined,
): Promise<Recognised> {
  const found = await deciderOf(desk, context, sign === undefined ? {} : { sign }).recognise(
    statement,
    context.deps.now().getTime(),
  )
  if (!('kind' in found)) return found
  if (found.code === 'signature-required')
    throw new DeskError('signature-required', exitCodes.refused, found.message, '--sign KEY')
  return refused(found)
}

/** Throws DeskError `unknown-operator` (4) where one of those who acted before could be anybody. */
export function refuseUnknownOthers({ profile, config }: WhichDesk, others: readonly string[], did: string): void {
  if (profile === 'paper') return
  const stranger = others.find((other) => !config.operators.some(({ id }) => isSamePerson(id, other)))
  if (stranger === undefined) return
  throw new DeskError(
    'unknown-operator',
    exitCodes.refused,
    `${stranger}, who ${did}, is no operator of this desk, so nobody can tell whether you are two`,
    'desk config show: operators',
  )
}

/** What whoever decides about a run or a gate signs: what is decided, here, and all that it turns on. */
export const decisionStatement = (
  act: 'leave' | 'hand-over' | 'override' | 'waive' | 'attest' | 'note' | 'assign' | 'close' | 'silence' | 'expire',
  { name }: Pick<WhichDesk, 'name'>,
  { deps }: Pick<Context, 'deps'>,
  about: Readonly<Record<string, string | number>>,
): string => {
  const words = { statement: 'desk-decision/1', act, desk: name, host: deps.host, ...about }
  return `${JSON.stringify(words, undefined, 2)}\n`
}

/**
 * Keeps the signature with the words that it signs; answers the note, if there was a signature. Durable when it returns, so that nothing
 * follows from a signature that is lost.
 */
export function recordSignature(
  stateDir: string,
  { now, random, ...envelope }: Means,
  statement: string,
  { person, signature }: Recognised,
): string | undefined {
  if (signature === undefined) return undefined
  const run = newId('note', now, random)
  openSegment({
    ...{ stateDir, run, k: 0, now },
    header: { event: 'decision.signed', data: { statement, signature, by: person } },
    envelope: { ...envelope, actor: person.id },
    summary: { title: `signed by ${person.id}` },
  }).close({ outcome: 'ok' })
  return run
}

/** What whoever approves a step of a run signs: exactly what was offered there. */
export const runStatement = (
  act: 'approved' | 'declined',
  about: {
    readonly desk: string
    readonly host: string
    readonly run: string
    readonly at: Place
    readonly offers: string
  },
): string => {
  const { desk, host, run, at, offers } = about
  const words = { statement: 'desk-run/1', act, desk, host, run, at: { path: at.path, visit: at.visit }, offers }
  return `${JSON.stringify(words, undefined, 2)}\n`
}
