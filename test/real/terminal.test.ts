/**
 * Somebody at a real terminal. Named regression: a prompt that takes Enter, keys typed ahead, or a closed terminal for an answer.
 */
import { spawnSync } from 'node:child_process'
import { execPath } from 'node:process'
import { afterAll, beforeAll, expect } from 'vitest'
import { listRuns } from '../../src/audit/runs.ts'
import { testWith } from './support/machine.ts'
import { Scratch, entry, environment, runDesk, tradingDesk } from './support/program.ts'
import { afterwards, contain } from './support/release.ts'
import { Terminal, closeTerminals, questionOn } from './support/terminal.ts'
import { standingOf } from './support/world.ts'

const scratch = new Scratch()
const test = testWith('terminals')
let trading = ''
beforeAll(async () => {
  trading = await tradingDesk(scratch)
})
afterAll(() => {
  closeTerminals()
  scratch.remove()
})
const desk = (): string => scratch.copyOf(trading)
const openRun = (stateDir: string) => listRuns(stateDir).find((run) => run.state !== 'closed')

const latestOpen = (stateDir: string) => listRuns(stateDir).findLast((run) => run.state !== 'closed')?.run

const q1 = /status page green\?[^]*q park/
const q2 = /lot sizes\?[^]*q park/
const leaf = /KILL-SWITCH {2}The broker is down[^]*q park/
const postIncident = /root cause documented[^]*q park/

test('one question, its evidence and its keys; every key does what it says', async () => {
  const stateDir = desk()
  const at = new Terminal(stateDir, ['tree', 'no-fills'])
  const first = await at.until(q1)
  expect(questionOn(first)?.[0]).toMatch(/^paper {2}TRADING +tree\/no-fills q1$/)
  expect(first).toContain('all systems operational')
  expect(first).toMatch(/y yes {3}n no {3}u unsure {3}K HALT NOW {3}\? more {3}q park/)
  at.press('?')
  expect(await at.until(/no leads to broker-down[^]*q park/)).toContain('yes leads to q2')
  at.press('y')
  expect(await at.until(q2)).toContain('b back')
  at.press('b')
  await at.until(/back +by oncall[^]*tree\/no-fills q1[^]*q park/)
  at.press('u')
  // Unsure goes where it can end most cautiously.
  await at.until(leaf)
  at.press('q')
  expect(await at.exit()).toBe(3)
  expect(await at.until(/\[exit 3\]/)).toContain(`desk run continue ${String(openRun(stateDir)?.run)}`)
  expect(standingOf(stateDir)).toBe('TRADING')
})

test('Enter and keys that are not offered answer nothing', async () => {
  const stateDir = desk()
  const at = new Terminal(stateDir, ['tree', 'no-fills'])
  await at.until(q1)
  at.press('Enter')
  await at.until(/Enter is no answer/)
  at.press('x')
  await at.until(/x is no answer/)
  at.press('Y')
  await at.until(/Y is no answer/)
  at.press('Up')
  await at.until(/that key is no answer/)
  at.press('q')
  expect(await at.exit()).toBe(3)
  const run = String(openRun(stateDir)?.run)
  expect((await runDesk(stateDir, ['run', 'show', run])).stdout).not.toMatch(/ answer /)
})

test('keys typed ahead answer nothing', async () => {
  const stateDir = desk()
  const at = new Terminal(stateDir, ['tree', 'no-fills'], { typed: 'nnaaK\ryyy' })
  await at.until(q1)
  at.press('y')
  await at.until(q2)
  at.press('q')
  expect(await at.exit()).toBe(3)
  expect(standingOf(stateDir)).toBe('TRADING')
  const shown = await runDesk(stateDir, ['run', 'show', String(openRun(stateDir)?.run)])
  expect(shown.stdout.match(/ answer /g)).toHaveLength(1)
})

test('K halts at once, cancels included, and the question stays', async () => {
  const stateDir = desk()
  const at = new Terminal(stateDir, ['tree', 'no-fills'])
  await at.until(q1)
  at.press('K')
  const screen = await at.until(/HALTED paper[^]*paper {2}HALTED +tree\/no-fills q1[^]*q park/)
  expect(screen).toMatch(/primary +0 open, 0 pending cancel, 0 unknown/)
  expect(standingOf(stateDir)).toBe('HALTED')
  at.press('q')
  expect(await at.exit()).toBe(3)
  const status = await runDesk(stateDir, ['status', '--json'])
  expect(JSON.parse(status.stdout)).toMatchObject({ trading: { state: 'HALTED', by: 'oncall' } })
})

test('declining a halt asks why, and pages', async () => {
  const stateDir = desk()
  const at = new Terminal(stateDir, ['tree', 'no-fills'])
  await at.until(q1)
  at.press('n')
  await at.until(leaf)
  at.press('d')
  await at.until(/Why is trading not halted\?/)
  at.press('Enter')
  await at.until(/Say it in a few words/)
  at.type('a maintenance window that was announced')
  at.press('Enter')
  expect(await at.exit()).toBe(3)
  const run = String(openRun(stateDir)?.run)
  const end = await at.until(/\[exit/)
  expect(end).toContain('a maintenance window that was announced')
  // Whoever goes on sees the leaf again: no flag takes it unseen.
  expect(end).toMatch(new RegExp(`desk run continue ${run}$`, 'm'))
  expect(standingOf(stateDir)).toBe('TRADING')
  const shown = await runDesk(stateDir, ['run', 'show', run, '--json'])
  expect(JSON.parse(shown.stdout)).toMatchObject({
    run: { status: 'waiting' },
    leaf: { id: 'broker-down' },
    actions: [{ do: 'runbook/killswitch', status: 'declined' }],
  })
  // What was declined stands: somebody else takes it.
  await runDesk(stateDir, ['run', 'continue', run, '--act'])
  expect(standingOf(stateDir)).toBe('HALTED')
})

test.each([
  ['its leaf', [], 3],
  ['its leaf, told in detail', ['--detailed-exitcode'], 14],
] as const)('a declined leaf is no success, and asks no second time: %s', async (_name, flags, code) => {
  const stateDir = desk()
  const at = new Terminal(stateDir, ['tree', 'no-fills', '--answer', 'q1=no', ...flags])
  await at.until(leaf)
  at.press('d')
  await at.until(/Why is trading not halted\?/)
  at.type('announced')
  at.press('Enter')
  expect(await at.exit()).toBe(code)
  expect(openRun(stateDir)?.state).toBe('parked')
})

test('a declined throttle waits as well, and no reason is asked', async () => {
  const stateDir = desk()
  const at = new Terminal(stateDir, ['tree', 'wrong-pnl', '--answer', 'q1=yes', '--answer', 'q2=yes'])
  await at.until(/THROTTLE [^]*q park/)
  at.press('d')
  expect(await at.exit()).toBe(3)
  expect(standingOf(stateDir)).toBe('TRADING')
})

test('the resume leaf wants the name of the desk', async () => {
  const stateDir = desk()
  await contain(stateDir)
  const at = new Terminal(stateDir, ['tree', 'post-incident'], { env: afterwards })
  await at.until(postIncident)
  at.press('y')
  await at.until(/reconciled to broker truth[^]*q park/)
  at.press('y')
  await at.until(/risk limits as tight[^]*q park/)
  at.press('y')
  await at.until(/RESUME {2}Resume at 25 %[^]*q park/)
  at.press('a')
  await at.until(/Type the desk's name/)
  at.type('live')
  at.press('Enter')
  await at.until(/is not the name of this desk: nothing was done/)
  expect(await at.exit()).toBe(3)
  expect(standingOf(stateDir)).toBe('HALTED')
  const again = new Terminal(stateDir, ['run', 'continue', String(latestOpen(stateDir))], { env: afterwards })
  await again.until(/RESUME {2}Resume at 25 %[^]*q park/)
  again.press('a')
  await again.until(/Type the desk's name/)
  again.type('paper')
  again.press('Enter')
  await again.exit()
  // Asked for, not given: a second person approves.
  expect(standingOf(stateDir)).toBe('HALTED')
  expect((await runDesk(stateDir, ['unlock', 'status'])).stdout).toContain('desk unlock approve')
})

test.each(['no-fills', 'wrong-pnl', 'missing-data', 'alerts-spam', 'config-mismatch', 'post-incident'])(
  'every screen of %s fits',
  async (tree) => {
    for (const key of ['y', 'n']) {
      const at = new Terminal(desk(), ['tree', tree])
      for (let asked = 0; asked < 8; asked++) {
        await at.until(/q park\n[^]*$/)
        const question = await settled(at)
        expect(question, at.screen()).toBeDefined()
        if (question?.some((line) => line.includes('a act')) === true) break
        at.press(key)
      }
      at.press('q')
      expect(await at.exit()).toBe(3)
    }
  },
)

/** The question once the screen stands still. */
async function settled(at: Terminal): Promise<readonly string[] | undefined> {
  let before = ''
  for (let screen = at.screen(); screen !== before; screen = at.screen()) {
    before = screen
    await at.until(/q park/)
  }
  return questionOn(before)
}

test('bytes piped in, and no input at all, answer nothing', () => {
  const stateDir = desk()
  for (const stdin of ['y\ny\nn\n', 'K', '']) {
    const ran = spawnSync(execPath, [entry, 'tree', 'post-incident'], {
      encoding: 'utf8',
      env: environment(stateDir),
      input: stdin,
    })
    expect(ran.status).toBe(3)
    expect(ran.stderr).toContain('--answer q1=')
    expect(standingOf(stateDir)).toBe('TRADING')
  }
  // A terminal on one side only is no person either.
  const half = spawnSync('script', ['-qec', `${execPath} ${entry} tree post-incident < /dev/null`, '/dev/null'], {
    encoding: 'utf8',
    env: environment(stateDir),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  expect(half.status).toBe(3)
})
