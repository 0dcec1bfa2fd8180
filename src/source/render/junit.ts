/** Findings as a JUnit report: a suite per file that was read, a case per finding, and a passing case for a clean file. */
import type { Finding } from '../diagnostic.ts'
import { visible } from '../visible.ts'
import { placeOf, type Files } from './text.ts'

export function renderJunit(findings: readonly Finding[], files: Files): string {
  const byFile = new Map<string, Finding[]>([...files.keys()].map((path) => [path, []]))
  for (const finding of findings) byFile.set(finding.span.file, [...(byFile.get(finding.span.file) ?? []), finding])
  const suites = [...byFile].map(([path, own]) => renderSuite(path, own, files))
  const cases = [...byFile.values()].reduce((sum, own) => sum + Math.max(1, own.length), 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="desk lint" tests="${String(cases)}" failures="${String(failures(findings))}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

const failures = (findings: readonly Finding[]): number => findings.filter((f) => f.severity === 'error').length

function renderSuite(path: string, findings: readonly Finding[], files: Files): string {
  const cases =
    findings.length === 0
      ? [`    <testcase classname="${escapeXml(path)}" name="lint"/>`]
      : findings.map((finding) => renderCase(finding, files))
  return [
    `  <testsuite name="${escapeXml(path)}" tests="${String(cases.length)}" failures="${String(failures(findings))}">`,
    ...cases,
    '  </testsuite>',
  ].join('\n')
}

function renderCase(finding: Finding, files: Files): string {
  const place = placeOf(finding.span, files)
  const text = finding.hint === undefined ? finding.message : `${finding.message}; hint: ${finding.hint}`
  // JUnit knows no warning: it passes, and its text goes to the output of the case.
  const body =
    finding.severity === 'error'
      ? `<failure type="${escapeXml(finding.rule)}" message="${escapeXml(finding.message)}">${escapeXml(`${place}: ${text}`)}</failure>`
      : `<system-out>${escapeXml(`${place}: ${text}`)}</system-out>`
  return `    <testcase classname="${escapeXml(finding.span.file)}" name="${escapeXml(`${finding.rule} ${place}`)}">${body}</testcase>`
}

/** XML cannot hold most control characters even when escaped, so they are written as their code points. */
export const escapeXml = (text: string): string =>
  visible(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
