/** Options before the command that take a value; everything else that starts with a dash stands alone. */
const valued = new Set(['--profile', '--config', '--output'])

/** The first word that is no option: the command, found without parsing the rest. */
export function commandOf(argv: readonly string[]): string | undefined {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]
    if (word === undefined) return undefined
    if (valued.has(word)) i++
    else if (!word.startsWith('-')) return word
  }
  return undefined
}
