/** Standard input that is nobody answers no kind of prompt; at a real terminal `test/real/prompts.test.ts` asks the same. */
import { spawnSync } from 'node:child_process'
import { execPath } from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Scratch, entry, environment, runDesk } from '../real/support/program.ts'
import { type Prepared, decidedIn, promptKinds } from '../real/support/prompts.ts'
import { worldOf } from '../real/support/world.ts'

const scratch = new Scratch()
afterAll(() => {
  scratch.remove()
})

// Kinds that differ only by a key pressed before are one here.
describe.each(promptKinds.filter(({ reach }) => reach === undefined))('$title', (kind) => {
  let prepared: Prepared
  beforeAll(async () => {
    prepared = await kind.prepare(scratch)
  })

  it('a pipe that says yes, an empty one, /dev/null and none at all answer nothing', async () => {
    const { args, env, stateDir } = prepared
    const [world, decided] = [worldOf(stateDir), decidedIn(stateDir)]
    const piped = (input: string): number | null =>
      spawnSync(execPath, [entry, ...args], { env: environment(stateDir, env), input }).status
    const nothing = await runDesk(stateDir, args, { env })
    const closed = await runDesk(stateDir, args, { env, under: ['sh', '-c', 'exec "$0" "$@" <&-'] })
    const ends = [piped('y\na\nd\nc\nw\npaper\nK\n'.repeat(20)), piped(''), nothing.code, closed.code]
    expect(ends).toEqual(Array.from({ length: 4 }, () => kind.waiting ?? 3))
    expect(nothing.stderr).toContain('next:')
    expect(worldOf(stateDir)).toEqual(world)
    expect(decidedIn(stateDir)).toBe(decided)
  })
})
