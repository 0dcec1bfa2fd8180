/** Every way to leave a prompt without an answer, at every kind of prompt: nothing is done, nothing is lost, and it is asked again. */
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { listRuns } from '../../src/audit/runs.ts'
import { testWith } from './support/machine.ts'
import { Scratch } from './support/program.ts'
import { type Prepared, type PromptKind, decidedIn, promptKinds } from './support/prompts.ts'
import { Terminal, closeTerminals } from './support/terminal.ts'
import { logOf, lostSince, tamperingIn, worldOf } from './support/world.ts'

const test = testWith('terminals')
const scratch = new Scratch()
afterAll(() => {
  closeTerminals()
  scratch.remove()
})

const openRuns = (stateDir: string): readonly string[] =>
  listRuns(stateDir).flatMap((run) => (run.state === 'closed' ? [] : [`${run.run} ${run.state}`]))

interface Leaving {
  readonly title: string
  readonly leave: (at: Terminal, kind: PromptKind) => Promise<void> | void
  /** Undefined: as the prompt's own waiting. */
  readonly code?: number
}
const leavings: readonly Leaving[] = [
  {
    title: 'Ctrl-C',
    leave: (at) => {
      at.press('C-c')
    },
    code: 130,
  },
  {
    title: 'Ctrl-D',
    leave: (at) => {
      at.press('C-d')
    },
  },
  {
    title: 'a dropped line',
    leave: (at) => {
      at.hangUp()
    },
    code: 129,
  },
  {
    title: 'Enter, which is no answer, and then Ctrl-C',
    leave: async (at, { wants }) => {
      at.press('Enter')
      await at.until(wants === 'key' ? /Enter is no answer here/ : /Say it in a few words/)
      // A line that has words on it takes Ctrl-D for a key like any other.
      if (wants === 'words') {
        at.type('pap')
        at.press('C-d')
      }
      at.press('C-c')
    },
    code: 130,
  },
  {
    title: 'half a line, and then a dropped line',
    leave: (at, { wants }) => {
      if (wants === 'words') at.type('pap')
      at.hangUp()
    },
    code: 129,
  },
]

describe.each(promptKinds)('$title', (kind) => {
  let prepared: Prepared
  beforeAll(async () => {
    prepared = await kind.prepare(scratch)
  })

  test.each(leavings)('$title', async ({ leave, code }) => {
    const { args, env } = prepared
    const stateDir = scratch.copyOf(prepared.stateDir)
    const [world, log, decided] = [worldOf(stateDir), logOf(stateDir), decidedIn(stateDir)]
    const open = openRuns(stateDir)
    const at = await reached(stateDir, prepared, kind)
    await leave(at, kind)
    expect(await at.exit()).toBe(code ?? kind.waiting ?? 3)
    // Nothing done, nothing lost.
    expect(worldOf(stateDir)).toEqual(world)
    expect(decidedIn(stateDir)).toBe(decided)
    expect(lostSince(log, stateDir)).toEqual([])
    expect(tamperingIn(stateDir)).toEqual([])
    expect(openRuns(stateDir)).toEqual(open)
    if (kind.isNoRun !== true) expect(open).toContain(`${args[2] ?? ''} parked`)
    // The same is asked again.
    const again = await reached(stateDir, { ...prepared, env }, kind)
    again.press('C-c')
    expect(await again.exit()).toBe(130)
  })
})

/** A line that drops can be read as an error, before the system's signal has come: every reading of this terminal is one. */
const unreadable = [
  'sh',
  '-c',
  'exec strace -f -o /dev/null -P "$(tty)" -e trace=read -e inject=read:error=EIO "$0" "$@"',
]
const testOfErrors = testWith('tracing')

/** Of each sort one that stands there at once: a key pressed before it would be the first reading. */
const readAtOnce = (['key', 'words'] as const).flatMap(
  (wants) => promptKinds.find((kind) => kind.wants === wants && kind.reach === undefined) ?? [],
)

describe.each(readAtOnce)('a terminal that cannot be read: $title', (kind) => {
  testOfErrors('is one that dropped', async () => {
    const prepared = await kind.prepare(scratch)
    const stateDir = scratch.copyOf(prepared.stateDir)
    const [world, decided] = [worldOf(stateDir), decidedIn(stateDir)]
    const at = await reached(stateDir, prepared, kind, unreadable)
    at.press('x')
    expect(await at.exit()).toBe(129)
    expect(worldOf(stateDir)).toEqual(world)
    expect(decidedIn(stateDir)).toBe(decided)
    expect(tamperingIn(stateDir)).toEqual([])
  })
})

async function reached(
  stateDir: string,
  { args, env }: Prepared,
  { first, reach, shows }: PromptKind,
  under: readonly string[] = [],
): Promise<Terminal> {
  const at = new Terminal(stateDir, args, { env, under })
  await at.until(first)
  reach?.(at)
  await at.until(shows)
  return at
}
