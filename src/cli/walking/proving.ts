/**
 * Who says something to a run, and what proves it: a signature over the exact words, or the account where that tells people apart. What
 * nobody proves does not count; it is on record, and the run goes on waiting.
 */
import type { Context } from '../command.ts'
import { deciderOf, rosterOf } from '../deciding.ts'
import { recordSignature } from '../second-person.ts'
import { accountOf } from '../which-desk.ts'
import { type AnswerWords, answerStatement, askedOf, epochToSign, sayingOf } from './answer-words.ts'
import { recordRefused } from './refused-answer.ts'
import type { Session } from './session.ts'
import { isSamePerson } from '../../killswitch/person.ts'
import { type Refusal, refuse } from '../../killswitch/refusal.ts'
import { operatorByLogin, operatorBySignature, type Recognised, type Roster } from '../../killswitch/roster.ts'
import { DeskError } from '../../model/failure.ts'
import type { Person } from '../../model/journal.ts'
import { visible } from '../../source/visible.ts'
import type { GivenAnswer, SignedAnswer } from '../../walk/headless.ts'
import type { Ask, Reply } from '../../walk/ports.ts'

export interface Proving {
  /** False where whatever the person at the terminal says would not count; that is told. */
  readonly mayAsk: (ask: Ask) => boolean
  /** Of a reply, and of what it was given by; answers it with who is proved to have said it, or `park`. */
  readonly prove: (ask: Ask, reply: Reply, given?: GivenAnswer) => Promise<Reply>
}

/** How long an answer that is signed as it is given may take to go on record. */
const momentMs = 10 * 60_000

export function provingFor(run: string, sign: string | undefined, session: Session, context: Context): Proving {
  const { desk, means } = session
  const { deps, io } = context
  const objection = (): Pick<Refusal, 'code' | 'message'> | undefined =>
    desk.profile === 'live' && sign === undefined
      ? objectToAccount(rosterOf(desk, context), session, context)
      : undefined
  const tell = ({ message }: Pick<Refusal, 'message'>): void => {
    io.err(`desk: ${message}; without a signature no answer counts\n  next: desk run continue ${run} --sign <key>\n`)
  }
  const refuseReply = ({ code, message }: Pick<Refusal, 'code' | 'message'>, ask: Ask, offered = {}): Reply => {
    recordRefused(session, { run, id: ask.need.at.path, code, reason: message, ...offered })
    io.err(`desk: what was answered does not count: ${visible(message)}\n`)
    return { kind: 'park' }
  }
  return {
    mayAsk: ({ need }) => {
      // Whatever tightens is offered to everybody, and waiting for somebody else needs nobody.
      if (need.kind === 'approval' || (need.kind === 'act' && need.confirm === undefined)) return true
      const problem = objection()
      if (problem !== undefined) tell(problem)
      return problem === undefined
    },
    prove: async (ask, reply, given) => {
      const saying = sayingOf(reply, ask.need)
      if (!('by' in reply)) return reply
      // Nothing proves the key here, which may be anybody's: what needs no proof is on record as the account's.
      if (saying === undefined) return { ...reply, by: session.person }
      // What a command of its own has stated was proved there.
      if (given?.by.via === 'key') return reply
      const signed = given?.signed
      if (sign === undefined && signed === undefined) {
        const problem = objection()
        return problem === undefined ? reply : refuseReply(problem, ask)
      }
      const now = deps.now()
      const { when, until } = signed ?? {
        when: now.toISOString(),
        until: new Date(now.getTime() + momentMs).toISOString(),
      }
      const words: AnswerWords = {
        ...{ run, ...askedOf(ask.need, ask.state), ...saying },
        ...{ epoch: epochToSign(session), when, until },
      }
      const statement = answerStatement(desk, deps.host, words)
      const found =
        signed === undefined
          ? await signNow(statement, sign, session, context)
          : provedBy(signed, { words, statement, who: reply.by.id }, rosterOf(desk, context), now.getTime())
      if ('kind' in found) {
        const offered = signed === undefined ? {} : { signature: signed.signature }
        return refuseReply(found, ask, { statement, ...offered })
      }
      const note = recordSignature(desk.stateDir, means, statement, found)
      return { ...reply, by: { ...found.person, ...(note === undefined ? {} : { signed: note }) } }
    },
  }
}

/** Without a signature the run waits for one, whatever kept the key from making it. */
async function signNow(
  statement: string,
  sign: string | undefined,
  { desk }: Session,
  context: Context,
): Promise<Recognised | Refusal> {
  try {
    const decider = deciderOf(desk, context, sign === undefined ? {} : { sign })
    return await decider.recognise(statement, context.deps.now().getTime())
  } catch (error) {
    if (error instanceof DeskError) return refuse('bad-signature', error.message)
    throw error
  }
}

/** Whom the screens name: of whom the key says that it is theirs. Nothing is proved by that. Throws DeskError for a key that cannot be read. */
export const shownPerson = ({ desk, person }: Session, sign: string | undefined, context: Context): Person =>
  sign === undefined ? person : { id: deciderOf(desk, context, { sign }).claimed, via: 'login' }

/** An account that belongs to no operator, or to several, says of nobody who they are. */
function objectToAccount(roster: Roster, { desk }: Session, context: Context): Refusal | undefined {
  const found = operatorByLogin(roster, accountOf(desk, context))
  return 'id' in found ? undefined : found
}

/** Whether a signature that was made beforehand is of that person, and over what is asked now. */
export function provedBy(
  signed: SignedAnswer,
  { words, statement, who }: { readonly words: AnswerWords; readonly statement: string; readonly who: string },
  roster: Roster,
  nowMs: number,
): Recognised | Refusal {
  const { signature, run, epoch, when, until } = signed
  if (run !== words.run) return refuse('void', `it was signed for ${run}, and this is ${words.run}`)
  if (Date.parse(when) > nowMs) return refuse('too-early', `it is of ${when}, which is yet to come`)
  if (!(nowMs < Date.parse(until))) return refuse('expired', `it expired at ${until}`)
  if (epoch !== words.epoch) return refuse('void', `it was signed under ${epoch}, and ${words.epoch} is in force now`)
  const found = operatorBySignature(roster, statement, signature, nowMs)
  if (!('id' in found)) return found
  if (!isSamePerson(found.id, who))
    return refuse('unknown-signer', `it is said to be of ${who}, and ${found.id} signed it`)
  return { person: { id: found.id, via: 'key' }, signature }
}
