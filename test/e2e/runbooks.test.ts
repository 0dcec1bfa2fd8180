/** Runbooks by the built program to the end of their verify: killswitch, reconciliation, model-rollback, rolling-deploy. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PaperDesk } from '../adapters/paper/desk.ts'
import { Desk } from '../support/desk.ts'
import { fields, listOf } from '../support/json-answers.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

type Json = Awaited<ReturnType<Desk['json']>>
const statuses = (part: unknown): readonly string[] =>
  listOf(part).map(({ id, status }) => `${String(id)} ${String(status)}`)
const runOf = ({ value }: Json): string => String(fields(value['run'])['id'])
const statusOf = ({ value }: Json): unknown => fields(value['run'])['status']
const world = (): PaperDesk => new PaperDesk(desk.stateDir, desk.now)
const alias = async (name: string): Promise<string> =>
  (await world().value('registry.getVersionByAlias', { model: 'signal', alias: name })).text('version')
const as = (operator: string) => ({ env: { DESK_OPERATOR: operator } })

describe('desk runbook killswitch', () => {
  it('halts, cancels at every venue and proves a minute of quiet', async () => {
    const ran = await desk.json(['runbook', 'killswitch', '--set', 'reason=fat finger'])
    expect([ran.code, statusOf(ran)]).toEqual([0, 'succeeded'])
    expect(statuses(ran.value['steps'])).toEqual([
      ...['halt done', 'cancel done', 'snapshot done', 'channel done', 'commander done'],
      ...['known passed', 'incident done'],
    ])
    expect(statuses(ran.value['verify'])).toEqual([
      ...['halted passed', 'no-new-orders passed', 'cancel-late done', 'no-open-orders passed'],
    ])
    const { value } = await desk.json(['status'])
    expect(value['trading']).toMatchObject({ state: 'HALTED', by: 'oncall', reason: 'fat finger' })
  })

  it('a second one finds the halt and opens no second incident', async () => {
    await desk.run(['runbook', 'killswitch'])
    const again = await desk.json(['runbook', 'killswitch'])
    expect(again.code).toBe(0)
    expect(statuses(again.value['steps'])).toContain('incident skipped')
    expect((await world().value('tickets.find', { kind: 'incident' })).list('tickets')).toHaveLength(1)
  })

  it('halts although a venue is silent, and is never green for that', async () => {
    await desk.fault('venue-silent')
    const ran = await desk.json(['runbook', 'killswitch'])
    expect([1, 2]).toContain(ran.code)
    expect(statuses(ran.value['steps'])).toContain('halt done')
    expect(statuses(ran.value['verify'])).toContain('halted passed')
    expect(statuses(ran.value['verify'])).not.toContain('no-open-orders passed')
    expect((await desk.run(['status', '--exit-code'])).code).toBe(4)
  })

  it.each(['adapter-throws', 'adapter-nonsense'] as const)('halts under %s', async (fault) => {
    await desk.fault(fault)
    const ran = await desk.json(['runbook', 'killswitch'])
    expect([1, 2]).toContain(ran.code)
    expect((await desk.run(['status', '--exit-code'])).code).toBe(4)
  })
})

describe('desk runbook reconciliation', () => {
  it('goes to its end where nothing differs', async () => {
    const ran = await desk.json(['runbook', 'reconciliation'])
    expect([ran.code, statusOf(ran)]).toEqual([0, 'succeeded'])
    expect(statuses(ran.value['verify'])).toEqual(['to-the-share passed', 'single-source passed'])
    expect(statuses(ran.value['steps'])).toContain('classify skipped')
    expect((await desk.json(['status'])).value['holds']).toEqual([])
  })

  it('waits for a person where fills went unheard, and ends with nothing left over', async () => {
    await desk.fault('acks-lost')
    const ran = await desk.json(['runbook', 'reconciliation'])
    expect([ran.code, statusOf(ran)]).toEqual([3, 'waiting'])
    expect(statuses(ran.value['steps'])).toContain('classify waiting')
    expect(ran.stderr).toContain(`desk run continue ${runOf(ran)} --answer classify="..."`)
    // The hold stands as long as the book is in doubt.
    expect((await desk.json(['status'])).value['holds']).toMatchObject([{ rule: 'reconciliation', kind: 'no-new' }])
    expect(
      (await world().value('venue.fetchPositions', { venue: 'primary' })).list('positions').length,
    ).toBeGreaterThan(0)

    const on = await desk.json(['run', 'continue', runOf(ran), '--answer', 'classify=20 AAPL filled but not reported'])
    expect([on.code, statusOf(on)]).toEqual([0, 'succeeded'])
    expect(runOf(on)).toBe(runOf(ran))
    expect(statuses(on.value['verify'])).toEqual(['to-the-share passed', 'single-source passed'])
    expect((await desk.json(['status'])).value['holds']).toEqual([])
  })

  it('a second one takes over from a first that is parked', async () => {
    await desk.fault('acks-lost')
    const first = await desk.json(['runbook', 'reconciliation'])
    const second = await desk.json(['runbook', 'reconciliation'])
    // A parked holder is displaced by an incident's run: one is open, the other aborted, never two.
    const { value } = await desk.json(['run', 'list'])
    const open = listOf(value['runs']).filter((run) => run['status'] === 'waiting')
    expect(open.map((run) => run['run'])).toEqual([runOf(second)])
    expect(listOf(value['runs']).find((run) => run['run'] === runOf(first))).toMatchObject({ status: 'aborted' })
  })
})

describe('desk runbook model-rollback', () => {
  it('shows its plan without changing anything', async () => {
    const { code, stdout } = await desk.run(['runbook', 'model-rollback', '--dry-run'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/planned +flip/)
    expect(await alias('production')).toBe('v1.4.0')
    expect((await desk.json(['run', 'list'])).value['runs']).toEqual([])
  })

  it('is simulated to its end, and nothing of it is left', async () => {
    expect((await desk.run(['runbook', 'model-rollback', '--simulate'])).code).toBe(0)
    expect(await alias('production')).toBe('v1.4.0')
    expect((await desk.json(['run', 'list'])).value['runs']).toEqual([])
  })

  it('flips, restarts, waits one trading day, and is taken up by what cron starts', async () => {
    const ran = await desk.json(['runbook', 'model-rollback', '--set', 'incident=INC-7'])
    expect([ran.code, statusOf(ran)]).toEqual([3, 'waiting'])
    expect(ran.value['resumeAt']).toBe('2026-11-20T21:05:00.000Z')
    expect(await alias('production')).toBe('v1.3.2')

    // Too early: nothing is due, which is a good end.
    desk.at('2026-11-20T16:04:59-05:00')
    expect((await desk.run(['run', 'continue', '--due'])).code).toBe(0)
    expect((await desk.json(['run', 'show', runOf(ran)])).value['run']).toMatchObject({ status: 'waiting' })

    desk.at('2026-11-20T16:05:00-05:00')
    expect((await desk.run(['run', 'continue', '--due'])).code).toBe(0)
    expect((await desk.json(['run', 'show', runOf(ran)])).value).toMatchObject({ run: { status: 'succeeded' } })
    // Once.
    expect((await desk.run(['run', 'continue', '--due'])).code).toBe(0)
  })

  it('stops where the previous version cannot be reached, before it touches production', async () => {
    await desk.fault('registry-unreachable')
    const ran = await desk.json(['runbook', 'model-rollback'])
    expect([ran.code, statusOf(ran)]).toEqual([2, 'undetermined'])
    await desk.fault('registry-unreachable', false)
    expect(await alias('production')).toBe('v1.4.0')
  })
})

describe('desk runbook rolling-deploy', () => {
  it('is simulated over both holds and the approval to its end', async () => {
    const ran = await desk.run(['runbook', 'rolling-deploy', '--simulate'])
    expect(ran.stdout).toMatch(/approved +by simulated-risk/)
    expect([ran.code, ran.stdout.trimEnd().split('\n').at(-1)]).toEqual([0, expect.stringMatching(/succeeded$/)])
    expect(await alias('production')).toBe('v1.4.0')
  })

  it('runs for real over nine sessions, an approval by somebody else and an open', async () => {
    const ran = await desk.json(['runbook', 'rolling-deploy'])
    expect([ran.code, ran.value['resumeAt']]).toEqual([3, '2026-11-24T21:05:00.000Z'])
    const run = runOf(ran)
    const statusNow = async () => fields((await desk.json(['run', 'show', run])).value['run'])['status']

    desk.at('2026-11-24T16:05:00-05:00')
    const atCommittee = await desk.run(['run', 'continue', '--due'])
    expect([atCommittee.code, atCommittee.stderr]).toEqual([3, expect.stringContaining(`desk run approve ${run}`)])
    // Nobody approves what they asked for.
    expect((await desk.run(['run', 'approve', run])).code).toBe(4)
    expect((await desk.run(['run', 'continue', run])).code).toBe(3)
    expect((await desk.run(['run', 'approve', run], as('committee'))).code).toBe(0)
    const held = await desk.json(['run', 'continue', run])
    // Thanksgiving does not count, the early close on the day after does.
    expect([held.code, held.value['resumeAt']]).toEqual([3, '2026-12-02T21:05:00.000Z'])
    expect(await alias('production')).toBe('v1.4.0')

    desk.at('2026-12-02T16:05:00-05:00')
    expect((await desk.run(['run', 'continue', '--due'])).code).toBe(3)
    desk.at('2026-12-03T09:30:00-05:00')
    const last = await desk.run(['run', 'continue', '--due'])
    expect([last.code, last.stderr]).toEqual([0, ''])
    expect(await statusNow()).toBe('succeeded')
    expect(await alias('production')).toBe('v1.5.0')
    expect(await alias('last_stable')).toBe('v1.4.0')
  })

  it('deploys nothing while the desk is reduced', async () => {
    expect((await desk.run(['throttle', '50'])).code).toBe(78)
    await desk.run(['status'])
    expect((await desk.run(['throttle', '50'])).code).toBe(0)
    const ran = await desk.json(['runbook', 'rolling-deploy'])
    expect([ran.code, statusOf(ran)]).toEqual([1, 'failed'])
    expect(statuses(ran.value['steps'])).toContain('calm failed')
  })

  it('keeps its model to itself while it is open', async () => {
    expect((await desk.run(['runbook', 'rolling-deploy'])).code).toBe(3)
    const second = await desk.json(['runbook', 'rolling-deploy'])
    expect(second.code).toBe(75)
    expect(second.value['error']).toMatchObject({ code: 'locked', exit: 75 })
  })
})
