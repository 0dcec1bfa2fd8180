import { expect, it } from 'vitest'
import { tellHome } from '../../../src/cli/render/home-screen.ts'
import type { Context } from '../../../src/cli/command.ts'
import { realDeps } from '../../../src/cli/deps.ts'
import type { DeskState } from '../../../src/cli/state.ts'

const times = <T>(n: number, make: (i: number) => T): readonly T[] => Array.from({ length: n }, (_, i) => make(i))

function home(waiting: number, due: number, holds: number): readonly string[] {
  let text = ''
  const io = {
    out: (more: string) => void (text += more),
    err: () => undefined,
    canPrompt: true,
    columns: 80,
    colour: false,
  }
  const interruption = { interrupted: new AbortController().signal, interrupt: () => undefined }
  const context: Context = { io, deps: realDeps({}, interruption), globals: { json: false, plain: false } }
  const since = '2026-11-20T15:00:00Z'
  const trading = {
    state: 'ACTIVE',
    sizeMultiplier: 1,
    orderRate: 1,
    epoch: 'e',
    since,
    by: 'oncall',
    reason: 'asked',
  } as const
  const state: DeskState = {
    profile: 'paper',
    desk: 'paper',
    incidents: [],
    read: {
      trading,
      halts: [],
      holds: times(holds, (i) => ({
        scope: `symbol:S${String(i)}`,
        kind: 'no-new',
        rule: 'gates/daily/D1',
        reason: 'stale',
        since,
      })),
    },
    open: times(waiting, (i) => ({
      run: `run-${String(i).padStart(26, '0')}`,
      state: 'parked' as const,
      openedAt: since,
      by: 'oncall',
      segments: 1,
      isGone: false,
    })),
    due: times(due, (i) => ({
      id: `D${String(i)}`,
      title: 'A gate',
      cadence: 'daily',
      from: since,
      to: since,
      overdue: true,
    })),
    dueRunbooks: [{ id: 'killswitch', title: 'Stop', reasons: ['not practised this month'] }],
    auditOk: true,
    problems: [],
  }
  tellHome(state, context)
  return text.trimEnd().split('\n')
}

it('fits a terminal of 24 rows with the command and the next prompt, whatever there is to tell', () => {
  for (const waiting of [0, 1, 2, 3, 20])
    for (const due of [0, 1, 5, 40])
      for (const holds of [0, 3, 30]) {
        const lines = home(waiting, due, holds)
        expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(22)
        const text = lines.join('\n')
        expect(text.includes('Waiting')).toBe(waiting > 0)
        expect(text.includes('desk gates --due')).toBe(due > 0)
        expect(text).toContain('desk kill')
      }
})

it('tells as much as there is room for', () => {
  const told = (lines: readonly string[], line: RegExp): number => lines.filter((each) => line.test(each)).length
  expect(told(home(0, 40, 0), /^ {2}D\d/)).toBe(5)
  expect(told(home(2, 40, 0), /^ {2}D\d/)).toBe(3)
  expect(told(home(2, 40, 0), /desk run continue/)).toBe(2)
})
