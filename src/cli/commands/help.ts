/** `desk help [command or topic]`. */
import type { Command as Commander } from 'commander'
import type { Command } from '../command.ts'
import { printJson } from '../output/print.ts'
import { topicText } from '../topic-text.ts'
import { topics } from '../topics.ts'
import { DeskError, type ExitCode, exitCodes } from '../../model/failure.ts'
import { suggestion } from '../../source/suggest.ts'

export const helpOn =
  (program: Commander): Command<{ readonly topic?: readonly string[] }> =>
  ({ topic: words = [] }, context) => {
    const { io, globals } = context
    const topic = words.length === 0 ? undefined : words.join(' ')
    const tell = (text: string): Promise<ExitCode> => {
      if (globals.json) printJson(io, 'help', { schema: 1, help: { topic: topic ?? null, text } })
      else io.out(`${text}\n`)
      return Promise.resolve(exitCodes.ok)
    }
    if (topic === undefined) {
      const list = Object.entries(topics).map(([name, t]) => `  ${name.padEnd(12)}${t.title}`)
      return tell(`${program.helpInformation()}\nTopics (desk help <topic>):\n${list.join('\n')}`)
    }
    const text = topicText(topic, context) ?? commandAt(program, words)?.helpInformation().trimEnd()
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

/** `run continue` is a command of a command. */
const commandAt = (program: Commander, words: readonly string[]): Commander | undefined =>
  words.reduce<Commander | undefined>(
    (command, word) => command?.commands.find((each) => each.name() === word),
    program,
  )
