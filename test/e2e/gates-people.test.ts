/** What people may say about gates: attests by name, waivers by a second person and for one period, and holds as a list. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

const friday = '2026-11-20T17:00:00-05:00'
const as = (who: string) => ({ DESK_OPERATOR: who })

describe('desk gates attest', () => {
  it('states what no machine can know, and is kept', async () => {
    desk.at('2026-10-06T12:00:00-04:00')
    expect((await desk.run(['gates', 'attest', 'Q2', '--reason', 'reviewed, no raise'])).code).toBe(0)
    const after = await desk.json(['gates', 'quarterly', '--only', 'Q2'])
    expect(after.value['gates']).toMatchObject([{}, { id: 'Q2', status: 'pass' }, {}, {}])
  })
  it('counts from whoever holds the role, whichever way it is given', async () => {
    desk.at('2026-10-06T12:00:00-04:00')
    const path = join(desk.dir, 'desk.config.yaml')
    writeFileSync(path, 'operators: [{ id: oncall, roles: [oncall] }, { id: risk, roles: [risk] }]\n')
    const answers = join(desk.dir, 'answers.yaml')
    writeFileSync(answers, 'answers: [{ id: Q2, answer: reviewed, who: oncall }]\n')
    const walk = (who: string, ...words: readonly string[]) =>
      desk.run(['gates', 'quarterly', '--only', 'Q2', ...words], { env: { ...as(who), DESK_CONFIG: path } })
    for (const words of [
      ['--answer', 'Q2=reviewed'],
      ['--answers', answers],
    ]) {
      const ran = await walk('oncall', ...words)
      expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining('oncall is no risk')])
    }
    expect((await walk('risk', '--answer', 'Q2=reviewed')).code).toBe(0)
  })
  it('is for gates that ask a person, with words, and known', async () => {
    desk.at(friday)
    expect((await desk.run(['gates', 'attest', 'W1', '--reason', 'fine'])).code).toBe(64)
    expect((await desk.run(['gates', 'attest', 'Q2'])).code).toBe(64)
    expect((await desk.run(['gates', 'attest', 'Q9', '--reason', 'x'])).code).toBe(64)
  })
})

describe('desk gates waive', () => {
  const waive = (id: string, until = '2026-11-23', who = 'risk') =>
    desk.run(['gates', 'waive', id, '--reason', 'the threshold is on the agenda', '--until', until], { env: as(who) })
  const weekly = async () => {
    const { code, value } = await desk.json(['gates', 'weekly'])
    const gates: readonly unknown[] = Array.isArray(value['gates']) ? value['gates'] : []
    return { code, W2: gates[1] }
  }
  beforeEach(async () => {
    desk.at(friday)
    await desk.fault('alert-noise')
  })

  it('is refused before the gate was judged, and to whoever judged it', async () => {
    expect((await waive('W2')).code).toBe(4)
    expect(await weekly()).toMatchObject({ code: 1, W2: { status: 'fail' } })
    const own = await waive('W2', '2026-11-23', 'oncall')
    expect([own.code, own.stderr]).toEqual([4, expect.stringContaining('a second person')])
  })
  it('makes it waived, on every run, until it ends', async () => {
    await weekly()
    expect((await waive('W2')).code).toBe(0)
    expect(await weekly()).toMatchObject({ code: 0, W2: { status: 'waived' } })
    const told = (await desk.run(['gates', 'weekly'])).stdout.replace(/\s+/g, ' ')
    expect(told).toContain('the threshold is on the agenda')
    desk.at('2026-11-24T08:00:00-05:00')
    expect(await weekly()).toMatchObject({ code: 1, W2: { status: 'fail' } })
  })
  it('lasts one period at most, and needs a reason and an end', async () => {
    await weekly()
    const late = await waive('W2', '2026-12-05')
    expect([late.code, late.stderr]).toEqual([4, expect.stringContaining('one period')])
    expect((await waive('W2', 'soon')).code).toBe(64)
    expect((await waive('W2', '2026-11-19')).code).toBe(4)
    expect((await desk.run(['gates', 'waive', 'W2', '--until', '2026-11-23'], { env: as('risk') })).code).toBe(64)
  })
  it.each(['P1', 'P2', 'D1', 'D2', 'D4'])('is refused for %s', async (id) => {
    expect((await waive(id)).code).toBe(4)
  })
})

describe('desk hold list', () => {
  it('tells scope, kind, rule, since when and what lifts it', async () => {
    desk.at('2026-11-20T09:05:00-05:00')
    expect((await desk.run(['hold', 'list'])).stdout).toBe('nothing is held\n')
    await desk.fault('old-hash')
    await desk.run(['gates', 'daily', '--only', 'D2'])
    const { value } = await desk.json(['hold', 'list'])
    expect(value['holds']).toMatchObject([
      { scope: 'model:signal', kind: 'no-new', rule: 'gates/daily/D2', lifts: 'desk gates daily --only D2' },
    ])
    expect((await desk.run(['hold', 'list'])).stdout).toContain('desk gates daily --only D2')
  })
})
