/** Walks a procedure from the command line: for real, as a dry run, or on a throwaway desk. */
import type { Context } from '../command.ts'
import { type Answers } from '../../walk/headless.ts'
import { headlessPeople } from '../../walk/headless.ts'
import { graphFor, type Library, loadLibrary, warnAboutOthers } from '../library.ts'
import { type WhichDesk, whichDesk } from '../which-desk.ts'
import { answersFrom, pairs, type WalkFlags } from './answers.ts'
import { dryRun } from './dry-run.ts'
import { interactivePeople } from './interactive.ts'
import { openSession, type Session } from './session.ts'
import { simulate } from './simulate.ts'
import { closingLines, longestStayMs, resultOf, walkReady } from './walk-run.ts'
import type { DocumentKind, Graph, GraphId } from '../../model/graph.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { reachable } from '../../plan/reachable.ts'
import type { GateResult, GateWindow } from '../../walk/result.ts'
import { openRun, type OpenRequest, type Ready } from '../../walk/run.ts'
import type { WalkResult } from '../../walk/walk.ts'
import type { People } from '../../walk/ports.ts'

export interface ProcedureFlags extends WalkFlags {
  readonly dryRun?: boolean
  readonly offline?: boolean
  readonly simulate?: boolean
}

/** What is to be walked, and how its end is reported. */
export interface Procedure {
  readonly graph: Graph
  readonly library: Library
  /** Gates only: which are walked, their windows, and what earlier runs of the window gave. */
  readonly selected?: readonly string[]
  readonly windows?: ReadonlyMap<string, GateWindow>
  readonly earlier?: ReadonlyMap<string, GateResult>
}

export function procedureOf(kind: DocumentKind, id: string, desk: WhichDesk, context: Context): Procedure {
  const library = loadLibrary(desk, context)
  const graph = graphFor(library, kind, id, context)
  const needed = reachable(library.graphs, graph.id)
  const broken = needed.find((each) => !library.graphs.has(each))
  if (broken !== undefined) {
    const [brokenKind = '', brokenId = ''] = broken.split('/')
    graphFor(library, kindOf(brokenKind), brokenId, context)
  }
  warnAboutOthers(library, new Set(needed.map((each) => library.documents.get(each)?.file ?? '')), context)
  return { graph, library }
}

/** Walks and reports; answers the walk for the caller's own exit codes. */
export async function walkProcedure(
  procedure: Procedure,
  flags: ProcedureFlags,
  context: Context,
  desk = whichDesk(context),
): Promise<WalkResult | { readonly kind: 'rehearsed'; readonly exit: WalkResult['exit'] }> {
  if (flags.dryRun === true) return { kind: 'rehearsed', exit: await dryRun(procedure, flags, context, desk) }
  if (flags.simulate === true) return simulate(procedure, flags, context, desk)
  const session = openSession(context, desk)
  const answers = answersFrom(flags, session.person, desk, context.deps)
  const ready = opened(procedure, flags, session)
  return walkAndReport(ready, procedure, session, context, peopleFor(ready.run.id, answers, session, context))
}

/** A person at a terminal is asked; nobody else ever is. Flags answer first. */
export function peopleFor(run: string, answers: Answers, session: Session, context: Context): People {
  const others = { decisions: session.decisions(run), page: session.page }
  const headless = headlessPeople(answers, others)
  if (!context.io.canPrompt || context.globals.json) return headless
  const person = interactivePeople(session, context, others)
  return {
    ...others,
    meet: async (ask) => {
      const said = await headless.meet(ask)
      return said.kind === 'nobody' ? person.meet(ask) : said
    },
  }
}

export function requestFor(
  procedure: Procedure,
  flags: ProcedureFlags,
  session: Pick<Session, 'desk' | 'person'>,
): OpenRequest {
  const { graph, library, selected } = procedure
  return {
    graphs: library.graphs,
    root: graph.id,
    documents: reachable(library.graphs, graph.id).map((id) => pinned(library, id)),
    inputs: Object.fromEntries(pairs('set', flags.set)),
    config: session.desk.view,
    by: session.person,
    ...(selected === undefined ? {} : { selected }),
  }
}

export function opened(procedure: Procedure, flags: ProcedureFlags, session: Session): Ready {
  const answer = openRun(session.walkDesk, requestFor(procedure, flags, session))
  if (answer.kind === 'ready') return answer
  throw new DeskError('locked', exitCodes.locked, answer.by, 'desk run list shows who has it; wait, or desk run abort')
}

export async function walkAndReport(
  ready: Ready,
  procedure: Pick<Procedure, 'windows' | 'earlier'>,
  session: Session,
  context: Context,
  people: People,
): Promise<WalkResult> {
  const { io, globals } = context
  const result = await walkReady(ready, session, context, { people, isQuiet: globals.json, stayMs: longestStayMs })
  report(ready, result, procedure, io, globals.json)
  return result
}

export function report(
  ready: Ready,
  result: WalkResult,
  procedure: Pick<Procedure, 'windows' | 'earlier'>,
  io: Context['io'],
  json: boolean,
): void {
  const { run } = ready
  const { out, err } = closingLines(result, run.id)
  if (json) {
    const shown = { graphs: run.graphs, root: run.root, run: run.id, state: result.state }
    io.out(`${JSON.stringify(resultOf(shown, procedure.windows ?? new Map(), procedure.earlier ?? new Map()))}\n`)
  } else for (const line of out) io.out(`${line}\n`)
  for (const line of err) io.err(`${line}\n`)
}

function pinned(library: Library, id: GraphId): OpenRequest['documents'][number] {
  const entry = library.documents.get(id)
  if (entry === undefined) throw new Error(`${id} was not read`)
  return { id, file: entry.file, text: entry.text }
}

const kindOf = (text: string): DocumentKind => (text === 'tree' ? 'tree' : text === 'gates' ? 'gates' : 'runbook')
