/** What somebody signs who says something to a run: all that it turns on, here and now, so that it can be said nowhere else and never again. */
import { wallClock } from '../deps.ts'
import type { Session } from './session.ts'
import { readTrading } from '../../killswitch/trading.ts'
import type { Need } from '../../model/journal.ts'
import { settlementOf } from '../../walk/headless.ts'
import type { Reply } from '../../walk/ports.ts'
import { entryAt, type State } from '../../walk/state.ts'

export interface AnswerWords {
  readonly run: string
  readonly need: Need
  /** Of an effect whose outcome was lost: which of its attempts. The same step may be tried again, and lost again, at one place and visit. */
  readonly attempt?: number
  readonly answer: string
  readonly reason?: string
  /** While halted the latest halt, else the grant in force. */
  readonly epoch: string
  /** RFC 3339: when it is said, and until when it counts. */
  readonly when: string
  readonly until: string
}

/** JSON in a fixed order: whoever signs can read it, and whoever verifies can write it again. Ends with a newline. */
export function answerStatement({ name }: { readonly name: string }, host: string, said: AnswerWords): string {
  const { run, need, attempt, answer, reason, epoch, when, until } = said
  const words = {
    ...{ statement: 'desk-answer/1', desk: name, host, run, at: { path: need.at.path, visit: need.at.visit } },
    ...(attempt === undefined ? {} : { attempt }),
    ...{ asked: need.kind, question: questionOf(need), answer },
    ...(reason === undefined ? {} : { reason }),
    ...{ epoch, when, until },
  }
  return `${JSON.stringify(words, undefined, 2)}\n`
}

/** Of a reply that states something; undefined for one that only tightens, goes back or leaves. */
export function sayingOf(reply: Reply, need: Need): Pick<AnswerWords, 'answer' | 'reason'> | undefined {
  switch (reply.kind) {
    case 'answer':
      return { answer: reply.answer, ...because(reply) }
    case 'attested':
      return { answer: reply.reason }
    case 'settled':
      return { answer: reply.as, ...because(reply) }
    case 'confirmed':
      return { answer: need.kind === 'confirm' ? need.name : need.title }
    case 'left':
      return { answer: 'decline', ...because(reply) }
    case 'taken':
      // A halt waits for no signature.
      return need.kind === 'act' && need.confirm !== undefined ? { answer: 'act', ...because(reply) } : undefined
    case 'nobody':
    case 'park':
    case 'back':
      return undefined
  }
}

/** The same for what a file or a flag answers. Throws DeskError `unknown-answer`. */
export function givenSaying(need: Need, answer: string, reason: string | undefined): ReturnType<typeof sayingOf> {
  if (need.kind === 'attest') return { answer }
  const said = need.kind === 'settle' ? settlementOf(need.at.path, answer) : answer
  return { answer: said, ...(reason === undefined ? {} : { reason }) }
}

/** What is asked, as it goes into the words. */
export const askedOf = (need: Need, state: State): Pick<AnswerWords, 'need' | 'attempt'> => {
  const attempt = need.kind === 'settle' ? entryAt(state, need.at.path).attempts.at(-1)?.attempt : undefined
  return { need, ...(attempt === undefined ? {} : { attempt }) }
}

/** What is in force as it is signed. The permissions are those of the real clock. */
export const epochToSign = ({ desk, boot }: Pick<Session, 'desk' | 'boot'>): string =>
  readTrading(desk.stateDir, wallClock.now().getTime(), boot).trading.epoch

const because = ({ reason }: { readonly reason?: string }): { readonly reason?: string } =>
  reason === undefined ? {} : { reason }
const questionOf = (need: Need): string => (need.kind === 'attest' ? (need.ask ?? need.title) : need.title)
