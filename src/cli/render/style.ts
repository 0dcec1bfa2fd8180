/** Words in colour. State is always in the words themselves too; colour only helps. */
import { Chalk, type ChalkInstance } from 'chalk'
import type { Io } from '../command.ts'

export type Style = ChalkInstance
export const styleOf = (io: Pick<Io, 'colour'>): Style => new Chalk({ level: io.colour ? 1 : 0 })

/** How good a word is: passes green, failures red, what cannot be told yellow. */
export function toned(style: Style, word: string): string {
  switch (word) {
    case 'pass':
    case 'passed':
    case 'done':
    case 'succeeded':
    case 'TRADING':
      return style.green(word)
    case 'fail':
    case 'failed':
    case 'refused':
    case 'aborted':
    case 'missed':
    case 'HALTED':
    case 'HELD':
      return style.red(word)
    case 'undetermined':
    case 'unknown':
    case 'waiting':
    case 'CLOSE-ONLY':
      return style.yellow(word)
    default:
      return word.startsWith('TRADING AT') ? style.yellow(word) : word
  }
}
