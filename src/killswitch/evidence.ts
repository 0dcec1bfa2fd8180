/** What must be shown before a halt is released: the incident's own tree ended in resume, and the books agree, both since the halt. */
import { findEvidence } from '../audit/evidence.ts'
import { segmentName } from '../audit/layout.ts'
import { readLedger } from '../audit/ledger-read.ts'
import type { Ref } from '../audit/record.ts'
import { problemOf } from './decide.ts'

export type EvidenceAnswer =
  | { readonly kind: 'holds'; readonly what: string; readonly at: string; readonly ref: Ref; readonly hash: string }
  | { readonly kind: 'missing'; readonly what: string; readonly reason: string }

/** Asked with the latest halt: nothing from before it counts. */
export type EvidenceCheck = (need: EvidenceNeed) => Promise<readonly EvidenceAnswer[]>
export interface EvidenceNeed {
  /** The halt's id. */
  readonly halt: string
  /** Its moment, in epoch milliseconds. */
  readonly sinceMs: number
  /** Now, in epoch milliseconds. */
  readonly nowMs: number
  /** As `nameScope` writes it. */
  readonly scope: string
  /** This desk never had a permit: what a launch needs is asked for. */
  readonly launch: boolean
}

/** Post-incident can end in resume only where cause, reconciliation and limits were established on the way. */
export const resumeEvent = 'post-incident.resume'
export const reconciledEvent = 'reconciliation.completed'
/** Needed only once it has been looked at: the newest one must be a pass. */
export const limitsEvent = 'limits.kept'

export function evidenceInLog(stateDir: string): EvidenceCheck {
  const look = (what: string, need: EvidenceNeed): EvidenceAnswer => {
    const missing = (reason: string): EvidenceAnswer => ({ kind: 'missing', what, reason })
    try {
      const found = findEvidence(stateDir, { event: what, sinceMs: need.sinceMs, nowMs: need.nowMs })
      if (found.kind === 'none') return missing(notSince)
      if (found.kind === 'doubtful') return missing(`cannot be believed: ${found.reason}`)
      if (found.status !== 'pass') return missing(`the latest one is ${found.status}`)
      return isAfterHalt(stateDir, found, need)
        ? { kind: 'holds', what, at: found.at, ref: found.ref, hash: found.hash }
        : missing(notSince)
    } catch (error) {
      return missing(problemOf(error))
    }
  }
  return (need) => {
    const limits = look(limitsEvent, need)
    const isLookedAt = limits.kind === 'holds' || limits.reason !== notSince
    return Promise.resolve([look(resumeEvent, need), look(reconciledEvent, need), ...(isLookedAt ? [limits] : [])])
  }
}
const notSince = 'not since the halt'

/** By the order of the ledger, which no clock disturbs; a halt that is not in it is compared by time, strictly. */
function isAfterHalt(stateDir: string, found: { readonly at: string; readonly ref: Ref }, need: EvidenceNeed): boolean {
  const lines = readLedger(stateDir).lines.map((entry) => entry.value)
  const halted = lines.findIndex((line) => line.kind === 'opened' && line.segment === segmentName(need.halt, 0))
  if (halted < 0) return Date.parse(found.at) > need.sinceMs
  return (
    lines.findLastIndex(
      (line) => line.kind === 'evidence' && line.segment === found.ref.segment && line.seq === found.ref.seq,
    ) > halted
  )
}
