/** A sign of life while a poll or hold waits at a terminal. Never where output is read later. */
import ora from 'ora'
import type { Context } from '../command.ts'
import { nodeAt } from '../../walk/place.ts'
import type { WalkEvent } from '../../walk/ports.ts'

export interface Spinner {
  readonly observe: (event: WalkEvent) => void
  readonly stop: () => void
}

export function spinnerAt({ io }: Pick<Context, 'io'>): Spinner {
  // Ora would read keys to swallow them: they belong to the next question. And it decides on colour by itself.
  const spinner = ora({ discardStdin: false, color: false, spinner: 'line' })
  return {
    observe: (event) => {
      if (event.kind === 'sleeping' && io.canPrompt)
        spinner.start(`${nodeAt(event.at.path).node}: next look at ${new Date(event.untilMs).toISOString()}`)
      else if (event.kind !== 'sampled' && event.kind !== 'reading') spinner.stop()
    },
    stop: () => {
      spinner.stop()
    },
  }
}
