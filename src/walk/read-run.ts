/** What is on record of a run: its journal, folded, and the documents that it pinned. */
import { getArtefact } from '../audit/artefact.ts'
import { isId, kindOf } from '../audit/id.ts'
import { readRun } from '../audit/segment-read.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import type { GraphId } from '../model/graph.ts'
import type { Desk } from './desk.ts'
import { startFold } from './fold.ts'
import { journalOf, type Journalled } from './journal-entry.ts'
import { endOf, type State } from './state.ts'
import { sha256 } from '../model/sha256.ts'

/** The text of a document, to be kept with the run. */
export interface PinnedText {
  readonly id: GraphId
  readonly file: string
  readonly text: string
}

/** Throws DeskError `unknown-run` (64) for what is no id of a run. */
export function knownRun(run: string): string {
  if (isId(run) && kindOf(run) === 'run') return run
  throw new DeskError('unknown-run', exitCodes.usage, `there is no run ${JSON.stringify(run)}`, 'desk run list')
}

/** What is on record of a run, also while somebody else walks it. */
export function readJournal(
  desk: Pick<Desk, 'stateDir'>,
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
  desk: Pick<Desk, 'stateDir'>,
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

/** Places of effects of which nobody knows what became of them. */
export const unsettled = (state: State): readonly string[] =>
  [...state.entries].flatMap(([path, { attempts }]) => {
    const last = attempts.at(-1)
    const known = last === undefined ? 'ok' : endOf(last)
    return known === undefined || known === 'unknown' ? [path] : []
  })
