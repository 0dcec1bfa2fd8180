/** A large snapshot lies beside the log, by its hash. */
import { putArtefact } from '../../audit/artefact.ts'

const largestInline = 64 * 1024

export function storable(stateDir: string, id: string, snapshot: unknown): unknown {
  const bytes = Buffer.from(JSON.stringify(snapshot))
  if (bytes.length <= largestInline) return snapshot
  try {
    return { kind: 'artefact', sha256: putArtefact(stateDir, bytes, id), bytes: bytes.length }
  } catch (error) {
    return { kind: 'failure', reason: error instanceof Error ? error.message : String(error) }
  }
}
