/** What must be shown before a halt is released: the incident's own tree ended in resume, and the books agree, both since the halt. */
import { findEvidence } from '../audit/evidence.ts'
import type { Ref } from '../audit/record.ts'
import { problemOf } from './decide.ts'

export type EvidenceAnswer =
  | { readonly kind: 'holds'; readonly what: string; readonly at: string; readonly ref: Ref }
  | { readonly kind: 'missing'; readonly what: string; readonly reason: string }

/** Asked with the moment of the latest halt: nothing older counts. */
export type EvidenceCheck = (need: {
  readonly sinceMs: number
  readonly scope: string
}) => Promise<readonly EvidenceAnswer[]>

/** Post-incident can end in resume only where cause, reconciliation and limits were established on the way. */
export const resumeEvent = 'post-incident.resume'
export const reconciledEvent = 'reconciliation.completed'
/** Needed only once it has been looked at: the newest one must be a pass. */
export const limitsEvent = 'limits.kept'

export function evidenceInLog(stateDir: string): EvidenceCheck {
  const look = (what: string, sinceMs: number, isOptional: boolean): EvidenceAnswer | undefined => {
    const missing = (reason: string): EvidenceAnswer => ({ kind: 'missing', what, reason })
    try {
      const found = findEvidence(stateDir, { event: what, sinceMs })
      if (found.kind === 'none') return isOptional ? undefined : missing('not since the halt')
      if (found.kind === 'doubtful') return missing(`cannot be believed: ${found.reason}`)
      if (found.status !== 'pass') return missing(`the latest one is ${found.status}`)
      // Strictly after: what was seen in the instant of the halt may have been seen before it.
      return Date.parse(found.at) > sinceMs
        ? { kind: 'holds', what, at: found.at, ref: found.ref }
        : missing('not since the halt')
    } catch (error) {
      return missing(problemOf(error))
    }
  }
  return ({ sinceMs }) =>
    Promise.resolve(
      [
        look(resumeEvent, sinceMs, false),
        look(reconciledEvent, sinceMs, false),
        look(limitsEvent, sinceMs, true),
      ].filter((answer) => answer !== undefined),
    )
}
