/** Walks a run with whoever is there, and reports its end: lines for people, or the one JSON document. */
import type { Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { provingFor, shownPerson } from './proving.ts'
import { recordRefused } from './refused-answer.ts'
import { holdsRole, inRole, type Session } from './session.ts'
import {
  closingLines,
  longestStayMs,
  type GatesShown,
  printResult,
  resultOf,
  tellOf,
  type Tell,
  type WalkOptions,
  walkReady,
} from './walk-run.ts'
import { textRedactor } from '../../audit/redact.ts'
import { answerFor, type Answers, type GivenAnswer, headlessPeople } from '../../walk/headless.ts'
import type { Ask, People, Reply } from '../../walk/ports.ts'
import type { Ready } from '../../walk/run.ts'
import type { WalkResult } from '../../walk/walk.ts'

/**
 * A person at a terminal is asked; nobody else ever is. Flags answer first. Whoever attests holds the role that is asked for, and what
 * nobody may read is out of their words before anything is done with them.
 */
export function peopleFor(
  run: string,
  answers: Answers,
  session: Session,
  context: Context,
  /** The key that signs what is said. */
  sign?: string,
): People {
  const { mayAsk, prove } = provingFor(run, sign, session, context)
  const shown = shownPerson(session, sign, context)
  const people = anybody(run, answers, { ...session, person: shown }, context, mayAsk)
  const hide = textRedactor(session.desk.config.secrets)
  return {
    ...people,
    meet: async (ask) => {
      const { reply, given } = await people.meet(ask)
      const said = await prove(ask, 'reason' in reply ? { ...reply, reason: hide(reply.reason) } : reply, given)
      if (said.kind !== 'attested' || ask.need.kind !== 'attest') return said
      if (holdsRole(session.desk, said.by, ask.need.role)) return { ...said, by: inRole(session.desk, said.by) }
      const reason = `${said.by.id} is no ${ask.need.role}: what they state does not count`
      recordRefused(session, { run, id: ask.need.at.path, code: 'wrong-role', reason })
      context.io.err(`desk: ${reason}\n`)
      return { kind: 'park' }
    },
  }
}

/** With what a reply was given by, where that was a flag or a file. */
interface Anybody extends Omit<People, 'meet'> {
  readonly meet: (ask: Ask) => Promise<{ readonly reply: Reply; readonly given?: GivenAnswer }>
}

function anybody(
  run: string,
  answers: Answers,
  session: Session,
  context: Context,
  mayAsk: (ask: Ask) => boolean,
): Anybody {
  const others = { decisions: session.decisions(run), page: session.page }
  const headless = headlessPeople(answers, others)
  const isTerminal = context.io.canPrompt && tellOf(context.globals) === 'lines'
  let person: People | undefined
  // What is signed is said once: whoever goes back to its question is asked.
  const said = new Set<GivenAnswer>()
  return {
    ...others,
    meet: async (ask) => {
      const given = answerFor(ask.need.at.path, answers)
      const reply = given !== undefined && said.has(given) ? nobody : await headless.meet(ask)
      if (given?.signed !== undefined) said.add(given)
      if (reply.kind !== 'nobody' || !isTerminal) return { reply, ...(given === undefined ? {} : { given }) }
      if (!mayAsk(ask)) return { reply: { kind: 'park' } }
      person ??= (await import('./interactive.ts')).interactivePeople(session, context, others)
      return { reply: await person.meet(ask) }
    },
  }
}

const nobody: Reply = { kind: 'nobody' }

export async function walkAndReport(
  ready: Ready,
  procedure: GatesShown,
  session: Session,
  context: Context,
  people: People,
  how?: WalkOptions['how'],
): Promise<WalkResult> {
  const { io } = context
  const tell = tellOf(context.globals)
  const result = await walkReady(ready, session, context, {
    people,
    tell,
    stayMs: longestStayMs,
    ...(how === undefined ? {} : { how }),
  })
  report(ready.run, result, procedure, io, tell)
  return result
}

export function report(
  run: Pick<Ready['run'], 'id' | 'graphs' | 'root'>,
  result: WalkResult,
  procedure: GatesShown,
  io: Context['io'],
  tell: Tell,
  /** False where nobody can look at the run afterwards. */
  isKept = true,
): void {
  const { out, err } = closingLines(result, run, io, isKept)
  const shown = { graphs: run.graphs, root: run.root, run: run.id, state: result.state }
  if (tell === 'json') printResult(io, shown, resultOf(shown, procedure))
  else if (tell === 'ndjson') printJson(io, 'ndjson-line', { type: 'result', result: resultOf(shown, procedure) })
  else for (const line of out) io.out(`${line}\n`)
  for (const line of err) io.err(`${line}\n`)
}
