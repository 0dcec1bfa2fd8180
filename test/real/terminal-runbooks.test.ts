/**
 * The runbooks of the first source, walked by hand at a terminal of 80x24 from the first screen to the end of their verify, across what they
 * wait for. Named regression: a question, its evidence or its keys that scroll away, and a command that the terminal breaks in two.
 */
import { afterAll, expect } from 'vitest'
import { setFault } from '../../src/adapters/paper/switch-fault.ts'
import type { FaultId } from '../../src/adapters/paper/faults.ts'
import { listRuns } from '../../src/audit/runs.ts'
import { testWith } from './support/machine.ts'
import { Scratch, runDesk, tradingDesk } from './support/program.ts'
import { Terminal, closeTerminals, questionOn } from './support/terminal.ts'
import { standingOf } from './support/world.ts'

const scratch = new Scratch()
const test = testWith('terminals')
afterAll(() => {
  closeTerminals()
  scratch.remove()
})

const start = '2026-11-20T10:00:00-05:00'
const patience = 40

/** Somebody who reads each screen, answers what its evidence says, and types what it says comes next. */
class Walker {
  readonly #stateDir: string
  now = start
  asked = 0

  private constructor(stateDir: string) {
    this.#stateDir = stateDir
  }
  static async at(...faults: readonly FaultId[]): Promise<Walker> {
    const stateDir = await tradingDesk(scratch)
    for (const fault of faults) await setFault({ stateDir, now: () => new Date(start) }, fault, true)
    return new Walker(stateDir)
  }
  get standing(): string {
    return standingOf(this.#stateDir)
  }

  /** One command at the terminal: its exit code and its last screen. */
  async type(args: readonly string[], who = 'oncall'): Promise<{ readonly code: number; readonly screen: string }> {
    const at = new Terminal(this.#stateDir, args, { env: { DESK_NOW: this.now, DESK_OPERATOR: who } })
    for (let turn = 0; turn < patience; turn++) {
      const screen = await at.until(/\[exit \d+\]|(?:q park\n>|\? [A-Z][^\n]*)\s*$/)
      expect(at.broken(), screen).toEqual([])
      if (screen.includes('[exit ')) return { code: await at.exit(), screen }
      await this.#answer(at, screen)
    }
    throw new Error(`desk ${args.join(' ')} never ended:\n${at.screen()}`)
  }

  /** The key that goes on, of several words the last; where only somebody else can, it parks. */
  async #answer(at: Terminal, screen: string): Promise<void> {
    if (!/q park\n>\s*$/.test(screen)) {
      const words = /Type the desk's name[^\n]*$/.test(screen) ? 'paper' : 'All 15, by two of us'
      at.type(words)
      const typed = await at.until(new RegExp(`${words}$`))
      at.press('Enter')
      await at.change(typed)
      return
    }
    this.asked++
    const question = questionOn(screen)
    expect(question, `the question is not all there:\n${screen}`).toBeDefined()
    expect(question?.[2]?.trim(), screen).not.toBe('')
    const keys = question?.find((line) => line.includes('q park')) ?? ''
    const seen = /The (?:probe|evidence) says (\w+)/.exec(question?.join('\n') ?? '')?.[1]
    const told = seen === undefined ? [] : [seen === 'yes' ? 'y' : seen === 'no' ? 'n' : 'u']
    const key = [...told, 'w', 'a', 'c', 'y', '9'].find((each) => new RegExp(`(?:^|   )${each} `).test(keys)) ?? 'q'
    at.press(key)
    await at.change(screen)
  }

  /** Follows what stands behind `next:` until the run has ended; answers its end. */
  async through(...args: readonly string[]): Promise<{ readonly code: number; readonly screen: string }> {
    let ended = await this.type(args)
    const run = listRuns(this.#stateDir).findLast(({ state }) => state !== 'closed')?.run ?? ''
    for (let turn = 0; ended.code === 3 && turn < patience; turn++) {
      const { resumeAt, needs } = JSON.parse((await this.#see('run', 'show', run, '--json')).stdout) as Shown
      const command = /^ {2}next: desk (.*)$/m.exec(ended.screen)?.[1] ?? ''
      expect(command, ended.screen).not.toBe('')
      if (resumeAt !== undefined) this.now = resumeAt
      const role = needs?.find(({ role }) => role !== undefined)?.role
      ended = await this.type(command.split(' '), role === undefined ? 'oncall' : 'committee')
      // Who has approved is told what comes next as well.
      if (command.startsWith('run approve')) ended = await this.type(['run', 'continue', run])
    }
    return ended
  }
  #see(...args: readonly string[]) {
    return runDesk(this.#stateDir, args, { env: { DESK_NOW: this.now } })
  }
}
interface Shown {
  readonly resumeAt?: string
  readonly needs?: readonly { readonly role?: string }[]
}

test.concurrent.each([
  ['reconciliation', 0],
  ['rolling-deploy', 1],
  ['config-rollback', 0],
  ['api-credentials', 0],
  ['broker-failover', 0],
  ['drift-investigation', 0],
  ['feature-deploy', 2],
  ['retrain', 2],
  ['model-rollback', 0],
  ['killswitch', 0],
] as const)('%s ends well, with %i questions on the way', async (id, questions) => {
  const walker = await Walker.at()
  expect(await walker.through('runbook', id)).toMatchObject({ code: 0 })
  expect(walker.asked).toBe(questions)
  expect(walker.standing).toBe(id === 'killswitch' ? 'HALTED' : 'TRADING')
})

test.concurrent('a broker that is down: halted, everything moved, and the way back told', async () => {
  const walker = await Walker.at('status-red')
  const found = await walker.type(['tree', 'no-fills'])
  expect(walker.standing).toBe('HALTED')
  expect(found).toMatchObject({ code: 0 })
  const moved = await walker.type(['runbook', 'broker-failover', '--set', 'planned=false'])
  expect([moved.code, moved.screen]).toEqual([3, expect.stringMatching(/^ {2}next: desk /m)])
  expect(walker.standing).toBe('HALTED')
})

test.concurrent('differences are shown before a person confirms their class', async () => {
  const walker = await Walker.at('acks-lost')
  expect(await walker.through('runbook', 'reconciliation')).toMatchObject({ code: 0 })
  expect(walker.asked).toBeGreaterThan(0)
})

test.concurrent.each([
  ['stale-all', 'TRADING'],
  ['stale-one', 'TRADING'],
] as const)('missing data with %s', async (fault, standing) => {
  const walker = await Walker.at(fault)
  const ended = await walker.through('tree', 'missing-data')
  expect(ended.code, ended.screen).toBe(0)
  expect(walker.asked).toBeGreaterThan(0)
  expect(walker.standing).toBe(standing)
})

test.concurrent.each([[[]], [['runbook']], [['gates']], [['tree']]] as const)('desk %s fits', async (args) => {
  const walker = await Walker.at()
  const { code, screen } = await walker.type(args)
  expect(code).toBe(0)
  // The marker of the exit stands for the prompt that follows; the first line was not scrolled away.
  const lines = screen.split('\n')
  expect(lines.length).toBeLessThanOrEqual(23)
  expect(lines[0]).toMatch(/^(?:paper  TRADING|Due| {2}set|What do you see)/)
})
