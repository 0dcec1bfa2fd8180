/** `desk kill` against people who throttle, promote and release at the same moment, each a process of the built program. */
import { stdout } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { askForRelease, afterwards } from './support/release.ts'
import { type Ended, Scratch, runDesk, tradingDesk } from './support/program.ts'
import { standingOf, tamperingIn } from './support/world.ts'

const scratch = new Scratch()
afterAll(() => {
  scratch.remove()
})
const rounds = 25
const staggerMs = 12
const later = { DESK_NOW: '2026-11-25T09:00:00-05:00' }
const risk = { ...later, DESK_OPERATOR: 'risk' }

interface Contest {
  readonly title: string
  readonly template: () => Promise<{ readonly stateDir: string; readonly request: string }>
  /** The first one loosens. */
  readonly others: readonly ((stateDir: string, request: string) => Promise<Ended>)[]
}

const contests: readonly Contest[] = [
  {
    title: 'throttle and promote',
    template: async () => {
      const stateDir = await tradingDesk(scratch)
      await runDesk(stateDir, ['throttle', '25'])
      const asked = await runDesk(stateDir, ['promote', '--confirm', 'paper', '--json'], { env: later })
      const request = /"id":"([^"]+)"/.exec(asked.stdout)?.[1]
      if (request === undefined) throw new Error(`no request to promote: ${asked.stdout}${asked.stderr}`)
      return { stateDir, request }
    },
    others: [
      (stateDir, request) => runDesk(stateDir, ['promote', request, '--confirm', 'paper'], { env: risk }),
      (stateDir) => runDesk(stateDir, ['throttle', '0'], { env: later }),
    ],
  },
  {
    title: 'unlock',
    template: async () => {
      const stateDir = await tradingDesk(scratch)
      return { stateDir, request: await askForRelease(stateDir) }
    },
    others: [
      (stateDir, request) =>
        runDesk(stateDir, ['unlock', 'approve', request, '--confirm', 'paper'], {
          env: { ...afterwards, DESK_OPERATOR: 'risk' },
        }),
    ],
  },
]

test.each(contests)(
  'after an acknowledged halt nothing is in force: against $title',
  async ({ title, template, others }) => {
    const { stateDir: made, request } = await template()
    // Without a halt in between it goes through: so there is something to contest.
    const free = scratch.copyOf(made)
    const granted = others[0]?.(free, request)
    expect((await granted)?.code).toBe(0)
    const outcomes = new Map<string, number>()
    for (let round = 0; round < rounds; round++) {
      const stateDir = scratch.copyOf(made)
      const rivals = others.map((act) => act(stateDir, request))
      // A halt is much faster than any of them, so it starts at another moment of their lives in every round.
      const kill = pause(round * staggerMs).then(() => runDesk(stateDir, ['kill'], { env: later }))
      const [halted, ...ended] = await Promise.all([kill, ...rivals])
      expect([halted.code, halted.stdout.split('\n')[0]]).toEqual([0, 'HALTED paper'])
      // Whoever was granted something was granted it before, and has lost it again.
      expect(`round ${String(round)}: ${standingOf(stateDir)}`).toBe(`round ${String(round)}: HALTED`)
      expect(tamperingIn(stateDir)).toEqual([])
      const how = ended.map((each) => String(each.code)).join(' ')
      outcomes.set(how, (outcomes.get(how) ?? 0) + 1)
      scratch.discard(stateDir)
    }
    const counted = [...outcomes].map(([how, times]) => `${String(times)} x ${how}`).join(', ')
    stdout.write(`kill against ${title}: ${String(rounds)} rounds, the others ended ${counted}\n`)
  },
)
