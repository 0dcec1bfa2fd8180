/** A source file, and where in it an offset lies. Offsets and columns count UTF-16 units, as editors and the YAML parser do. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** Both 1-based. */
export interface Position {
  readonly line: number
  readonly column: number
}

const startsByFile = new WeakMap<SourceFile, readonly number[]>()

function lineStarts(file: SourceFile): readonly number[] {
  const known = startsByFile.get(file)
  if (known !== undefined) return known
  const starts = [0]
  for (let at = file.text.indexOf('\n'); at >= 0; at = file.text.indexOf('\n', at + 1)) starts.push(at + 1)
  startsByFile.set(file, starts)
  return starts
}

/** The line and column of an offset; offsets outside the text are taken to its nearest end. */
export function positionAt(file: SourceFile, offset: number): Position {
  const at = Math.min(Math.max(0, offset), file.text.length)
  const starts = lineStarts(file)
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= at) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: at - (starts[low] ?? 0) + 1 }
}

/** A line without its line break, and the offset at which it starts. `line` is 1-based; lines beyond the end are empty. */
export function lineAt(file: SourceFile, line: number): { readonly text: string; readonly start: number } {
  const starts = lineStarts(file)
  const start = starts[line - 1] ?? file.text.length
  const end = starts[line] ?? file.text.length
  return { text: file.text.slice(start, end).replace(/\r?\n$/, ''), start }
}
