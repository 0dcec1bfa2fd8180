/** What is wrong with a document, as data: every check adds findings, one place renders them. */
import type { Span } from '../model/graph.ts'

export interface Related {
  readonly message: string
  readonly span: Span
}

export interface Finding {
  /** `<area>/<name>`: yaml/..., parse/..., expr/..., check/... or law/... */
  readonly rule: string
  readonly severity: 'error' | 'warning'
  /** What is wrong and what was expected; quoted input may hold any character, renderers make it visible. */
  readonly message: string
  readonly span: Span
  /** The next thing to try, as a sentence. */
  readonly hint?: string
  /** Other places that belong to it, e.g. the earlier one of a duplicate. */
  readonly related?: readonly Related[]
}

/** At most this many findings of one kind per file: a binary file is one mistake, not a million. */
export const maxSameFindings = 20

export const hasErrors = (findings: readonly Finding[]): boolean => findings.some((f) => f.severity === 'error')

/** In the order of the files' names and then of the text, each finding once. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const once = new Map<string, Finding>()
  for (const finding of findings) {
    const { span } = finding
    const key = JSON.stringify([span.file, span.start, span.end, finding.rule, finding.message])
    if (!once.has(key)) once.set(key, finding)
  }
  return [...once.values()].sort(
    (a, b) =>
      compareText(a.span.file, b.span.file) ||
      a.span.start - b.span.start ||
      a.span.end - b.span.end ||
      compareText(a.rule, b.rule) ||
      compareText(a.message, b.message),
  )
}

/** By code units, so that the order is the same on every machine whatever its locale. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
