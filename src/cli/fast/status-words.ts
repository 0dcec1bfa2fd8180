/** The command lines of `desk status` and of `desk` alone that can be read without the parser. Every other one is the parser's. */
import type { Globals } from '../command.ts'

export interface StatusWords {
  readonly screen: 'home' | 'status'
  readonly exitCode: boolean
  readonly globals: Globals
}

/** Undefined for anything that is not understood at once, a mistake as well as a rarely used option. */
export function readStatusWords(argv: readonly string[]): StatusWords | undefined {
  let screen: StatusWords['screen'] = 'home'
  const seen = new Set<string>()
  const values = new Map<string, string>()
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (seen.has(word) || values.has(word)) return undefined
    if (word === '--profile' || word === '--config') {
      const value = argv[++i]
      if (value === undefined || value === '' || value.startsWith('-')) return undefined
      values.set(word, value)
    } else if (word === 'status' && screen === 'home') screen = 'status'
    else if (word === '--json' || word === '--plain' || (word === '--exit-code' && screen === 'status')) seen.add(word)
    else return undefined
  }
  const [profile, config] = [values.get('--profile'), values.get('--config')]
  return {
    screen,
    exitCode: seen.has('--exit-code'),
    globals: {
      json: seen.has('--json'),
      plain: seen.has('--plain'),
      ...(profile === undefined ? {} : { profile }),
      ...(config === undefined ? {} : { config }),
    },
  }
}
