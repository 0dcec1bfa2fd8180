/** `desk help [command or topic]`. */
import type { Command as Commander } from 'commander'
import type { Command, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { topics } from '../topics.ts'
import { configPlaces, loadConfig, type Operator } from '../../config/load.ts'
import { DeskError, type ExitCode, exitCodes } from '../../model/failure.ts'
import { hasErrors } from '../../source/diagnostic.ts'
import { suggestion } from '../../source/suggest.ts'

export const helpOn =
  (program: Commander): Command<{ readonly topic?: string }> =>
  ({ topic }, { io, globals, deps }) => {
    const tell = (text: string): Promise<ExitCode> => {
      if (globals.json) printJson(io, 'help', { schema: 1, help: { topic: topic ?? null, text } })
      else io.out(`${text}\n`)
      return Promise.resolve(exitCodes.ok)
    }
    if (topic === undefined) {
      const list = Object.entries(topics).map(([name, t]) => `  ${name.padEnd(12)}${t.title}`)
      return tell(`${program.helpInformation()}\nTopics (desk help <topic>):\n${list.join('\n')}`)
    }
    const command = program.commands.find((c) => c.name() === topic)
    const text = Object.hasOwn(topics, topic)
      ? topics[topic]?.text({ operators: () => operatorsOf(deps, globals), columns: io.columns })
      : command?.helpInformation().trimEnd()
    if (text === undefined) {
      const names = [...Object.keys(topics), ...program.commands.map((c) => c.name())]
      throw new DeskError(
        'unknown-topic',
        exitCodes.usage,
        `no topic or command "${topic}"`,
        suggestion(topic, names) ?? 'desk help lists the topics',
      )
    }
    return tell(text)
  }

/** Who is to be called must be told with a broken configuration too. */
function operatorsOf(deps: Context['deps'], globals: Context['globals']): readonly Operator[] | undefined {
  try {
    const { config, findings } = loadConfig(configPlaces(globals.config, deps.env, deps.cwd))
    return hasErrors(findings) ? undefined : config.operators
  } catch {
    return undefined
  }
}
