import { expect, it } from 'vitest'
import { dueRunbooks, type Ended, reasonsFor } from '../../src/cli/due-runbooks.ts'
import { dueRunbooksLine } from '../../src/cli/render/state.ts'

/** A Friday in the middle of a quarter; its week began on the 16th. */
const nowMs = Date.parse('2026-11-20T12:00:00-05:00')
const [paper, live] = [
  { nowMs, profile: 'paper' },
  { nowMs, profile: 'live' },
] as const
const ended = (endedAt: string, outcome = 'ok'): Ended => ({ state: 'closed', openedAt: endedAt, endedAt, outcome })

it('is due where no run of the period ended well', () => {
  const every = { every: 'month' } as const
  expect(reasonsFor(every, [], paper)).toEqual(['not run this month'])
  expect(reasonsFor(every, [ended('2026-10-31T23:59:59-04:00')], paper)).toEqual(['not run this month'])
  expect(reasonsFor(every, [ended('2026-11-01T00:00:00-04:00')], paper)).toEqual([])
  for (const outcome of ['failed', 'undetermined', 'refused', 'aborted'])
    expect(reasonsFor(every, [ended('2026-11-19T10:00:00-05:00', outcome)], paper)).toEqual(['not run this month'])
  const parked: Ended = { state: 'parked', openedAt: '2026-11-19T10:00:00-05:00' }
  expect(reasonsFor(every, [parked], live)).toEqual(['not run this month'])
})

it('counts weeks from Monday and quarters from their first day', () => {
  const week = [ended('2026-11-15T23:59:00-05:00')]
  expect(reasonsFor({ every: 'week' }, week, paper)).toEqual(['not run this week'])
  expect(reasonsFor({ every: 'week' }, [ended('2026-11-16T00:00:00-05:00')], paper)).toEqual([])
  expect(reasonsFor({ every: 'quarter' }, [ended('2026-10-01T00:00:00-04:00')], paper)).toEqual([])
  expect(reasonsFor({ every: 'quarter' }, [ended('2026-09-30T23:59:00-04:00')], paper)).toEqual([
    'not run this quarter',
  ])
})

it('asks for practice on the paper desk only', () => {
  expect(reasonsFor({ practise: 'quarter' }, [], paper)).toEqual(['not practised this quarter'])
  expect(reasonsFor({ practise: 'quarter' }, [], live)).toEqual([])
})

it('tells what is used too often, however it ended', () => {
  const atMost = { atMost: { count: 1, per: 'quarter' } } as const
  const once = ended('2026-10-05T10:00:00-04:00', 'failed')
  expect(reasonsFor(atMost, [once], live)).toEqual([])
  expect(reasonsFor(atMost, [once, ended('2026-11-05T10:00:00-05:00')], live)).toEqual([
    'used 2 times this quarter, at most 1',
  ])
  expect(reasonsFor(atMost, [once, ended('2026-09-05T10:00:00-04:00')], live)).toEqual([])
})

it('tells the first use already where fewer than one is the aim', () => {
  const none = { atMost: { count: 0, per: 'quarter' } } as const
  expect(reasonsFor(none, [], live)).toEqual([])
  expect(reasonsFor(none, [ended('2026-10-05T10:00:00-04:00')], live)).toEqual(['used once this quarter, at most 0'])
})

it('believes nothing that is dated in the future', () => {
  expect(reasonsFor({ every: 'month' }, [ended('2026-11-20T12:00:01-05:00')], paper)).toEqual(['not run this month'])
})

it('goes by the runs of the very runbook', () => {
  const index = ['a', 'b'].map((id) => ({ id, title: id, rhythm: { every: 'month' } as const }))
  const run = { run: 'run-1', by: 'oncall', segments: 1, graph: 'runbook/a', ...ended('2026-11-19T10:00:00-05:00') }
  expect(dueRunbooks(index, [run], paper)).toEqual([{ id: 'b', title: 'b', reasons: ['not run this month'] }])
  expect(dueRunbooks(index, [{ ...run, graph: 'tree/a' }], paper).map(({ id }) => id)).toEqual(['a', 'b'])
})

it('tells in one line what fits, and counts the rest', () => {
  const due = (...ids: string[]) => ({
    dueRunbooks: ids.map((id) => ({ id, title: id, reasons: ['not practised this quarter'] })),
  })
  expect(dueRunbooksLine(due(), 80)).toEqual([])
  expect(dueRunbooksLine(due('flatten', 'startup'), 80)).toEqual(['Runbooks due  flatten, startup: desk runbook'])
  const many = due(...Array.from({ length: 40 }, (_, i) => `runbook-number-${String(i)}`))
  const [line = ''] = dueRunbooksLine(many, 80)
  expect(line.length).toBeLessThanOrEqual(80)
  expect(line).toMatch(/ and 3\d more: desk runbook$/)
  const used = { id: 'z', title: 'z', reasons: ['used 2 times this quarter, at most 1'] }
  expect(dueRunbooksLine({ dueRunbooks: [...many.dueRunbooks, used] }, 80)[0]).toMatch(/^Runbooks due {2}z, /)
})
