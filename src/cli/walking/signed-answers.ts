/** Answers that are signed beforehand: looked at before the run is taken up, and written for somebody who takes it up later. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from '../command.ts'
import { deciderOf, rosterOf } from '../deciding.ts'
import { refused } from '../permission.ts'
import { type AnswerWords, answerStatement, askedOf, epochToSign, givenSaying } from './answer-words.ts'
import { provedBy } from './proving.ts'
import { UnprovedAnswer } from './refused-answer.ts'
import { holdsRole, type Session } from './session.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { Need } from '../../model/journal.ts'
import { answerFor, type Answers, type GivenAnswer, type SignedAnswer } from '../../walk/headless.ts'
import type { State } from '../../walk/state.ts'

/** A run that waits; where its process died nobody can tell yet what it will ask. */
export interface Waiting {
  readonly run: string
  readonly state: State
}

/**
 * Throws UnprovedAnswer for what was signed for another run, for something that is not asked now, by somebody else, or over other words.
 * The run is looked at again when it asks.
 */
export function checkSigned(
  answers: Answers,
  waiting: Waiting | undefined,
  session: Session,
  context: Context,
  sign: string | undefined,
): void {
  // A key that cannot be read is told before anything is begun.
  if (sign !== undefined) deciderOf(session.desk, context, { sign })
  for (const [id, given] of answers.answers) {
    if (given.signed === undefined) continue
    const { signed } = given
    if (waiting?.run !== signed.run) {
      const here = waiting === undefined ? 'this is a new run' : `this is ${waiting.run}`
      throw unproved(`it was signed for ${signed.run}, and ${here}`, 'void', id, signed)
    }
    const { state } = waiting
    if (state.parked === undefined) continue
    const need = needOf(id, given, state)
    if (need === undefined) throw unproved(`${signed.run} does not ask that now`, 'void', id, signed)
    checkOne(id, { ...given, signed }, askedOf(need, state), session, context)
  }
}

/** What of the run waits for this answer. */
const needOf = (id: string, given: GivenAnswer, { parked }: State): Need | undefined =>
  parked?.needs.find((each) => answerFor(each.at.path, { answers: new Map([[id, given]]) }) !== undefined)

/** What was signed for other runs is theirs, where one file answers several. */
export const withoutOthers = (answers: Answers, run: string): Answers => ({
  ...answers,
  answers: new Map([...answers.answers].filter(([, { signed }]) => signed === undefined || signed.run === run)),
})

function checkOne(
  id: string,
  { answer, by, reason, signed }: GivenAnswer & { readonly signed: SignedAnswer },
  asked: ReturnType<typeof askedOf>,
  session: Session,
  context: Context,
): void {
  const { deps } = context
  const saying = givenSaying(asked.need, answer, reason) ?? { answer }
  const { run, when, until } = signed
  const words: AnswerWords = { run, ...asked, ...saying, epoch: epochToSign(session), when, until }
  const statement = answerStatement(session.desk, deps.host, words)
  const roster = rosterOf(session.desk, context)
  const found = provedBy(signed, { words, statement, who: by.id }, roster, deps.now().getTime())
  if ('kind' in found) throw unproved(found.message, found.code, id, signed, statement)
}

const unproved = (
  reason: string,
  code: string,
  id: string,
  { signature, run }: SignedAnswer,
  statement?: string,
): UnprovedAnswer =>
  new UnprovedAnswer(
    code,
    `the answer to "${id}" does not count: ${reason}`,
    `desk run continue ${run} --answer id=answer --sign <key> --write <file>`,
    { id, signature, ...(statement === undefined ? {} : { statement }) },
  )

export interface WriteOptions {
  /** A private key file, or a public one whose private half an agent holds. */
  readonly sign?: string
  /** Where to. Nothing that is there is overwritten. */
  readonly write: string
  /** RFC 3339: how long they count; without it a day. */
  readonly until?: string
}
const dayMs = 24 * 3_600_000

/** Signs what was answered, each for the place at which the run asks it, and writes a file for `--answers`. Nothing else is done. */
export async function writeSigned(
  answers: Answers,
  { run, state }: Waiting,
  options: WriteOptions,
  session: Session,
  context: Context,
): Promise<void> {
  const { deps, io } = context
  if (options.sign === undefined)
    throw new DeskError('no-key', exitCodes.usage, 'only signed answers are written', '--sign <key>')
  // Nobody signs what a file says and they have not looked at.
  const own = [...answers.answers].filter(([, { by }]) => by.via === 'flag')
  if (own.length === 0)
    throw new DeskError('no-answer', exitCodes.usage, 'there is nothing to sign', '--answer id=answer')
  const now = deps.now()
  const until = untilOf(options.until, now)
  const decider = deciderOf(session.desk, context, { sign: options.sign })
  const entries: string[] = []
  for (const [id, given] of own) {
    const need = needOf(id, given, state)
    if (need === undefined)
      throw new DeskError('not-asked', exitCodes.usage, `${run} does not ask "${id}" now`, `desk run show ${run}`)
    const saying = givenSaying(need, given.answer, given.reason) ?? { answer: given.answer }
    const asked = askedOf(need, state)
    const words = { run, ...asked, ...saying, epoch: epochToSign(session), when: now.toISOString(), until }
    const statement = answerStatement(session.desk, deps.host, words)
    const found = await decider.recognise(statement, now.getTime())
    if ('kind' in found) refused(found)
    const { person, signature = '' } = found
    if (need.kind === 'attest' && !holdsRole(session.desk, person, need.role))
      throw new DeskError('wrong-role', exitCodes.notAuthorised, `${person.id} is no ${need.role}`)
    entries.push(entryOf(need.at.path, given.answer, { who: person.id, reason: given.reason, ...words, signature }))
  }
  write(resolve(deps.cwd, options.write), `answers:\n${entries.join('')}`)
  io.out(`wrote ${String(entries.length)} signed ${entries.length === 1 ? 'answer' : 'answers'}: ${options.write}\n`)
  io.err(`  next: desk run continue ${run} --answers ${options.write}\n`)
}

/** Throws DeskError `bad-moment`. */
function untilOf(text: string | undefined, now: Date): string {
  if (text === undefined) return new Date(now.getTime() + dayMs).toISOString()
  const ms = Date.parse(text)
  if (ms > now.getTime()) return new Date(ms).toISOString()
  throw new DeskError('bad-moment', exitCodes.usage, `--until ${JSON.stringify(text)} is no moment to come`)
}

/** In the order of the file's shape; every value in quotes. */
function entryOf(
  id: string,
  answer: string,
  about: SignedAnswer & { readonly who: string; readonly reason: string | undefined },
): string {
  const { who, reason, when, until, run, epoch, signature } = about
  const fields = { id, answer, who, when, until, ...(reason === undefined ? {} : { reason }), run, epoch, signature }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  return `  - ${lines.join('\n    ')}\n`
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DeskError('unwritable-answers', exitCodes.usage, `the answers cannot be written: ${reason}`)
  }
}
