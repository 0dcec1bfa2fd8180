/** Names below a heading each, on as few lines as asked for. */
import { wrap } from '../render/layout.ts'

/** The headings in one column, and beside each its words on at most so many lines; of what does not fit, how many there are. */
export function listWords(
  groups: readonly (readonly [heading: string, words: readonly string[]])[],
  width: number,
  mostLines: number,
): readonly string[] {
  const column = Math.max(0, ...groups.map(([heading]) => heading.length)) + 4
  return groups.flatMap(([heading, words]) => {
    const [first = '', ...rest] = fitting(words, width - column, mostLines)
    return [`  ${heading.padEnd(column - 2)}${first}`, ...rest.map((line) => ' '.repeat(column) + line)]
  })
}

function fitting(words: readonly string[], width: number, mostLines: number): readonly string[] {
  for (let told = words.length; told > 0; told--) {
    const left = words.length - told
    const lines = wrap(`${words.slice(0, told).join(', ')}${left === 0 ? '' : ` and ${String(left)} more`}`, width)
    if (lines.length <= mostLines) return lines
  }
  return [`${String(words.length)} of them`]
}
