/**
 * The library as the build has proved it, for a desk that sees exactly the documents that the build saw. The program knows the hash of
 * the proofs, and these the hash of each document, so one changed byte anywhere means compiling everything as if there were no proofs.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { idOf, shownAs } from './documents.ts'
import { packageRoot } from './package-root.ts'
import { sha256 } from '../audit/record.ts'
import type { Graph, GraphId } from '../model/graph.ts'
import type { DocumentEntry } from '../plan/compile.ts'
import { graphOf, type ProvedDocument } from '../plan/proved.ts'
import { catalogue } from '../ports/catalogue.ts'
import type { SourceFile } from '../source/file.ts'

/** Hash of the proofs that were built together with this program; not defined where it runs from its sources. */
declare const DESK_PROOFS: string

export const proofsFile = 'proofs.json'

/** Without findings, or it would not be proved. */
export interface ProvedLibrary {
  readonly graphs: ReadonlyMap<GraphId, Graph>
  readonly documents: ReadonlyMap<GraphId, DocumentEntry>
  readonly files: readonly SourceFile[]
}

/** `paths` by `<folder>/<id>`, as `documentPaths` gives them. Undefined: compile. */
export function provedLibrary(paths: ReadonlyMap<string, string>, cwd: string): ProvedLibrary | undefined {
  const proved = readProofs()
  if (proved?.length !== paths.size) return undefined
  const files: SourceFile[] = []
  const documents = new Map<GraphId, DocumentEntry>()
  const graphs = new Map<GraphId, Graph>()
  const all = [...paths.values()]
  for (const [i, document] of proved.entries()) {
    const path = all[i]
    const bytes = path === undefined ? undefined : readQuietly(path)
    const { about } = document
    if (path === undefined || bytes === undefined || idOf(path) !== about.id || sha256(bytes) !== about.sha256)
      return undefined
    const file = { path: shownAs(path, cwd), text: bytes.toString('utf8') }
    files.push(file)
    documents.set(about.graph, { ...about, file: file.path, text: file.text })
    graphs.set(about.graph, graphOf(document, file.path, catalogue))
  }
  return { graphs, documents, files }
}

function readProofs(): readonly ProvedDocument[] | undefined {
  if (typeof DESK_PROOFS === 'undefined') return undefined
  const bytes = readQuietly(join(packageRoot(), 'dist', proofsFile))
  if (bytes === undefined || sha256(bytes) !== DESK_PROOFS) return undefined
  const value: unknown = JSON.parse(bytes.toString('utf8'))
  return Array.isArray(value) && value.every(isProved) ? value : undefined
}

/** Written by this very build, so a look is enough. */
const isProved = (value: unknown): value is ProvedDocument =>
  typeof value === 'object' && value !== null && 'about' in value && 'names' in value && 'graph' in value

function readQuietly(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
