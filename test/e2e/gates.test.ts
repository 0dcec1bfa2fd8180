/** `desk gates daily` through a day: every status, the holds that failures place and passes lift, and the exit code that cron trusts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'
import { fields, listOf } from '../support/json-answers.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

/** E.g. `D1 pass, D2 pending`, and the exit code. */
async function gates(...flags: readonly string[]) {
  const { code, value } = await desk.json(['gates', 'daily', ...flags])
  const statuses = listOf(value['gates']).map(({ id, status }) => `${String(id)} ${String(status)}`)
  return { code, complete: value['complete'], statuses: statuses.join(', '), value }
}
const holds = async () =>
  listOf((await desk.json(['status'])).value['holds']).map((hold) => `${String(hold['scope'])} ${String(hold['kind'])}`)
const reconcile = async (): Promise<void> => {
  expect((await desk.run(['runbook', 'reconciliation'])).code).toBe(0)
}
const friday = (time: string): Desk => desk.at(`2026-11-20T${time}:00-05:00`)

describe('desk gates daily', () => {
  it('passes when everything due has passed', async () => {
    friday('08:30')
    await reconcile()
    friday('09:05')
    expect(await gates()).toMatchObject({
      code: 0,
      complete: true,
      statuses: 'D1 pass, D2 pass, D3 pass, D4 pass, D5 pass',
    })
    expect(await holds()).toEqual([])
  })

  it('leaves out what is pending: it neither reddens nor greens', async () => {
    friday('08:30')
    await reconcile()
    expect(await gates()).toMatchObject({
      code: 0,
      complete: true,
      statuses: 'D1 pending, D2 pending, D3 pass, D4 pass, D5 pass',
    })
    // In the session only what will be due at the close is still open.
    desk.at('2026-11-23T08:45:00-05:00')
    expect(await gates('--only', 'D1')).toMatchObject({ code: 0, complete: false })
  })

  it('says missed, and never runs late, what belongs to market time', async () => {
    friday('08:30')
    await reconcile()
    await gates()
    friday('10:00')
    expect(await gates()).toMatchObject({ code: 1, statuses: 'D1 missed, D2 missed, D3 pass, D4 pass, D5 pass' })
  })

  it('keeps the results of the window instead of computing them again', async () => {
    friday('08:30')
    await reconcile()
    friday('09:05')
    const before = await gates()
    await desk.fault('stale-all')
    await desk.fault('old-hash')
    friday('09:20')
    const after = await gates()
    expect(after.value['gates']).toEqual(before.value['gates'])
    expect(after.code).toBe(0)
  })

  it('places the hold of a model whose hosts disagree, and lifts it with its own pass', async () => {
    friday('08:30')
    await reconcile()
    friday('09:05')
    await desk.fault('old-hash')
    expect(await gates()).toMatchObject({ code: 1, statuses: 'D1 pass, D2 fail, D3 pass, D4 pass, D5 pass' })
    expect(await holds()).toEqual(['model:signal no-new'])
    await desk.fault('old-hash', false)
    expect(await holds()).toEqual(['model:signal no-new'])
    expect(await gates()).toMatchObject({ code: 0, statuses: 'D1 pass, D2 pass, D3 pass, D4 pass, D5 pass' })
    expect(await holds()).toEqual([])
  })

  it('holds the desk without a reconciliation, and lets it go after one, also when that comes late', async () => {
    expect(await gates()).toMatchObject({ code: 1, statuses: 'D1 pass, D2 pass, D3 pass, D4 fail, D5 pass' })
    expect(await holds()).toEqual(['all no-new'])
    const { stdout } = await desk.run(['status'])
    expect(stdout).toContain('held all (no-new) by')
    await reconcile()
    expect(await holds()).toEqual(['all no-new'])
    expect(await gates()).toMatchObject({ code: 0, statuses: 'D1 pass, D2 pass, D3 pass, D4 pass, D5 pass' })
    expect(await holds()).toEqual([])
  })

  it('waits for the reconciliation until its window ends', async () => {
    friday('16:01')
    const early = await gates('--only', 'D4')
    expect(early).toMatchObject({ code: 0, complete: false })
    expect(early.statuses).toContain('D4 pending')
    expect(fields(listOf(early.value['gates'])[3])['reason']).toContain('is due by 2026-11-23T14:00:00.000Z')
    expect((await desk.run(['gates', 'daily', '--only', 'D4'])).stderr).toContain('next: desk runbook reconciliation')
    expect(await holds()).toEqual([])
    desk.at('2026-11-23T09:00:00-05:00')
    const late = await gates('--only', 'D4')
    expect([late.code, late.statuses]).toEqual([1, expect.stringContaining('D4 fail')])
    expect(await holds()).toEqual(['all no-new'])
  })

  it('takes a stale symbol out and passes on the next walk', async () => {
    friday('08:30')
    await reconcile()
    friday('09:05')
    await desk.fault('stale-one')
    expect(await gates()).toMatchObject({ code: 1, statuses: 'D1 fail, D2 pass, D3 pass, D4 pass, D5 pass' })
    expect(await gates()).toMatchObject({ code: 0, statuses: 'D1 pass, D2 pass, D3 pass, D4 pass, D5 pass' })
  })

  it('fails a feed that is stale as a whole, however often it is walked', async () => {
    await desk.fault('stale-all')
    expect(await gates('--only', 'D1')).toMatchObject({ code: 1 })
    expect(await gates('--only', 'D1')).toMatchObject({ code: 1 })
  })

  it('fails a slippage that nobody documented', async () => {
    await desk.fault('slippage-undocumented')
    const { code, statuses } = await gates('--only', 'D5')
    expect([code, statuses]).toEqual([1, 'D1 pending, D2 pending, D3 pending, D4 pending, D5 fail'])
  })

  it('is undetermined where nobody answers, and that holds the model too', async () => {
    friday('08:30')
    await reconcile()
    friday('09:05')
    await desk.fault('registry-unreachable')
    expect(await gates()).toMatchObject({ code: 2, statuses: 'D1 pass, D2 undetermined, D3 pass, D4 pass, D5 pass' })
    expect(await holds()).toEqual(['model:signal no-new'])
  })

  it.each(['adapter-throws', 'adapter-nonsense'] as const)('never passes under %s', async (fault) => {
    friday('08:30')
    await reconcile()
    friday('09:05')
    await desk.fault(fault)
    expect(await gates()).toMatchObject({
      code: 2,
      statuses: 'D1 undetermined, D2 undetermined, D3 undetermined, D4 pass, D5 undetermined',
    })
  })

  it('a partial run is never complete and answers for its own gates only', async () => {
    const first = await gates('--only', 'D1,D3')
    expect(first).toMatchObject({
      code: 0,
      complete: false,
      statuses: 'D1 pass, D2 pending, D3 pass, D4 pending, D5 pending',
    })
    // Nothing is left to walk, and it is no more complete for that.
    expect(await gates('--only', 'D1')).toMatchObject({ code: 0, complete: false })
    // What was passed in part is kept.
    expect(await gates()).toMatchObject({
      code: 1,
      complete: true,
      statuses: 'D1 pass, D2 pass, D3 pass, D4 fail, D5 pass',
    })
  })

  it('suggests the gate that was meant', async () => {
    const { code, value } = await gates('--only', 'D11')
    expect(code).toBe(64)
    expect(value['error']).toMatchObject({ code: 'unknown-id', exit: 64 })
  })

  it('neither a dry run nor a simulation satisfies a gate', async () => {
    friday('08:30')
    await reconcile()
    friday('09:05')
    expect((await desk.run(['gates', 'daily', '--dry-run'])).code).toBe(0)
    expect((await desk.run(['gates', 'daily', '--simulate'])).code).toBe(0)
    const { value, statuses } = await gates()
    expect(statuses).toBe('D1 pass, D2 pass, D3 pass, D4 pass, D5 pass')
    expect(fields(value['run'])['id']).toMatch(/^run-/)
  })
})

describe('desk gates --due', () => {
  it('walks what is due of every cadence', async () => {
    friday('08:30')
    await reconcile()
    const { code, stdout } = await desk.run(['gates', '--due'])
    // The quarter waits for its attests.
    expect(code).toBe(3)
    for (const cadence of ['daily', 'weekly', 'monthly', 'quarterly']) expect(stdout).toContain(`${cadence} gates`)
    expect(stdout).toMatch(/pass +D4/)
    expect((await gates()).statuses).toBe('D1 pending, D2 pending, D3 pass, D4 pass, D5 pass')
  })

  it('lists the cadences without it', async () => {
    const { code, stdout } = await desk.run(['gates'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('daily')])
  })
})
