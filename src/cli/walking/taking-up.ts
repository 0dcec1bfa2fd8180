/** Taking a run up again, with its own documents compiled. */
import type { Library } from '../library.ts'
import { idsOf, provedAmong, withProved } from '../proved-library.ts'
import type { Session } from './session.ts'
import type { Graph, GraphId } from '../../model/graph.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { compileLibrary } from '../../plan/compile.ts'
import { catalogue } from '../../ports/catalogue.ts'
import type { PinnedText } from '../../walk/read-run.ts'
import { continueRun, type Ready } from '../../walk/run.ts'

/**
 * What is in the library to the byte is taken from there. Throws DeskError `not-understood` where this desk no longer compiles what was
 * pinned.
 */
export function compilePinned(documents: readonly PinnedText[], library?: Library): ReadonlyMap<GraphId, Graph> {
  const present = library === undefined ? undefined : presentGraphs(documents, library)
  if (present !== undefined) return present
  const files = documents.map(({ file, text }) => ({ path: file, text }))
  const proved = provedAmong(files)
  const compiled = compileLibrary(files, { catalogue, proved: idsOf(proved) })
  const { findings } = compiled
  const { graphs } = withProved(files, proved, compiled)
  const lost = documents.find(({ id }) => !graphs.has(id))
  if (lost === undefined) return graphs
  const why = findings.find((f) => f.span.file === lost.file && f.severity === 'error')
  throw new DeskError(
    'not-understood',
    exitCodes.invalidDocument,
    `${lost.id} as this run pinned it no longer compiles: ${why?.message ?? ''}`,
    'continue it with the desk that opened it, or desk run abort',
  )
}

/** Undefined unless all of them are as they were pinned: a graph depends on what it reaches too, which is pinned with it. */
function presentGraphs(documents: readonly PinnedText[], library: Library): ReadonlyMap<GraphId, Graph> | undefined {
  const graphs = new Map<GraphId, Graph>()
  for (const { id, file, text } of documents) {
    const [entry, graph] = [library.documents.get(id), library.graphs.get(id)]
    if (graph === undefined || entry?.file !== file || entry.text !== text) return undefined
    graphs.set(id, graph)
  }
  return graphs
}

const presentHashes = (library: Library): ReadonlyMap<GraphId, string> =>
  new Map([...library.documents].map(([id, { sha256 }]) => [id, sha256]))

/** Throws DeskError `locked` (75) where another process walks it. */
export function takeUp(run: string, { walkDesk, person, desk }: Session, library: Library): Ready {
  const answer = continueRun(walkDesk, {
    run,
    by: person,
    config: desk.view,
    compile: (documents) => compilePinned(documents, library),
    present: presentHashes(library),
  })
  if (answer.kind === 'ready') return answer
  throw new DeskError('locked', exitCodes.locked, answer.by, 'wait for it, or end that process')
}
