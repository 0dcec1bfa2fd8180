import { system } from '../../../src/cli/deps.ts'
import { describe, expect, it } from 'vitest'
import { always, xnys } from '../../../src/calendar/calendars.ts'
import type { CalendarOptions } from '../../../src/cli/commands/calendar.ts'
import { run, showCalendar } from '../../../src/cli/commands/calendar.ts'
import type { Context } from '../../../src/cli/command.ts'

function at(now: string, json: boolean): { context: Context; out: () => string } {
  let text = ''
  const context: Context = {
    io: {
      out: (more) => {
        text += more
      },
      err: (more) => {
        throw new Error(`nothing belongs on stderr: ${more}`)
      },
      canPrompt: false,
      columns: 80,
      colour: false,
    },
    deps: {
      env: {},
      cwd: '/',
      now: () => new Date(now),
      random: (bytes) => new Uint8Array(bytes),
      host: 'desk-1',
      pid: 1,
      system,
      sleep: () => Promise.resolve(),
      interrupted: new AbortController().signal,
      interrupt: () => undefined,
    },
    globals: { json, plain: true },
  }
  return { context, out: () => text }
}

async function say(options: CalendarOptions, now = '2026-11-21T03:00:00Z', json = false): Promise<string> {
  const { context, out } = at(now, json)
  expect(await run(options, context)).toBe(0)
  return out()
}

describe('desk calendar', () => {
  it('shows a fortnight from today in New York, with what closes it', async () => {
    // 03:00 UTC on Saturday is still Friday evening there.
    expect(await say({})).toBe(
      [
        'XNYS, times in America/New_York',
        '2026-11-20 Fri  09:30-16:00',
        '2026-11-23 Mon  09:30-16:00',
        '2026-11-24 Tue  09:30-16:00',
        '2026-11-25 Wed  09:30-16:00',
        '2026-11-26 Thu  closed       Thanksgiving Day',
        '2026-11-27 Fri  09:30-13:00  early close: Day after Thanksgiving',
        '2026-11-30 Mon  09:30-16:00',
        '2026-12-01 Tue  09:30-16:00',
        '2026-12-02 Wed  09:30-16:00',
        '2026-12-03 Thu  09:30-16:00',
        '',
      ].join('\n'),
    )
  })

  it('prints the contract fields and no others as JSON', async () => {
    const text = await say({ from: '2026-11-26', to: '2026-11-30' }, undefined, true)
    expect(text.endsWith('}\n')).toBe(true)
    expect(JSON.parse(text)).toEqual({
      schema: 1,
      calendar: 'XNYS',
      sessions: [
        { date: '2026-11-27', open: '2026-11-27T09:30:00-05:00', close: '2026-11-27T13:00:00-05:00', earlyClose: true },
        {
          date: '2026-11-30',
          open: '2026-11-30T09:30:00-05:00',
          close: '2026-11-30T16:00:00-05:00',
          earlyClose: false,
        },
      ],
    })
  })

  it('says so where there is no session at all', async () => {
    expect(await say({ from: '2026-11-28', to: '2026-11-29' })).toContain('no session from 2026-11-28 to 2026-11-29')
    expect(JSON.parse(await say({ from: '2026-11-28', to: '2026-11-29' }, undefined, true))).toMatchObject({
      sessions: [],
    })
  })

  it('covers the whole horizon, and stays within 80 columns', async () => {
    const lines = (await say({ from: '2021-01-01', to: '2030-12-31' })).split('\n')
    expect(lines.length).toBeGreaterThan(2500)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it('cuts the default span at the horizon', async () => {
    expect(await say({ from: '2030-12-31' })).toContain('2030-12-31 Tue  09:30-16:00\n')
  })

  it('writes UTC days of 24x7 with their offset', () => {
    const { context, out } = at('2026-11-20T12:00:00Z', true)
    showCalendar(always, { from: '2026-11-20', to: '2026-11-20' }, context)
    expect(out()).toContain('"open":"2026-11-20T00:00:00+00:00","close":"2026-11-21T00:00:00+00:00"')
  })

  it.each<[CalendarOptions, string, number]>([
    [{ from: 'tomorrow' }, 'bad-date', 64],
    [{ to: '2026-02-30' }, 'bad-date', 64],
    [{ from: '2026-11-20', to: '2026-11-19' }, 'bad-span', 64],
    [{ to: '2026-11-19' }, 'bad-span', 64],
    [{ from: '2020-12-31' }, 'beyond-horizon', 64],
    [{ from: '2026-11-20', to: '2031-01-01' }, 'beyond-horizon', 64],
  ])('refuses %j', async (options, code, exit) => {
    const { context, out } = at('2026-11-20T12:00:00Z', false)
    await expect(run(options, context)).rejects.toMatchObject({ code, exit })
    expect(out()).toBe('')
  })

  it('cannot tell once its horizon has passed', async () => {
    const { context } = at('2031-02-01T12:00:00Z', false)
    await expect(run({}, context)).rejects.toMatchObject({ code: 'beyond-horizon', exit: 2, horizon: xnys.horizon })
  })

  it('never lets a control character of an option reach the screen', async () => {
    const { context } = at('2026-11-20T12:00:00Z', false)
    await expect(run({ from: '\u001b[2J' }, context)).rejects.toThrow(String.raw`\u001b[2J`)
  })
})
