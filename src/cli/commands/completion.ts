/** `desk completion <shell>`: what the shell has to be told, once. */
import type { Command } from '../command.ts'
import { scripts, type Shell } from '../completion/shells.ts'
import { printJson } from '../output/print.ts'
import { exitCodes } from '../../model/failure.ts'

export const run: Command<{ readonly shell: Shell }> = ({ shell }, { io, globals }) => {
  const text = scripts[shell]
  if (globals.json) printJson(io, 'help', { schema: 1, help: { topic: `completion ${shell}`, text } })
  else io.out(text)
  return Promise.resolve(exitCodes.ok)
}
