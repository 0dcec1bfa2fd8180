/** Findings for scripts, as `cli.md` lists the fields. */
import { positionAt } from '../file.ts'
import type { Finding } from '../diagnostic.ts'
import type { Files } from './text.ts'

export interface JsonFinding {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly hint?: string
}

export function toJsonFindings(findings: readonly Finding[], files: Files): readonly JsonFinding[] {
  return findings.map((finding) => {
    const file = files.get(finding.span.file)
    const { line, column } = file === undefined ? { line: 1, column: 1 } : positionAt(file, finding.span.start)
    return {
      file: finding.span.file,
      line,
      column,
      severity: finding.severity,
      code: finding.rule,
      message: finding.message,
      ...(finding.hint === undefined ? {} : { hint: finding.hint }),
    }
  })
}

/** Exactly one JSON document; JSON escapes control characters by itself. */
export const renderJson = (findings: readonly Finding[], files: Files): string =>
  `${JSON.stringify(toJsonFindings(findings, files), null, 2)}\n`
