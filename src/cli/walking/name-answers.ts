/**
 * Says of every answer exactly which question or step it is for. An id that several documents of a walk use means the one of the walk's
 * own document: an answer to "is the status page green?" must never answer "is the cause known?" further down. A name that nothing
 * bears is refused, because somebody believes to have answered.
 */
import type { Context } from '../command.ts'
import type { WhichDesk } from '../which-desk.ts'
import { answersFrom, pairs, type Tell, type WalkFlags } from './answers.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { Graph, GraphId, Node } from '../../model/graph.ts'
import { reachable } from '../../plan/reachable.ts'
import { nearest } from '../../source/suggest.ts'
import { visible } from '../../source/visible.ts'
import type { Person } from '../../model/journal.ts'
import type { Answers } from '../../walk/headless.ts'
import { nodeAt, placeOf } from '../../walk/place.ts'
import { type Entry, entryAt, type RecordOf, type State } from '../../walk/state.ts'

export interface Walked {
  readonly graphs: ReadonlyMap<GraphId, Graph>
  readonly root: GraphId
  /** Of a run that is taken up again. */
  readonly state?: State
}

/** All that flags and files answer, by the exact names of this walk; what is not used is said on stderr. */
export function givenAnswers(
  flags: WalkFlags,
  person: Person,
  desk: Pick<WhichDesk, 'profile'>,
  walked: () => Walked,
  { deps, io }: Pick<Context, 'deps' | 'io'>,
): Answers {
  const tell: Tell = (line) => {
    io.err(`desk: ${visible(line)}\n`)
  }
  const given = answersFrom(flags, person, desk, deps, tell)
  return given.answers.size === 0 ? given : nameAnswers(given, flags, walked(), tell)
}

interface Named {
  readonly document: string
  readonly node: Node
}

/**
 * Throws DeskError `unknown-answer` for a flag that names nothing and for what a question does not offer, `which-answer` for one of
 * several, `answered` for a flag that answers what was answered in this run before.
 */
function nameAnswers(given: Answers, flags: WalkFlags, { graphs, root, state }: Walked, tell: Tell): Answers {
  const flagged = new Set(pairs('answer', flags.answer).keys())
  const all = reachable(graphs, root).flatMap((id): readonly Named[] =>
    [...(graphs.get(id)?.nodes.values() ?? [])].map((node) => ({ document: documentOf(id), node })),
  )
  const named = [...given.answers].map(([id, said]) => {
    if (id.includes('#')) {
      if (flagged.has(id))
        refusePlace(id, said.answer, { graphs, root, ...(state === undefined ? {} : { state }) }, all)
      return [id, said] as const
    }
    const found = namedBy(id, all, documentOf(root))
    if (found === undefined) {
      const problem = unknown(id, all)
      if (flagged.has(id)) throw problem
      // A file may hold answers for several procedures.
      tell(`${problem.message} (${problem.hint ?? ''}): that answer is not used`)
      return [id, said] as const
    }
    refuseOthers(found, said.answer)
    // The run's own document is entered once; another one may be entered again.
    if (state !== undefined && flagged.has(id) && found.document === documentOf(root))
      refuseAnswered(id, said.answer, found.node, entryAt(state, placeOf('', root, found.node.id)))
    return [fullName(found), said] as const
  })
  return { ...given, answers: new Map(named) }
}

const documentOf = (id: string): string => id.slice(id.indexOf('/') + 1)
const fullName = ({ document, node }: Named): string => `${document}.${node.id}`

function namedBy(id: string, all: readonly Named[], own: string): Named | undefined {
  const exact = all.find((each) => fullName(each) === id)
  if (exact !== undefined) return exact
  const bearing = all.filter(({ node }) => node.id === id)
  const [only] = bearing
  const mine = bearing.find(({ document }) => document === own)
  if (mine !== undefined || bearing.length <= 1) return mine ?? only
  throw new DeskError(
    'which-answer',
    exitCodes.usage,
    `"${id}" is in several documents of this walk`,
    `one of ${bearing.map(fullName).join(', ')}`,
  )
}

function unknown(id: string, all: readonly Named[]): DeskError {
  const askable = all.filter(({ node }) => node.kind === 'question' || node.kind === 'attest' || node.kind === 'action')
  const near = nearest(id, [...askable.map(({ node }) => node.id), ...askable.map(fullName)])
  const questions = all.filter(({ node }) => node.kind === 'question' || node.kind === 'attest').map(fullName)
  return new DeskError(
    'unknown-answer',
    exitCodes.usage,
    `nothing of this walk is called "${id}"`,
    near === undefined ? `it may ask ${questions.join(', ') || 'nothing'}` : `did you mean "${near}"?`,
  )
}

/** Of a place as the log names it: `tree/no-fills#q1`. */
function refusePlace(id: string, said: string, { graphs, root, state }: Walked, all: readonly Named[]): void {
  const { graph, node } = nodeAt(id)
  const found = all.find((each) => each.document === documentOf(graph) && each.node.id === node)
  const isBelow = id.startsWith(`${root}#`) && [...graphs.keys()].some((each) => each === graph)
  if (!isBelow || found === undefined) throw unknown(id, all)
  if (state !== undefined) refuseAnswered(id, said, found.node, entryAt(state, id))
}

/**
 * Somebody who answers otherwise believes to change something. The same words again are the same command after a crash. What an effect came
 * to is settled also when it is undone, so that stays open.
 */
function refuseAnswered(id: string, said: string, { kind }: Node, { answer, outcome }: Entry): void {
  if (kind !== 'question' && kind !== 'attest') return
  if (answer !== undefined && answer.by !== 'probe' && said === (kind === 'attest' ? answer.reason : answer.answer))
    return
  const before = answer === undefined ? outcome?.outcome : `${answer.answer}, by ${sayer(answer)}`
  if (before === undefined) return
  throw new DeskError(
    'answered',
    exitCodes.usage,
    `"${id}" is answered in this run already: ${before}`,
    'leave that answer out; desk run show tells what the run waits for',
  )
}

const sayer = ({ by, probe }: RecordOf<'answer'>): string => (by === 'probe' ? `the probe ${probe ?? ''}` : by.id)

function refuseOthers({ node }: Named, answer: string): void {
  if (node.kind !== 'question' || answer === 'unsure' || node.to.has(answer)) return
  throw new DeskError(
    'unknown-answer',
    exitCodes.usage,
    `${node.id} cannot be answered with ${JSON.stringify(answer)}`,
    `answers: ${[...node.to.keys(), 'unsure'].join(', ')}`,
  )
}
