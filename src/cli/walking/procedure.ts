/** A procedure with all that it can reach, and the run that is opened for it. */
import type { Context } from '../command.ts'
import { graphFor, type Library, loadLibrary, warnAboutOthers } from '../library.ts'
import type { WhichDesk } from '../which-desk.ts'
import { pairs, type WalkFlags } from './answers.ts'
import type { Walked } from './name-answers.ts'
import type { Session } from './session.ts'
import { documentKinds, type DocumentKind, type Graph, type GraphId } from '../../model/graph.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { reachable } from '../../plan/reachable.ts'
import type { GateResult, GateWaiver, GateWindow } from '../../walk/result.ts'
import { openRun, type OpenRequest, type Ready } from '../../walk/run.ts'

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
  /** The gates of a partial run, which never completes its cadence. */
  readonly only?: readonly string[]
  /** Waivers in force, by gate. */
  readonly waivers?: ReadonlyMap<string, GateWaiver>
}

export async function procedureOf(
  kind: DocumentKind,
  id: string,
  desk: WhichDesk,
  context: Context,
): Promise<Procedure> {
  const library = await loadLibrary(desk, context)
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

/** What may be asked in it. */
export const walkedOf = ({ graph, library }: Procedure): Walked => ({ graphs: library.graphs, root: graph.id })

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

function pinned(library: Library, id: GraphId): OpenRequest['documents'][number] {
  const entry = library.documents.get(id)
  if (entry === undefined) throw new Error(`${id} was not read`)
  return { id, file: entry.file, text: entry.text }
}

const kindOf = (text: string): DocumentKind => documentKinds.find((kind) => kind === text) ?? 'runbook'
