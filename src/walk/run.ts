/** Opening a run, taking it up again, and ending it before its end. */
import { getArtefact, putArtefact } from '../audit/artefact.ts'
import { isId, kindOf, newId } from '../audit/id.ts'
import { listRuns, type RunSummary } from '../audit/runs.ts'
import { nextSegmentNumber, readRun } from '../audit/segment-read.ts'
import { sha256 } from '../audit/record.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Graph, GraphId } from '../model/graph.ts'
import type { JournalRecord, Person } from '../model/journal.ts'
import { startFold } from './fold.ts'
import { inputsOf } from './inputs.ts'
import type { Journal } from './ports.ts'
import { closeAborted, exclusively, runLock, type Held } from './resources.ts'
import type { Desk } from './desk.ts'
import { journalOf, type Journalled } from './journal-entry.ts'
import { openJournal } from './run-journal.ts'
import { envOf, evaluateText } from './scope.ts'
import { endOf, type State } from './state.ts'
import type { RunInProgress } from './walk.ts'

/** The text of a document, to be kept with the run. */
export interface PinnedText {
  readonly id: GraphId
  readonly file: string
  readonly text: string
}

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
  const env = envOf(startFold().state, { id, config }, '', inputs)
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

function knownRun(run: string): string {
  if (isId(run) && kindOf(run) === 'run') return run
  throw new DeskError('unknown-run', exitCodes.usage, `there is no run ${JSON.stringify(run)}`, 'desk run list')
}

/** What is on record of a run, also while somebody else walks it. */
export function readJournal(
  desk: Desk,
  run: string,
): { readonly journalled: readonly Journalled[]; readonly state: State } {
  const read = readRun(desk.stateDir, knownRun(run))
  const problem = read.problems[0]
  if (problem !== undefined) {
    const where = `${problem.segment}, record ${String(problem.seq)}`
    throw new DeskError('run-damaged', exitCodes.undetermined, `${where}: ${problem.message}`, 'desk audit verify')
  }
  const journalled = journalOf(read)
  if (journalled.length === 0)
    throw new DeskError('unknown-run', exitCodes.usage, `there is no run ${run}`, 'desk run list')
  const folding = startFold()
  for (const { record, ref } of journalled) folding.apply(record, ref)
  return { journalled, state: folding.state }
}

/** The documents of a run as they were when it was opened. */
export function pinnedTexts(
  desk: Desk,
  documents: readonly { readonly id: GraphId; readonly file: string; readonly sha256: string }[],
): readonly PinnedText[] {
  return documents.map(({ id, file, sha256: name }) => {
    const artefact = getArtefact(desk.stateDir, name)
    if (artefact.kind === 'content') return { id, file, text: artefact.content.toString('utf8') }
    const message = `${id} as this run pinned it is ${artefact.kind} (${name})`
    throw new DeskError('pinned-document-lost', exitCodes.undetermined, message, 'desk audit verify')
  })
}
export const hashOfDocument = (text: string): string => sha256(Buffer.from(text))

/** What becomes of a run that is given up. Undoing is a walk of its own (`undo.ts`). */
export type Disposition =
  /** Everything stays as it is; a second person agrees. */
  | { readonly kind: 'leave'; readonly second: Person; readonly reason: string }
  | { readonly kind: 'hand-over'; readonly to: string; readonly reason: string }

/** Throws DeskError `second-person` (77). What is unsettled is named in the reason, and goes on being listed by it. */
export function abortRun(
  desk: Desk,
  id: string,
  by: Person,
  disposition: Disposition,
): Held | { readonly kind: 'aborted'; readonly unsettled: readonly string[] } {
  if (disposition.kind === 'leave' && disposition.second.id.toLowerCase() === by.id.toLowerCase()) {
    throw new DeskError(
      'second-person',
      exitCodes.notAuthorised,
      `${by.id} cannot be the second person`,
      'somebody else has to agree',
    )
  }
  const lock = runLock(desk, knownRun(id), by)
  if (lock.kind === 'held') return { kind: 'held', by: `${id} is being walked by ${lock.who} since ${lock.since}` }
  try {
    const { state } = readJournal(desk, id)
    const summary = listRuns(desk.stateDir).find((run) => run.run === id)
    if (summary === undefined || state.closed !== undefined)
      throw new DeskError('run-closed', exitCodes.usage, `${id} has ended`)
    const open = unsettled(state)
    const what =
      disposition.kind === 'leave'
        ? `left as it is, agreed by ${disposition.second.id}`
        : `handed over to ${disposition.to}`
    const rest = open.length === 0 ? '' : `; unsettled: ${open.join(', ')}`
    closeAborted(desk, summary, by, `${what}: ${disposition.reason}${rest}`)
    return { kind: 'aborted', unsettled: open }
  } finally {
    lock.release()
  }
}

/** Places of effects of which nobody knows what became of them. */
export const unsettled = (state: State): readonly string[] =>
  [...state.entries].flatMap(([path, { attempts }]) => {
    const last = attempts.at(-1)
    const known = last === undefined ? 'ok' : endOf(last)
    return known === undefined || known === 'unknown' ? [path] : []
  })

/** Parked runs whose moment has come. */
export const listDue = (desk: Pick<Desk, 'stateDir' | 'now'>): readonly RunSummary[] =>
  listRuns(desk.stateDir).filter(
    (run) => run.state === 'parked' && run.resumeAt !== undefined && Date.parse(run.resumeAt) <= desk.now().getTime(),
  )
