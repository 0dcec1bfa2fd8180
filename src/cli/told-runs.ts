/** Runs as screens tell of them: how they stand, in the words of `run.status`, and what came of the latest of each procedure. */
import { asItStands, type RunAsItStands } from '../audit/presence.ts'
import { listRuns } from '../audit/runs.ts'
import { isAlive } from '../lock/liveness.ts'
import { outcomes, type RunStatus, statusOf } from '../model/outcome.ts'

/** In the order in which they were opened. */
export const runsOf = (stateDir: string): readonly RunAsItStands[] =>
  listRuns(stateDir).map((run) => asItStands(stateDir, run, isAlive))

/** A run whose process is gone does not run: it waits until somebody takes it up. */
export const statusFor = (run: Omit<RunAsItStands, 'process'>): RunStatus => {
  if (run.state === 'closed') return statusOf[outcomes.find((o) => o === run.outcome) ?? 'undetermined']
  return run.state === 'parked' || run.isGone ? 'waiting' : 'running'
}

export interface LastRun {
  readonly run: string
  readonly status: RunStatus
  /** RFC 3339: when it ended, or began where it has not ended. */
  readonly at: string
}

/** By graph, as in `runbook/killswitch`. */
export const lastRuns = (runs: readonly RunAsItStands[]): ReadonlyMap<string, LastRun> =>
  new Map(
    runs.flatMap((run) =>
      run.graph === undefined
        ? []
        : [[run.graph, { run: run.run, status: statusFor(run), at: run.endedAt ?? run.openedAt }] as const],
    ),
  )
