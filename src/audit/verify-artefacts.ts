/** Whether what records refer to by hash is still there, unchanged. */
import { getArtefact } from './artefact.ts'
import type { SegmentProblem, SegmentRead } from './segment-read.ts'

/** A record refers to an artefact as `{"artefact": "<sha256>"}`, anywhere in it; a run's header pins documents by `sha256`. */
export function findLostArtefacts(stateDir: string, reads: readonly SegmentRead[]): SegmentProblem[] {
  const states = new Map<string, 'content' | 'missing' | 'changed'>()
  const problems: SegmentProblem[] = []
  for (const { name: segment, entries } of reads) {
    for (const [seq, record] of entries.entries()) {
      for (const hash of referencesIn(record)) {
        const state = states.get(hash) ?? getArtefact(stateDir, hash).kind
        states.set(hash, state)
        if (state === 'content') continue
        problems.push({
          segment,
          seq,
          line: seq + 1,
          code: `artefact-${state}`,
          message: `artefacts/${hash} is ${state === 'missing' ? 'gone' : 'not what was stored'}`,
        })
      }
    }
  }
  return problems
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) => {
    if (name === 'artefact' && typeof field === 'string') return [field]
    if (name === 'pinned' && typeof field === 'object' && field !== null) return documentsOf(field)
    return referencesIn(field)
  })
}

function documentsOf(pinned: object): string[] {
  const documents: unknown = Reflect.get(pinned, 'documents')
  if (!Array.isArray(documents)) return []
  return documents.flatMap((document: unknown) => {
    const hash: unknown =
      typeof document === 'object' && document !== null ? Reflect.get(document, 'sha256') : undefined
    return typeof hash === 'string' ? [hash] : []
  })
}
