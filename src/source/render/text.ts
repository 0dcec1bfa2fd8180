/** Findings for people: the place, the source line, a caret under the exact token, and what to do next. */
import type { Span } from '../../model/graph.ts'
import { lineAt, positionAt, type SourceFile } from '../file.ts'
import type { Finding } from '../diagnostic.ts'
import { displayWidth, visible } from '../visible.ts'

/** Longest piece of a source line that is shown. */
const widest = 160

export type Files = ReadonlyMap<string, SourceFile>

/** All findings as plain text, each followed by an empty line. `files` maps paths to what was read; unread files show no source. */
export const renderText = (findings: readonly Finding[], files: Files): string =>
  findings.map((finding) => `${renderOne(finding, files)}\n`).join('\n')

function renderOne(finding: Finding, files: Files): string {
  const lines = [`${placeOf(finding.span, files)}: ${finding.severity}[${finding.rule}] ${visible(finding.message)}`]
  const file = files.get(finding.span.file)
  if (file !== undefined) lines.push(...excerpt(file, finding.span))
  if (finding.hint !== undefined) lines.push(`  hint: ${visible(finding.hint)}`)
  for (const related of finding.related ?? [])
    lines.push(`  ${placeOf(related.span, files)}: ${visible(related.message)}`)
  return lines.join('\n')
}

/** `file:line:column`; line and column 1 for a file that could not be read. */
export function placeOf(span: Span, files: Files): string {
  const file = files.get(span.file)
  const { line, column } = file === undefined ? { line: 1, column: 1 } : positionAt(file, span.start)
  return `${visible(span.file)}:${String(line)}:${String(column)}`
}

/** The line in which the span starts, and carets below it; a span over several lines is marked to the end of its first. */
function excerpt(file: SourceFile, span: Span): readonly string[] {
  const { line, column } = positionAt(file, span.start)
  const { text, start } = lineAt(file, line)
  const from = column - 1
  const to = Math.min(text.length, Math.max(from, span.end - start))
  const cut = from < widest / 2 ? 0 : wholeCharacter(text, from - widest / 4)
  const end = wholeCharacter(text, Math.min(text.length, cut + widest))
  const before = shown(text.slice(cut, from))
  const marked = shown(text.slice(from, Math.min(to, end)))
  const lead = cut > 0 ? '... ' : ''
  const tail = end < text.length ? ' ...' : ''
  return [
    `  ${lead}${before}${marked}${shown(text.slice(Math.max(from, Math.min(to, end)), end))}${tail}`.trimEnd(),
    `  ${' '.repeat(lead.length + displayWidth(before))}${'^'.repeat(Math.max(1, displayWidth(marked)))}`,
  ]
}

/** Tabs become a blank each, so that carets need no knowledge of tab stops and one stands for each. */
const shown = (piece: string): string => visible(piece.replaceAll('\t', ' '))

/** Never cuts a surrogate pair in two. */
const wholeCharacter = (text: string, at: number): number => (/[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at)
