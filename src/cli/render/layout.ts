/** Plain text in columns: wrapping and tables that fit the width of a terminal. */
import { displayWidth, isPlain, visible } from '../../source/visible.ts'

/** Breaks at blanks; a word wider than the line stays whole. */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((w) => w !== '')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && displayWidth(indent + longer) > width) {
      lines.push(indent + line)
      line = word
    } else line = longer
  }
  return line === '' ? lines : [...lines, indent + line]
}

/** Rows in columns as wide as their widest cell; the last column is cut to the width. */
export function table(rows: readonly (readonly string[])[], width: number, indent = '  '): readonly string[] {
  const columns = Math.max(0, ...rows.map((r) => r.length))
  const widths = Array.from({ length: columns }, (_, c) => Math.max(0, ...rows.map((r) => displayWidth(r[c] ?? ''))))
  return rows.map((row) => {
    const cells = row.map((cell, c) =>
      c === row.length - 1 ? cell : cell + ' '.repeat((widths[c] ?? 0) - displayWidth(cell)),
    )
    return cut((indent + cells.join('  ')).trimEnd(), width)
  })
}

/** By its number: one such character in a program makes V8 keep the whole of it in two bytes each, and `desk status` starts slower. */
const ellipsis = String.fromCodePoint(0x2026)

/** At most `width` columns, with an ellipsis where something was cut. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  if (isPlain(text)) return `${text.slice(0, Math.max(0, width - 1))}${ellipsis}`
  let [out, columns] = ['', 0]
  for (const char of text) {
    columns += displayWidth(char)
    if (columns > width - 1) break
    out += char
  }
  return `${out}${ellipsis}`
}

/** One value as a person reads it, on one line, with nothing that moves a cursor. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return visible(value)
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(shown).join(', ')
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([k, v]) => `${k} ${shown(v)}`)
      .join(' ')
  return value === undefined ? 'none' : JSON.stringify(value)
}
