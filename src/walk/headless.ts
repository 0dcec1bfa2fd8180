/** Answers from flags and files. Nobody is asked, and what nobody said beforehand waits. */
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Person } from '../model/journal.ts'
import { nodeAt } from './place.ts'
import type { Ask, People, Reply } from './ports.ts'

/** A signature over an answer, and what it was made for. */
export interface SignedAnswer {
  /** Armored. */
  readonly signature: string
  readonly run: string
  /** The grant or halt in force when it was made: after another one it says nothing. */
  readonly epoch: string
  /** RFC 3339: when it was made, and until when it counts. */
  readonly when: string
  readonly until: string
}
export interface GivenAnswer {
  readonly answer: string
  readonly by: Person
  readonly reason?: string
  /** Made beforehand. */
  readonly signed?: SignedAnswer
}
export interface Answers {
  /** By question or step: its id, or `<document>.<id>` where ids repeat. The text of an attest, `done` or `not-done` to settle. */
  readonly answers: ReadonlyMap<string, GivenAnswer>
  /** `--act`: take what leaves offer. */
  readonly act?: Person
  /** `--confirm NAME`. */
  readonly confirm?: { readonly name: string; readonly by: Person }
}

export function headlessPeople(
  given: Answers,
  others: { readonly decisions: People['decisions']; readonly page: People['page'] },
): People {
  return { ...others, meet: (ask) => Promise.resolve(replyTo(ask, given)) }
}

function replyTo(ask: Ask, given: Answers): Reply {
  const { need } = ask
  switch (ask.kind) {
    case 'act':
      return given.act === undefined
        ? { kind: 'nobody' }
        : taking(given.act, need.kind === 'act' ? need.confirm : undefined, given)
    case 'confirm':
      return confirmation(need.kind === 'confirm' ? need.name : '', given)
    case 'approval':
      return { kind: 'nobody' }
    case 'answer':
    case 'attest':
    case 'settle': {
      const found = answerFor(need.at.path, given)
      if (found === undefined) return { kind: 'nobody' }
      const { answer, by, reason } = found
      const because = reason === undefined ? {} : { reason }
      if (ask.kind === 'answer') return { kind: 'answer', answer, by, ...because }
      if (ask.kind === 'attest') return { kind: 'attested', by, reason: answer }
      return { kind: 'settled', as: settlementOf(need.at.path, answer), by, ...because }
    }
  }
}

/** What loosens is not taken without the desk's name. */
function taking(by: Person, name: string | undefined, given: Answers): Reply {
  if (name === undefined || confirmation(name, given).kind === 'confirmed') return { kind: 'taken', by }
  return { kind: 'nobody' }
}

function confirmation(name: string, { confirm }: Answers): Reply {
  if (confirm === undefined) return { kind: 'nobody' }
  if (confirm.name === name) return { kind: 'confirmed', by: confirm.by }
  throw new DeskError('wrong-name', exitCodes.usage, `this desk is not called ${confirm.name}`, `--confirm ${name}`)
}

export function answerFor(path: string, { answers }: Pick<Answers, 'answers'>): GivenAnswer | undefined {
  const { graph, node } = nodeAt(path)
  const document = graph.slice(graph.indexOf('/') + 1)
  return answers.get(path) ?? answers.get(`${document}.${node}`) ?? answers.get(node)
}

/** Throws DeskError `unknown-answer`. */
export function settlementOf(path: string, answer: string): 'ok' | 'failed' | 'not-done' {
  if (answer === 'done' || answer === 'ok') return 'ok'
  if (answer === 'failed' || answer === 'not-done') return answer
  const hint = 'answers: done, failed, not-done'
  throw new DeskError(
    'unknown-answer',
    exitCodes.usage,
    `${path} cannot be settled with ${JSON.stringify(answer)}`,
    hint,
  )
}
