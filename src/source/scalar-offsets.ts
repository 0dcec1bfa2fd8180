/**
 * Where does character i of a YAML scalar's value stand in the file? Errors inside expressions are found in the value; the caret has
 * to stand under the token as it was written: quoted, escaped, folded or indented.
 */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'block'

/**
 * One file offset per UTF-16 unit of `value`, and one for its end. `start` and `end` delimit the scalar in the file, quotes or block
 * header included. Never fails: what cannot be told falls on the last offset that could.
 */
export function scalarOffsets(
  source: string,
  scalar: { readonly style: ScalarStyle; readonly start: number; readonly end: number; readonly value: string },
): readonly number[] {
  const { style, start, end, value } = scalar
  if (style === 'block') return blockOffsets(source, start, end, value)
  return flowOffsets(source, style === 'plain' ? start : start + 1, end, value, tokens[style])
}

/** What stands at one place: units of source, and units of value that they yield. */
interface Token {
  readonly units: number
  readonly yields: number
}
const single: Token = { units: 1, yields: 1 }

const tokens: Readonly<Record<Exclude<ScalarStyle, 'block'>, (source: string, at: number) => Token>> = {
  plain: () => single,
  single: (source, at) => (source.startsWith("''", at) ? { units: 2, yields: 1 } : single),
  double: (source, at) => (source[at] === '\\' ? escapeAt(source, at) : single),
}

function escapeAt(source: string, at: number): Token {
  switch (source[at + 1] ?? '') {
    case 'x':
      return { units: 4, yields: 1 }
    case 'u':
      return { units: 6, yields: 1 }
    case 'U':
      return { units: 10, yields: Number.parseInt(source.slice(at + 2, at + 10), 16) > 0xffff ? 2 : 1 }
    case '\n':
    case '\r': {
      // An escaped line break joins the lines, and swallows the indentation of the second.
      let next = at + (source[at + 1] === '\r' ? 3 : 2)
      while (isBlank(source[next])) next++
      return { units: next - at, yields: 0 }
    }
    default:
      return { units: 2, yields: 1 }
  }
}

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t'
const breakAt = (source: string, at: number): number =>
  source[at] === '\n' ? 1 : source.startsWith('\r\n', at) ? 2 : 0

/** A run of blanks and line breaks: where it ends, and how many breaks it holds. */
function whitespaceAt(source: string, at: number, end: number): { readonly to: number; readonly breaks: number } {
  let to = at
  let breaks = 0
  for (;;) {
    const broken = breakAt(source, to)
    if (to >= end || (broken === 0 && !isBlank(source[to]))) return { to, breaks }
    if (broken > 0) breaks++
    to += Math.max(1, broken)
  }
}

function flowOffsets(
  source: string,
  from: number,
  end: number,
  value: string,
  token: (source: string, at: number) => Token,
): readonly number[] {
  const offsets: number[] = []
  let at = from
  while (offsets.length < value.length && at < end) {
    const run = whitespaceAt(source, at, end)
    if (run.breaks > 0) {
      // One line break is read as a blank; n of them as n - 1 breaks.
      for (let n = Math.max(1, run.breaks - 1); n > 0; n--) offsets.push(at)
      at = run.to
    } else if (run.to > at) {
      while (at < run.to) offsets.push(at++)
    } else {
      const { units, yields } = token(source, at)
      for (let n = 0; n < yields; n++) offsets.push(at)
      at += units
    }
  }
  return filled(offsets, value.length, Math.min(at, end))
}

function blockOffsets(source: string, start: number, end: number, value: string): readonly number[] {
  const offsets: number[] = []
  const firstLine = source.indexOf('\n', start) + 1
  if (firstLine === 0) return filled(offsets, value.length, end)
  const indent = Math.max(0, leadOfFirstText(source.slice(firstLine, end)) - leadOfFirstText(value))
  const skipIndent = (from: number): number => {
    let to = from
    while (to < from + indent && source[to] === ' ') to++
    return to
  }
  let at = skipIndent(firstLine)
  while (offsets.length < value.length && at < end) {
    if (breakAt(source, at) === 0) {
      offsets.push(at++)
      continue
    }
    // A run of breaks in the file stands for one blank (folded) or for some breaks in the value.
    const here = at
    for (let size = breakAt(source, at); size > 0; size = breakAt(source, at)) at = skipIndent(at + size)
    if (value[offsets.length] === ' ') offsets.push(here)
    else while (value[offsets.length] === '\n') offsets.push(here)
  }
  return filled(offsets, value.length, Math.min(at, end))
}

/** Blanks before the first character of the first line that holds more than blanks. */
function leadOfFirstText(text: string): number {
  let lineStart = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\n') lineStart = at + 1
    else if (text[at] !== ' ' && text[at] !== '\r') return at - lineStart
  }
  return 0
}

function filled(offsets: number[], length: number, end: number): readonly number[] {
  offsets.length = Math.min(offsets.length, length)
  while (offsets.length <= length) offsets.push(end)
  return offsets
}
