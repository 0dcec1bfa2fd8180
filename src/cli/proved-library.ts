/**
 * What the build has proved of the documents that a desk sees. The program knows the hash of the proofs, and these the hash of each
 * document. A document is taken from there while it and all that it reaches are what the build saw, to the byte; what was changed or
 * added is compiled, and so is whatever reaches that.
 */
import { join } from 'node:path'
import { readPart, readRegularFile } from '../disk/read.ts'
import { idOf } from './documents.ts'
import { packageRoot } from './package-root.ts'
import type { Graph, GraphId } from '../model/graph.ts'
import { once } from '../model/once.ts'
import type { CompiledLibrary, DocumentEntry } from '../plan/compile.ts'
import { OnDemand } from '../plan/on-demand.ts'
import { readProofs } from '../plan/proof-lines.ts'
import { graphOf, type ProvedDocument } from '../plan/proved.ts'
import { catalogue } from '../ports/catalogue.ts'
import type { SourceFile } from '../source/file.ts'
import { sha256 } from '../model/sha256.ts'

/** Hash of the list of the proofs that were built together with this program; not defined where it runs from its sources. */
declare const DESK_PROOFS: string

export type ProvedFiles = ReadonlyMap<SourceFile, ProvedDocument>

/** Which of the files need not be compiled: the build has proved them, or somebody did who is believed as well. */
export function provedAmong(files: readonly SourceFile[], others: readonly ProvedDocument[] = []): ProvedFiles {
  return holding(files, [...proofsOfBuild(), ...others])
}

/** The same with given proofs. */
export function holding(files: readonly SourceFile[], proofs: readonly ProvedDocument[]): ProvedFiles {
  if (proofs.length === 0) return new Map()
  const byHash = new Map(proofs.map((document) => [document.about.sha256, document]))
  const same = new Map<SourceFile, ProvedDocument>()
  const seen = new Set<GraphId>()
  for (const file of files) {
    const document = byHash.get(sha256(Buffer.from(file.text)))
    if (document === undefined || idOf(file.path) !== document.about.id) continue
    if (seen.has(document.about.graph)) return new Map() // one document twice is a finding
    seen.add(document.about.graph)
    same.set(file, document)
  }
  return new Map([...same].filter(([, { reaches }]) => reaches.every((id) => seen.has(id))))
}

/** As the compiler wants to know of them. */
export const idsOf = (proved: ProvedFiles): ReadonlyMap<SourceFile, GraphId> =>
  new Map([...proved].map(([file, { about }]) => [file, about.graph]))

/** What was compiled and what needed not be, in the order of the files. */
export function withProved(
  files: readonly SourceFile[],
  proved: ProvedFiles,
  compiled: Pick<CompiledLibrary, 'graphs' | 'documents'> = { graphs: new Map(), documents: new Map() },
): Pick<CompiledLibrary, 'graphs' | 'documents'> {
  const byPath = new Map([...compiled.documents.values()].map((entry) => [entry.file, entry]))
  const graphs = new Map<GraphId, () => Graph>()
  const documents = new Map<GraphId, DocumentEntry>()
  for (const file of files) {
    const entry = byPath.get(file.path)
    const document = proved.get(file)
    if (entry !== undefined) {
      documents.set(entry.graph, entry)
      const graph = compiled.graphs.get(entry.graph)
      if (graph !== undefined) graphs.set(entry.graph, () => graph)
    } else if (document !== undefined && !compiled.documents.has(document.about.graph)) {
      const { about } = document
      documents.set(about.graph, { ...about, file: file.path, text: file.text })
      graphs.set(about.graph, () => graphOf(document, file.path, catalogue))
    }
  }
  return { graphs: new OnDemand(graphs), documents }
}

/** None where they are not those of this very build. */
const proofsOfBuild = once((): readonly ProvedDocument[] => {
  if (typeof DESK_PROOFS === 'undefined') return []
  const list = readQuietly(join(packageRoot(), 'dist', 'proofs.json'))
  if (list === undefined || sha256(list) !== DESK_PROOFS) return []
  const graphs = join(packageRoot(), 'dist', 'graphs.ndjson')
  return readProofs(list.toString('utf8'), (start, length) => readPart(graphs, start, length))
})

function readQuietly(path: string): Buffer | undefined {
  try {
    return readRegularFile(path)
  } catch {
    return undefined
  }
}
