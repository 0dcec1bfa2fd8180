/** The procedures that a command needs, compiled. An error in a document that it does not need is one line on stderr. */
import type { Context } from './command.ts'
import { byPath, documentPaths, folders, idOf, readDocuments } from './documents.ts'
import { keepProofs, keptProofs, keyOf } from './kept-proofs.ts'
import { idsOf, provedAmong, withProved } from './proved-library.ts'
import type { WhichDesk } from './which-desk.ts'
import type { DocumentKind, Graph, GraphId } from '../model/graph.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import type { CompiledLibrary, DocumentEntry } from '../plan/compile.ts'
import { provedDocuments } from '../plan/proved.ts'
import { catalogue } from '../ports/catalogue.ts'
import type { SourceFile } from '../source/file.ts'
import { renderText } from '../source/render/text.ts'
import { suggestion } from '../source/suggest.ts'

export interface Library extends Omit<CompiledLibrary, 'names'> {
  readonly files: readonly SourceFile[]
  /** Has the next walk find compiled what this one had to compile. */
  readonly keep?: () => void
}

/** All procedures of the desk, with all findings. */
export async function loadLibrary(desk: WhichDesk, { deps }: Pick<Context, 'deps'>): Promise<Library> {
  const { files, findings } = readDocuments(documentPaths(desk.config.documents).values(), deps.cwd)
  const built = provedAmong(files)
  if (built.size === files.length) return { ...withProved(files, built), files, findings }
  const key = keyOf(files)
  const proved = key === undefined ? built : provedAmong(files, keptProofs(desk.stateDir, key))
  if (proved.size === files.length) return { ...withProved(files, proved), files, findings }
  const { compileLibrary } = await import('../plan/compile.ts')
  const compiled = compileLibrary(files, { catalogue, proved: idsOf(proved) })
  const all = [...findings, ...compiled.findings]
  const library = { ...withProved(files, proved, compiled), files, findings: all }
  if (key === undefined || all.length > 0) return library
  return {
    ...library,
    keep: () => {
      keepProofs(desk.stateDir, key, provedDocuments(compiled))
    },
  }
}

/**
 * A graph to walk and all that it can reach. Throws DeskError `unknown-id` with the nearest id, or `invalid-document` after its findings
 * have been printed.
 */
export function graphFor(library: Library, kind: DocumentKind, id: string, { io }: Pick<Context, 'io'>): Graph {
  const key: GraphId = `${kind}/${id}`
  const entry = library.documents.get(key)
  const graph = library.graphs.get(key)
  if (graph !== undefined) return graph
  const here =
    entry?.file ??
    library.findings.find((f) => idOf(f.span.file) === id && f.span.file.includes(folders[kind]))?.span.file
  if (here === undefined) throw unknownId(library, kind, id)
  io.err(
    renderText(
      library.findings.filter((f) => f.span.file === here),
      byPath(library.files),
    ),
  )
  throw new DeskError(
    'invalid-document',
    exitCodes.invalidDocument,
    `${here} does not compile`,
    `desk show ${id} --raw reads it all the same; desk lint ${here}`,
  )
}

function unknownId(library: Library, kind: DocumentKind, id: string): DeskError {
  const ids = [...library.documents.values()].filter((d) => d.kind === kind).map((d) => d.id)
  const elsewhere = [...library.documents.values()].find((d) => d.id === id)
  const hint =
    elsewhere !== undefined
      ? `there is a ${elsewhere.kind} "${id}"`
      : (suggestion(id, ids) ?? `known: ${ids.join(', ')}`)
  return new DeskError('unknown-id', exitCodes.usage, `no ${kind} "${id}"`, hint)
}

/** One line for errors in documents that nobody asked for. */
export function warnAboutOthers(library: Library, needed: ReadonlySet<string>, { io }: Pick<Context, 'io'>): void {
  const broken = [...new Set(library.findings.filter((f) => f.severity === 'error').map((f) => f.span.file))].filter(
    (f) => !needed.has(f),
  )
  if (broken.length > 0)
    io.err(
      `desk: ${broken.join(', ')} ${broken.length === 1 ? 'does' : 'do'} not compile and ${broken.length === 1 ? 'was' : 'were'} left out (desk lint)\n`,
    )
}

export const entriesOf = (library: Pick<Library, 'documents'>, kind: DocumentKind): readonly DocumentEntry[] =>
  [...library.documents.values()].filter((d) => d.kind === kind).sort((a, b) => (a.id < b.id ? -1 : 1))

/**
 * For what would pass for a whole without a document that does not compile: half a watch, half a set of rules. Throws DeskError
 * `invalid-document`.
 */
export function refuseBroken(library: Library, kinds: readonly DocumentKind[]): void {
  const broken = library.findings.find(
    ({ severity, span }) =>
      severity === 'error' && kinds.some((kind) => span.file.split(/[/\\]/).includes(folders[kind])),
  )
  if (broken === undefined) return
  const { file } = broken.span
  throw new DeskError('invalid-document', exitCodes.invalidDocument, `${file} does not compile`, `desk lint ${file}`)
}
