/**
 * Proofs as two texts: a list that tells what there is, and one line for each graph. A megabyte of graphs is written for a walk that
 * enters one or two, so a graph is read and parsed when somebody first looks at it; the list vouches for it.
 */
import type { ProvedDocument } from './proved.ts'
import { sha256 } from '../model/sha256.ts'

type Told = Omit<ProvedDocument, 'graph'>
/** `graphBytes` without the newline; `graphHash` is its SHA-256. */
type Listed = Told & { readonly graphBytes: number; readonly graphHash: string }

export interface ProofTexts {
  /** One line. */
  readonly list: string
  readonly graphs: string
}

export function writeProofs(documents: readonly ProvedDocument[]): ProofTexts {
  const graphs = documents.map(({ graph }) => JSON.stringify(graph))
  const listed = documents.map(({ graph: _graph, ...told }, i): Listed => {
    const text = graphs[i] ?? ''
    return { ...told, graphBytes: Buffer.byteLength(text), graphHash: sha256(text) }
  })
  return { list: JSON.stringify(listed), graphs: graphs.map((graph) => `${graph}\n`).join('') }
}

/** The caller has made sure that this very build wrote the list, so a look is enough. `bytesAt` reads the graphs. */
export function readProofs(
  list: string,
  bytesAt: (start: number, length: number) => Uint8Array,
): readonly ProvedDocument[] {
  const listed: unknown = JSON.parse(list)
  if (!Array.isArray(listed) || !listed.every(isListed)) throw new Error('these are no proofs: npm run build')
  let at = 0
  return listed.map(({ graphBytes, graphHash, ...told }) => {
    const start = at
    at += graphBytes + 1
    let parsed: unknown
    return {
      ...told,
      get graph(): unknown {
        parsed ??= graphIn(bytesAt(start, graphBytes), graphHash, told.about.graph)
        return parsed
      },
    }
  })
}

function graphIn(bytes: Uint8Array, graphHash: string, name: string): unknown {
  if (sha256(bytes) !== graphHash) throw new Error(`the graph of ${name} is not what was proved: npm run build`)
  return JSON.parse(Buffer.from(bytes).toString('utf8'))
}

const isListed = (value: unknown): value is Listed =>
  typeof value === 'object' && value !== null && 'about' in value && 'graphBytes' in value && 'graphHash' in value
