/**
 * Proofs as one text: a line that tells what there is, then one line for each graph. Several hundred kilobytes of graphs are written for
 * a walk that enters one or two, so a graph is parsed when somebody first looks at it.
 */
import type { ProvedDocument } from './proved.ts'

type Told = Omit<ProvedDocument, 'graph'>
/** `graphBytes` without the newline. */
type Listed = Told & { readonly graphBytes: number }

const newline = 0x0a

export function writeProofs(documents: readonly ProvedDocument[]): string {
  const graphs = documents.map(({ graph }) => JSON.stringify(graph))
  const listed = documents.map(({ graph: _graph, ...told }, i): Listed => ({
    ...told,
    graphBytes: Buffer.byteLength(graphs[i] ?? ''),
  }))
  return `${[JSON.stringify(listed), ...graphs].join('\n')}\n`
}

/** The caller has made sure that this very build wrote them, so a look is enough. */
export function readProofs(bytes: Buffer): readonly ProvedDocument[] {
  const end = bytes.indexOf(newline)
  const listed: unknown = JSON.parse(bytes.toString('utf8', 0, end))
  if (!Array.isArray(listed) || !listed.every(isListed)) throw new Error('these are no proofs: npm run build')
  let at = end + 1
  return listed.map(({ graphBytes, ...told }) => {
    const start = at
    at += graphBytes + 1
    let parsed: unknown
    return {
      ...told,
      get graph(): unknown {
        parsed ??= JSON.parse(bytes.toString('utf8', start, start + graphBytes))
        return parsed
      },
    }
  })
}

const isListed = (value: unknown): value is Listed =>
  typeof value === 'object' && value !== null && 'about' in value && 'graphBytes' in value
