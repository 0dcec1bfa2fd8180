import { expect, it } from 'vitest'
import { dueRunbooks, type Ended, reasonsFor, urgencyOf } from '../../src/cli/due-runbooks.ts'
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

const at = (now: string) => ({ nowMs: Date.parse(now), profile: 'live' }) as const
const fromTo = (openedAt: string, endedAt: string): Ended => ({ ...ended(endedAt), openedAt })

it('is due every session from midnight until a run of that trading day has ended well', () => {
  const every = { every: 'session' } as const
  const due = ['not run this session']
  const friday = fromTo('2026-11-20T09:10:00-05:00', '2026-11-20T16:31:00-05:00')
  expect(reasonsFor(every, [friday], at('2026-11-20T23:59:00-05:00'))).toEqual([])
  // Nothing is due on a weekend, on Thanksgiving, or after an early close, once the session before was seen to.
  expect(reasonsFor(every, [friday], at('2026-11-22T12:00:00-05:00'))).toEqual([])
  expect(reasonsFor(every, [friday], at('2026-11-23T00:00:00-05:00'))).toEqual(due)
  const wednesday = fromTo('2026-11-25T09:10:00-05:00', '2026-11-25T16:31:00-05:00')
  expect(reasonsFor(every, [wednesday], at('2026-11-26T12:00:00-05:00'))).toEqual([])
  expect(reasonsFor(every, [wednesday], at('2026-11-27T08:00:00-05:00'))).toEqual(due)
  const early = fromTo('2026-11-27T09:10:00-05:00', '2026-11-27T13:31:00-05:00')
  expect(reasonsFor(every, [early], at('2026-11-29T12:00:00-05:00'))).toEqual([])
  expect(reasonsFor(every, [{ ...friday, outcome: 'failed' }], at('2026-11-22T12:00:00-05:00'))).toEqual(due)
})

it('takes no run of the session before for one of this session, however late it ended', () => {
  const every = { every: 'session' } as const
  const monday = at('2026-11-23T08:00:00-05:00')
  // Friday's run was taken up again on Monday morning.
  expect(reasonsFor(every, [fromTo('2026-11-20T09:10:00-05:00', '2026-11-23T07:00:00-05:00')], monday)).toEqual([
    'not run this session',
  ])
  // Opened on Sunday, it waited for Monday.
  expect(reasonsFor(every, [fromTo('2026-11-22T20:00:00-05:00', '2026-11-23T07:00:00-05:00')], monday)).toEqual([])
})

it('is due after every close, the early ones too, until a run that began after it has ended well', () => {
  const every = { every: 'close' } as const
  const due = ['not run since the close']
  const thursday = ended('2026-11-19T16:20:00-05:00')
  expect(reasonsFor(every, [thursday], at('2026-11-20T15:59:00-05:00'))).toEqual([])
  expect(reasonsFor(every, [thursday], at('2026-11-20T16:00:00-05:00'))).toEqual(due)
  // What was saved before the close has not seen the session.
  const across = fromTo('2026-11-20T15:59:00-05:00', '2026-11-20T16:01:00-05:00')
  expect(reasonsFor(every, [across], at('2026-11-20T17:00:00-05:00'))).toEqual(due)
  const night = ended('2026-11-21T00:30:00-05:00')
  expect(reasonsFor(every, [night], at('2026-11-23T12:00:00-05:00'))).toEqual([])
  expect(reasonsFor(every, [night], at('2026-11-23T16:00:00-05:00'))).toEqual(due)
  const wednesday = ended('2026-11-25T17:00:00-05:00')
  expect(reasonsFor(every, [wednesday], at('2026-11-27T12:59:00-05:00'))).toEqual([])
  expect(reasonsFor(every, [wednesday], at('2026-11-27T13:00:00-05:00'))).toEqual(due)
})

it('counts uses by the session as well', () => {
  const atMost = { atMost: { count: 1, per: 'session' } } as const
  const runs = [ended('2026-11-20T10:00:00-05:00'), ended('2026-11-20T12:00:00-05:00')]
  expect(reasonsFor(atMost, runs, at('2026-11-22T12:00:00-05:00'))).toEqual(['used 2 times this session, at most 1'])
  expect(reasonsFor(atMost, runs, at('2026-11-23T12:00:00-05:00'))).toEqual([])
})

it('is due where the calendar cannot tell the session', () => {
  const beyond = at('2031-01-02T12:00:00-05:00')
  const run = ended('2031-01-02T11:00:00-05:00')
  for (const every of ['session', 'close'] as const)
    expect(reasonsFor({ every }, [run], beyond)).toEqual([
      'cannot be told: calendar XNYS knows 2021-01-01 to 2030-12-31; 2031-01-02 lies outside',
    ])
  expect(reasonsFor({ every: 'week' }, [run], beyond)).toEqual([])
})

it('knows the urgency of every reason: what comes round soonest before what comes later', () => {
  const periods = ['session', 'close', 'week', 'month', 'quarter'] as const
  const reasons = [
    ...reasonsFor({ every: 'session' }, [], at('2031-01-02T12:00:00-05:00')),
    ...reasonsFor({ atMost: { count: 0, per: 'week' } }, [ended('2026-11-20T11:00:00-05:00')], paper),
    ...periods.flatMap((every) => reasonsFor({ every }, [], paper)),
    ...periods.flatMap((practise) => reasonsFor({ practise }, [], paper)),
  ]
  expect(reasons).toHaveLength(12)
  expect(reasons.map(urgencyOf)).toEqual(reasons.map((_, place) => place))
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
