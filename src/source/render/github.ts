/** Findings as GitHub workflow commands, one line each, so that they appear beside the lines of a pull request. */
import { positionAt } from '../file.ts'
import type { Finding } from '../diagnostic.ts'
import { visible } from '../visible.ts'
import type { Files } from './text.ts'

export const renderGithub = (findings: readonly Finding[], files: Files): string =>
  findings.map((finding) => `${commandFor(finding, files)}\n`).join('')

function commandFor(finding: Finding, files: Files): string {
  const file = files.get(finding.span.file)
  const from = file === undefined ? { line: 1, column: 1 } : positionAt(file, finding.span.start)
  const to = file === undefined ? from : positionAt(file, finding.span.end)
  const place = [`file=${property(finding.span.file)}`, `line=${String(from.line)}`, `endLine=${String(to.line)}`]
  // Columns are only allowed where the annotation stays within one line.
  if (to.line === from.line) place.push(`col=${String(from.column)}`, `endColumn=${String(to.column)}`)
  place.push(`title=${property(finding.rule)}`)
  const text = finding.hint === undefined ? finding.message : `${finding.message}; ${finding.hint}`
  return `::${finding.severity} ${place.join(',')}::${data(visible(text))}`
}

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => data(visible(text)).replaceAll(':', '%3A').replaceAll(',', '%2C')
