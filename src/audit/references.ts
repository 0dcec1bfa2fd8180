/** What records refer to by hash: `{"artefact": "<sha256>"}` anywhere in a record, and the documents that a run's header pins. */
import type { AuditRecord } from './record.ts'

export interface Reference {
  readonly segment: string
  readonly seq: number
  /** Name of the artefact. */
  readonly hash: string
}

/** Every line that refers to anything holds one of these, because keys are written as they are and quotes inside texts are escaped. */
export const referenceKeys = ['"artefact":', '"pinned":'] as const

export const referencesOf = (segment: string, record: AuditRecord): readonly Reference[] =>
  hashesIn(record).map((hash) => ({ segment, seq: record.seq, hash }))

function hashesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(hashesIn)
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) => {
    if (name === 'artefact' && typeof field === 'string') return [field]
    if (name === 'pinned' && typeof field === 'object' && field !== null) return documentsOf(field)
    return hashesIn(field)
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
