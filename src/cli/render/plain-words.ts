/** Colour for the screens that must start at once, without a library: bold, and three tones for states. */
import type { Words } from './state.ts'
import type { Io } from '../command.ts'

const codes = { bold: 1, red: 31, green: 32, yellow: 33 } as const

export function plainWords({ colour }: Pick<Io, 'colour'>): Words {
  const paint = (code: keyof typeof codes, text: string): string =>
    colour ? `\u001b[${String(codes[code])}m${text}\u001b[0m` : text
  return {
    bold: (text) => paint('bold', text),
    toned: (word) =>
      paint(word === 'TRADING' ? 'green' : word === 'HALTED' || word === 'HELD' ? 'red' : 'yellow', word),
  }
}
