/** `desk help [command or topic]`. */
import type { Command as Commander } from 'commander'
import type { Command } from '../command.ts'
import { topics } from '../topics.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { suggestion } from '../../source/suggest.ts'

export const helpOn =
  (program: Commander): Command<{ readonly topic?: string }> =>
  ({ topic }, { io }) => {
    if (topic === undefined) {
      const list = Object.entries(topics).map(([name, t]) => `  ${name.padEnd(12)}${t.title}\n`)
      io.out(`${program.helpInformation()}\nTopics (desk help <topic>):\n${list.join('')}`)
      return Promise.resolve(exitCodes.ok)
    }
    const command = program.commands.find((c) => c.name() === topic)
    const text = Object.hasOwn(topics, topic) ? topics[topic]?.text() : command?.helpInformation().trimEnd()
    if (text === undefined) {
      const names = [...Object.keys(topics), ...program.commands.map((c) => c.name())]
      throw new DeskError(
        'unknown-topic',
        exitCodes.usage,
        `no topic or command "${topic}"`,
        suggestion(topic, names) ?? 'desk help lists the topics',
      )
    }
    io.out(`${text}\n`)
    return Promise.resolve(exitCodes.ok)
  }
