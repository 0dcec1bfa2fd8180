/** What a command gets of the world in tests that call it directly: a quiet screen, and a clock that moves by waiting. */
import type { Context } from '../../src/cli/command.ts'
import { jumpingClock, system } from '../../src/cli/deps.ts'
import { steadyRandom } from './state.ts'

export interface Quiet {
  readonly context: Context
  /** What was printed so far. */
  readonly printed: () => string
}

/** `now` is RFC 3339; the desk is the paper desk of `stateDir`. */
export function quietContext(now: string, stateDir: string): Quiet {
  let text = ''
  const keep = (more: string): void => {
    text += more
  }
  const context: Context = {
    io: { out: keep, err: () => undefined, canPrompt: false, columns: 80, colour: false },
    deps: {
      ...jumpingClock(new Date(now)),
      env: { DESK_STATE_DIR: stateDir, DESK_PROFILE: 'paper', DESK_OPERATOR: 'oncall', HOME: stateDir },
      cwd: stateDir,
      random: steadyRandom(),
      host: 'test',
      system,
      pid: 1,
      interrupted: new AbortController().signal,
      interrupt: () => undefined,
    },
    globals: { json: true, plain: true, profile: 'paper' },
  }
  return { context, printed: () => text }
}
