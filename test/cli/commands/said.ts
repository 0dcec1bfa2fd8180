/** Runs a command over a log of its own and collects what it says. */
import { system } from '../../../src/cli/deps.ts'
import type { Command, Context } from '../../../src/cli/command.ts'
import { steadyRandom } from '../../support/state.ts'
import type { Log } from '../../audit/writing.ts'

export interface Said {
  readonly exit: number
  readonly out: string
  readonly err: string
}

export async function say<O>(
  log: Log,
  command: Command<O>,
  options: O,
  globals: Partial<Context['globals']> = {},
): Promise<Said> {
  let [out, err] = ['', '']
  const context: Context = {
    io: {
      out: (text) => {
        out += text
      },
      err: (text) => {
        err += text
      },
      canPrompt: false,
      columns: 80,
      colour: false,
    },
    deps: {
      env: { DESK_STATE_DIR: log.stateDir },
      cwd: '/',
      now: log.clock.now,
      random: steadyRandom(7),
      host: 'host-1',
      pid: 1,
      system,
      sleep: () => Promise.resolve(),
      interrupted: new AbortController().signal,
      interrupt: () => undefined,
    },
    globals: { json: false, plain: true, profile: 'paper', ...globals },
  }
  return { exit: await command(options, context), out, err }
}
