/**
 * Where things lie under a state directory:
 *
 *   audit/segments/<id>.<k>.ndjson     one writer each; k counts how often the run was taken up
 *   audit/ledger/<YYYY-MM>.ndjson      one line per segment opened, parked, closed, sealed or expired, per piece of evidence, per checkpoint
 *   audit/checkpoints/*.note           signed roots over the ledger
 *   audit/artefacts/<sha256>           large evidence and pinned documents, by content
 *   audit/key.pem, audit/key.pub       what signs checkpoints, and what proves them
 *
 * Directories appear when first written to. Nothing in them is ever truncated or rewritten.
 */
import { isId } from './id.ts'

export const segmentsDir = (stateDir: string): string => `${stateDir}/audit/segments`
export const ledgerDir = (stateDir: string): string => `${stateDir}/audit/ledger`
export const checkpointsDir = (stateDir: string): string => `${stateDir}/audit/checkpoints`
export const artefactsDir = (stateDir: string): string => `${stateDir}/audit/artefacts`
export const auditDir = (stateDir: string): string => `${stateDir}/audit`

export interface SegmentName {
  readonly run: string
  readonly k: number
}

export const segmentName = (run: string, k: number): string => `${run}.${String(k)}.ndjson`

/** Undefined for every name that desk did not make: such a file is never opened. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const match = /^([a-z]+-[0-9a-z]{26})\.(0|[1-9]\d{0,5})\.ndjson$/.exec(name)
  const [run, k] = [match?.[1], match?.[2]]
  return run !== undefined && k !== undefined && isId(run) ? { run, k: Number(k) } : undefined
}

/** Throws for an id that would lead out of the directory: that is a bug of the caller, who had to look it up first. */
export function segmentPath(stateDir: string, name: string): string {
  if (parseSegmentName(name) === undefined) throw new RangeError(`not the name of a segment: ${JSON.stringify(name)}`)
  return `${segmentsDir(stateDir)}/${name}`
}
