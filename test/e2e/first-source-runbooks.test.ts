/** The other runbooks of the first source, by the built program, for real on the paper desk and across what they wait for. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { PaperDesk } from '../adapters/paper/desk.ts'
import { Desk } from '../support/desk.ts'
import { fields } from '../support/json-answers.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
  desk.at('2026-11-20T10:00:00-05:00')
})
afterEach(() => {
  desk.remove()
})

const world = (): PaperDesk => new PaperDesk(desk.stateDir, desk.now)
const alias = async (name: string): Promise<string> =>
  (await world().value('registry.getVersionByAlias', { model: 'signal', alias: name })).text('version')
const committee = { env: { DESK_OPERATOR: 'committee' } }

/** Exit code, run, its status, and when it goes on. */
async function open(id: string, ...flags: readonly string[]) {
  const { code, value } = await desk.json(['runbook', id, ...flags])
  const run = fields(value['run'])
  return { code, run: String(run['id']), status: run['status'], resumeAt: value['resumeAt'] }
}
const statusNow = async (run: string): Promise<unknown> =>
  fields((await desk.json(['run', 'show', run])).value['run'])['status']
/** Whatever is due at that moment goes on. */
async function dueAt(moment: string): Promise<number | null> {
  desk.at(moment)
  return (await desk.run(['run', 'continue', '--due'])).code
}
/** Shadow, committee, 25 % and the open of a rolling deploy that has begun on 20 November, up to all of the capital. */
async function throughRollingDeploy(run: string, moments: readonly [string, string, string]): Promise<void> {
  const [compared, held, opened] = moments
  expect(await dueAt(compared)).toBe(3)
  expect((await desk.run(['run', 'approve', run], committee)).code).toBe(0)
  expect((await desk.run(['run', 'continue', run])).code).toBe(3)
  expect(await dueAt(held)).toBe(3)
  await dueAt(opened)
}

it.each(['api-credentials', 'broker-failover', 'config-rollback', 'drift-investigation', 'feature-deploy', 'retrain'])(
  '%s is listed dry, and simulated to the end of its verify',
  async (id) => {
    const dry = await desk.run(['runbook', id, '--dry-run'])
    // Before orders are routed there, nobody can say how they are filled.
    const seen = id === 'broker-failover' ? 2 : 0
    expect([dry.code, dry.stdout]).toEqual([seen, expect.stringContaining('nothing is changed')])
    const simulated = await desk.run(['runbook', id, '--simulate'])
    expect([simulated.code, simulated.stdout.trimEnd()]).toEqual([0, expect.stringMatching(/succeeded$/)])
  },
)

it.each(['api-credentials', 'broker-failover', 'config-rollback'])('%s ends well in one go', async (id) => {
  expect(await open(id)).toMatchObject({ code: 0, status: 'succeeded' })
})

it('broker-failover leaves a halted desk halted, and waits for its release', async () => {
  await desk.run(['runbook', 'killswitch'])
  await desk.fault('status-red')
  const { run, code } = await open('broker-failover', '--set', 'planned=false')
  expect([code, await statusNow(run)]).toEqual([3, 'waiting'])
  expect((await world().value('routing.getBroker', {})).text('venue')).toBe('backup')
  expect((await desk.json(['status'])).value['trading']).toMatchObject({ state: 'HALTED' })
})

it('drift-investigation looks again after a trading week', async () => {
  const { run, code, resumeAt } = await open('drift-investigation')
  // Thanksgiving does not count.
  expect([code, resumeAt]).toEqual([3, '2026-11-30T21:05:00.000Z'])
  expect(await dueAt('2026-11-30T16:05:00-05:00')).toBe(0)
  expect(await statusNow(run)).toBe('succeeded')
})

it('retrain goes through the committee and the rolling deploy, and archives what was live', async () => {
  const { run, code } = await open('retrain')
  expect(code).toBe(3)
  expect((await desk.run(['run', 'continue', run, '--answer', 'gates=All 15, by two of us'], committee)).code).toBe(3)
  await throughRollingDeploy(run, [
    '2026-11-25T16:05:00-05:00',
    '2026-12-03T16:05:00-05:00',
    '2026-12-04T09:30:00-05:00',
  ])
  expect(await statusNow(run)).toBe('succeeded')
  expect([await alias('production'), await alias('last_stable')]).toEqual(['v1.6.0-20261120', 'v1.4.0'])
})

it('feature-deploy takes a week in the shadow before the rolling deploy', async () => {
  const { run, code, resumeAt } = await open('feature-deploy')
  expect([code, resumeAt]).toEqual([3, '2026-11-30T21:05:00.000Z'])
  expect(await dueAt('2026-11-30T16:05:00-05:00')).toBe(3)
  expect((await desk.run(['run', 'continue', run, '--answer', 'gates=All 15, by two of us'], committee)).code).toBe(3)
  await throughRollingDeploy(run, [
    '2026-12-03T16:05:00-05:00',
    '2026-12-10T16:05:00-05:00',
    '2026-12-11T09:30:00-05:00',
  ])
  expect(await statusNow(run)).toBe('waiting')
  expect(await dueAt('2026-12-14T16:05:00-05:00')).toBe(0)
  expect(await statusNow(run)).toBe('succeeded')
  const { json } = await world().value('inference.requests', { model: 'signal', feature: 'auction_pressure' })
  expect(json).toMatchObject({ share: 1 })
})
