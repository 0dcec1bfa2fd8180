/** When the latest of the events happened that open the windows of a gate set. */
import { findEvidence } from '../../audit/evidence.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'

/**
 * Epoch milliseconds; undefined where none has happened. Of each event the newest piece counts, and a failure opens nothing. Throws
 * DeskError where one cannot be believed: whether anything is due cannot be told then.
 */
export function openingEventMs(stateDir: string, events: readonly string[], nowMs: number): number | undefined {
  const moments = events.flatMap((event) => {
    const found = findEvidence(stateDir, { event, sinceMs: 0, nowMs })
    if (found.kind === 'doubtful')
      throw new DeskError(
        'doubtful-event',
        exitCodes.undetermined,
        `the record of ${event} cannot be believed: ${found.reason}`,
        'desk audit verify',
      )
    return found.kind === 'found' && found.status === 'pass' ? [Date.parse(found.at)] : []
  })
  return moments.length === 0 ? undefined : Math.max(...moments)
}
