/** `desk explain <name>`: a topic, a key of a document, a procedure or one of its steps, a method, a rule, an exit code, an error. */
import type { Command } from '../command.ts'
import { explain } from '../explain/find.ts'
import { loadLibrary } from '../library.ts'
import { printJson } from '../output/print.ts'
import { explainedLines } from '../render/explained.ts'
import { styleOf } from '../render/style.ts'
import { whichDesk } from '../which-desk.ts'
import { exitCodes } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'

export const run: Command<{ readonly name: string }> = async ({ name }, context) => {
  const { io, globals } = context
  const explained = await explain(visible(name), () => loadLibrary(whichDesk(context), context), context)
  if (globals.json) printJson(io, 'explain', { schema: 1, explained })
  else
    io.out(
      `${explainedLines(explained, io.columns, styleOf(io))
        .flatMap((line) => line.split('\n'))
        .join('\n')}\n`,
    )
  return exitCodes.ok
}
