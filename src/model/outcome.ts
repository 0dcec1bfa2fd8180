/**
 * One algebra of outcomes for nodes, blocks, gates and runs. They are listed from best to worst; the worst one of the parts is the
 * outcome of the whole, and only `skipped`, `ok` and `waived` let a sequence go on.
 */
export const outcomes = ['skipped', 'ok', 'waived', 'undetermined', 'failed', 'refused', 'aborted'] as const
export type Outcome = (typeof outcomes)[number]

/** The worst of the outcomes; `skipped` for none at all. */
export const worst = (all: readonly Outcome[]): Outcome =>
  all.reduce<Outcome>((a, b) => (outcomes.indexOf(b) > outcomes.indexOf(a) ? b : a), 'skipped')

/** Whether what comes next may go on. `undetermined` never does: it is not a pass. */
export const isGood = (outcome: Outcome): boolean => outcomes.indexOf(outcome) <= outcomes.indexOf('waived')

/** What `run.status` says of a run that has ended (`cli.md`). */
export type RunStatus =
  'planned' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'undetermined' | 'refused' | 'aborted'

export const statusOf: Readonly<Record<Outcome, RunStatus>> = {
  skipped: 'succeeded',
  ok: 'succeeded',
  waived: 'succeeded',
  undetermined: 'undetermined',
  failed: 'failed',
  refused: 'refused',
  aborted: 'aborted',
}
