import { expect, it } from 'vitest'
import type { RunAsItStands } from '../../../src/audit/presence.ts'
import { runsToShow } from '../../../src/cli/commands/run-list.ts'

const run = (id: string, more: Partial<RunAsItStands> = {}): RunAsItStands => ({
  run: id,
  openedAt: '2026-11-20T14:05:00Z',
  by: 'oncall',
  state: 'closed',
  segments: 1,
  isGone: false,
  ...more,
})

it('open runs come first, then the latest ended ones; what was given up unsettled is never left out', () => {
  const runs = [
    run('given-up', { outcome: 'aborted', unsettled: ['runbook/a#b'] }),
    run('old'),
    run('open', { state: 'parked' }),
    run('late'),
    run('latest'),
  ]
  expect(runsToShow(runs, 2).map((each) => each.run)).toEqual(['open', 'latest', 'late', 'given-up'])
  expect(runsToShow(runs, 0).map((each) => each.run)).toEqual(['open', 'given-up'])
  expect(runsToShow(runs, 9)).toHaveLength(5)
})
