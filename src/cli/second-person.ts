/**
 * The second of two people about a run or a gate. On a live desk both have to be known as operators: an account that several share, or that
 * belongs to nobody, could be the other one's.
 */
import type { Context } from './command.ts'
import { deciderOf } from './deciding.ts'
import { refused } from './permission.ts'
import type { WhichDesk } from './which-desk.ts'
import { isSamePerson } from '../killswitch/person.ts'
import type { Recognised } from '../killswitch/roster.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Place } from '../model/journal.ts'

/** Who decides: by account, or by a signature over these words where the command takes one. Throws DeskError where nobody can be told. */
export async function recogniseDecider(
  desk: WhichDesk,
  context: Context,
  statement: string,
  signing?: { readonly sign: string | undefined },
): Promise<Recognised> {
  const found = await deciderOf(desk, context, signing?.sign === undefined ? {} : { sign: signing.sign }).recognise(
    statement,
    context.deps.now().getTime(),
  )
  if (!('kind' in found)) return found
  const hint = 'decide from an account that is yours alone'
  if (found.code === 'signature-required' && signing === undefined)
    throw new DeskError('signature-required', exitCodes.refused, found.message, hint)
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
