/** Exit codes of a walk. */
import { exitCodes, worstExit, type ExitCode } from '../model/failure.ts'
import type { Need } from '../model/journal.ts'
import type { Outcome } from '../model/outcome.ts'

export const exitOfOutcome: Readonly<Record<Outcome, ExitCode>> = {
  skipped: exitCodes.ok,
  ok: exitCodes.ok,
  waived: exitCodes.ok,
  undetermined: exitCodes.undetermined,
  failed: exitCodes.failed,
  refused: exitCodes.refused,
  aborted: exitCodes.failed,
}

/** A run that adds risk under another grant than its own is refused until a person confirms; everything else waits. */
export const exitOfNeeds = (needs: readonly Need[]): ExitCode =>
  worstExit(needs.map((need) => (need.kind === 'confirm' ? exitCodes.refused : exitCodes.waiting)))

export function exitOfSignal(reason: unknown): ExitCode {
  if (reason === 'SIGHUP') return exitCodes.hungUp
  return reason === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted
}
