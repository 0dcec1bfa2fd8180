/** Opening a run, and taking it up again. */
import { putArtefact } from '../audit/artefact.ts'
import { newId } from '../audit/id.ts'
import { listRuns, type RunSummary } from '../audit/runs.ts'
import { nextSegmentNumber } from '../audit/segment-read.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Graph, GraphId } from '../model/graph.ts'
import type { JournalRecord, Person } from '../model/journal.ts'
import { startFold } from './fold.ts'
import { inputsOf } from './inputs.ts'
import type { Journal } from './ports.ts'
import { knownRun, readJournal, pinnedTexts, type PinnedText } from './read-run.ts'
import { exclusively, runLock, type Held } from './resources.ts'
import type { Desk } from './desk.ts'
import { openJournal } from './run-journal.ts'
import { envOf, evaluateText } from './scope.ts'
import type { RunInProgress } from './walk.ts'

export interface OpenRequest {
  readonly graphs: ReadonlyMap<GraphId, Graph>
  readonly root: GraphId
  /** Every document that the run can reach. */
  readonly documents: readonly PinnedText[]
  /** As given with `--set`. */
  readonly inputs: Readonly<Record<string, unknown>>
  readonly config: unknown
  readonly by: Person
  /** Gates of this window; absent: all. */
  readonly selected?: readonly string[]
}

/** A run that this process may walk. `release` when the walk has ended, however it did. */
export interface Ready {
  readonly kind: 'ready'
  readonly run: RunInProgress
  readonly journal: Journal
  /** Parked runs that were aborted, because this one needs what they held. */
  readonly displaced: readonly string[]
  /** Documents that have changed since the run was opened. It goes on with its own. */
  readonly differs: readonly GraphId[]
  readonly release: () => void
}

/** Throws DeskError for inputs (64) and an unwritable log (73); `held` (75) tells who has what this run needs. */
export function openRun(desk: Desk, request: OpenRequest): Ready | Held {
  const { graphs, root, by, config } = request
  const graph = graphs.get(root)
  if (graph === undefined) throw new Error(`${root} is not compiled`)
  const id = newId('run', desk.now, desk.random)
  const inputs = inputsOf(graph, request.inputs, desk.paper)
  const locks = locksOf(graph, id, inputs, config)
  const documents = request.documents.map(({ id: document, file, text }) => ({
    id: document,
    file,
    sha256: putArtefact(desk.stateDir, Buffer.from(text), id),
  }))
  const lock = runLock(desk, id, by)
  if (lock.kind === 'held') throw new Error(`a new run is held by ${lock.who}`)
  const folding = startFold()
  const run: RunInProgress = { id, root, graphs, config, paper: desk.paper, folding }
  try {
    const answer = exclusively(desk, { run: id, by, resources: locks, category: graph.category }, (displaced) => {
      const opened: JournalRecord = {
        ...{ kind: 'opened', schema: 1, pinned: { root, documents }, inputs, by, locks, title: graph.title },
        ...{ epoch: desk.epoch(), time: desk.now().toISOString() },
        ...(request.selected === undefined ? {} : { selected: request.selected }),
        ...(displaced.length === 0 ? {} : { displaced }),
      }
      const journal = openJournal({ desk, run: id, k: 0, header: opened, by, graph, title: graph.title, locks })
      folding.apply(opened)
      return { kind: 'ready', run, journal, displaced, differs: [], release: lock.release } as const
    })
    if (answer.kind === 'held') lock.release()
    return answer
  } catch (error) {
    lock.release()
    throw error
  }
}

function locksOf(
  graph: Graph,
  id: string,
  inputs: Readonly<Record<string, unknown>>,
  config: unknown,
): readonly string[] {
  // It is not open yet, so no session had closed by then.
  const env = envOf(startFold().state, { id, config, closedSession: () => '' }, '', inputs)
  return graph.locks.map((expr) => {
    const resource = evaluateText(expr, env)
    if (resource.kind === 'known') return resource.value
    throw new DeskError('bad-lock', exitCodes.undetermined, `${graph.id} cannot tell what it locks: ${resource.reason}`)
  })
}

export interface ContinueRequest {
  readonly run: string
  readonly by: Person
  readonly config: unknown
  /** Compiles the pinned bytes; throws DeskError where this desk no longer understands them. */
  readonly compile: (documents: readonly PinnedText[]) => ReadonlyMap<GraphId, Graph>
  /** Hashes of the documents as they are now. */
  readonly present: ReadonlyMap<GraphId, string>
}

/** Takes a run up where its records end. Throws DeskError for a run that is unknown, closed (64), damaged (2) or not understood (65). */
export function continueRun(desk: Desk, request: ContinueRequest): Ready | Held {
  const { by, config } = request
  const lock = runLock(desk, knownRun(request.run), by)
  if (lock.kind === 'held') {
    return {
      kind: 'held',
      by: `${request.run} is being walked by ${lock.who} (process ${String(lock.pid)}) since ${lock.since}`,
    }
  }
  try {
    const { journalled, state } = readJournal(desk, request.run)
    const opened = state.opened
    if (opened === undefined)
      throw new DeskError('run-damaged', exitCodes.undetermined, `${request.run} has no beginning`, 'desk audit verify')
    if (state.closed !== undefined) {
      throw new DeskError(
        'run-closed',
        exitCodes.usage,
        `${request.run} has ended: ${state.closed.outcome}`,
        `desk run show ${request.run}`,
      )
    }
    if (listRuns(desk.stateDir).find(({ run }) => run === request.run)?.state === 'closed') {
      const message = `${request.run} has ended: its process died before it began`
      throw new DeskError('run-closed', exitCodes.usage, message, `desk run show ${request.run}`)
    }
    const graphs = request.compile(pinnedTexts(desk, opened.pinned.documents))
    const graph = graphs.get(opened.pinned.root)
    if (graph === undefined)
      throw new DeskError('not-understood', exitCodes.invalidDocument, `${opened.pinned.root} no longer compiles`)
    const differs = opened.pinned.documents.flatMap(({ id, sha256: then }) => {
      const now = request.present.get(id)
      return now === undefined || now === then ? [] : [id]
    })
    const header: JournalRecord = {
      ...{ kind: 'continued', by, epoch: desk.epoch(), time: desk.now().toISOString() },
      ...(differs.length === 0 ? {} : { differs }),
    }
    const k = nextSegmentNumber(desk.stateDir, request.run)
    const { title } = opened
    const journal = openJournal({ desk, run: request.run, k, header, by, graph, title, locks: state.locks })
    const folding = startFold()
    for (const { record, ref } of journalled) folding.apply(record, ref)
    folding.apply(header)
    const run: RunInProgress = { id: request.run, root: opened.pinned.root, graphs, config, paper: desk.paper, folding }
    return { kind: 'ready', run, journal, displaced: [], differs, release: lock.release }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Parked runs whose moment has come. */
export const listDue = (desk: Pick<Desk, 'stateDir' | 'now'>): readonly RunSummary[] =>
  listRuns(desk.stateDir).filter(
    (run) => run.state === 'parked' && run.resumeAt !== undefined && Date.parse(run.resumeAt) <= desk.now().getTime(),
  )
