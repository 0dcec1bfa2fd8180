/** What everything that is watched shares: the desk, the world as a walk of the watch sees it, and who is told what has changed. */
import type { Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'
import { tellOf } from '../walking/walk-run.ts'
import type { WhichDesk } from '../which-desk.ts'
import type { ExitCode } from '../../model/failure.ts'

export type WatchLine = Output<'monitor-watch-line'>

export interface Watching {
  readonly desk: WhichDesk
  /** Walks print nothing to `out` by themselves here, and nobody is asked anything. */
  readonly context: Context
  readonly stopped: AbortSignal
  readonly nowMs: () => number
  /** `lines` are for people. */
  readonly tell: (line: Exclude<WatchLine, { readonly type: 'version' }>, lines: readonly string[]) => void
  /** One after the other: what lifts holds takes the lock on permissions, and would find it taken by its neighbour in this process. */
  readonly inTurn: <T>(lift: () => Promise<T>) => Promise<T>
  /** A walk was parked by the signal that ends the watch. */
  readonly park: (exit: ExitCode) => void
}

export function watchingOf(desk: WhichDesk, context: Context, stopped: AbortSignal, park: Watching['park']): Watching {
  const { io, globals, deps } = context
  const { profile, config } = globals
  const tell = tellOf(globals)
  let last: Promise<unknown> = Promise.resolve()
  return {
    ...{ desk, stopped, park },
    inTurn: (lift) => {
      const lifting = last.then(lift)
      last = lifting.catch(() => undefined)
      return lifting
    },
    context: {
      io: { ...io, out: () => undefined, canPrompt: false },
      deps: { ...deps, interrupted: stopped },
      globals: {
        ...{ plain: true, json: false },
        ...(profile === undefined ? {} : { profile }),
        ...(config === undefined ? {} : { config }),
      },
    },
    nowMs: () => deps.now().getTime(),
    tell: (line, lines) => {
      if (tell === 'ndjson') printJson(io, 'monitor-watch-line', line)
      if (tell === 'lines') io.out(`${line.at}\n${lines.map((each) => `${each}\n`).join('')}`)
    },
  }
}
