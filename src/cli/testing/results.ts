/** What became of all cases, and how it is told. */
import type { Coverage } from './coverage.ts'
import type { Output } from '../output/published.ts'
import type { Finding } from '../../source/diagnostic.ts'
import { renderGithub } from '../../source/render/github.ts'
import { toJsonFindings } from '../../source/render/json.ts'
import { escapeXml } from '../../source/render/junit.ts'
import { placeOf, renderText, type Files } from '../../source/render/text.ts'
import type { Span } from '../../model/graph.ts'

export interface CaseResult {
  /** E.g. `tree/no-fills`. */
  readonly document: string
  readonly name: string
  readonly span: Span
  readonly findings: readonly Finding[]
}
export interface Results {
  readonly cases: readonly CaseResult[]
  /** What is wrong with the files themselves. */
  readonly findings: readonly Finding[]
  readonly coverage: readonly Coverage[]
}

const all = ({ cases, findings }: Results): readonly Finding[] => [...findings, ...cases.flatMap((one) => one.findings)]

function asText(results: Results, files: Files): string {
  const documents = [...new Set(results.cases.map(({ document }) => document))]
  const lines = documents.flatMap((document) => {
    const own = results.cases.filter((one) => one.document === document)
    const failed = own.filter(({ findings }) => findings.length > 0).length
    const covered = results.coverage.find(({ graph }) => graph === document)
    const edges = covered === undefined ? '' : `${String(covered.taken)} of ${String(covered.edges)} edges`
    const counts = failed === 0 ? `${String(own.length)} ok` : `${String(failed)} of ${String(own.length)} FAILED`
    return [
      `  ${document.padEnd(36)}  ${counts.padEnd(14)}  ${edges}`.trimEnd(),
      ...own.filter(({ findings }) => findings.length > 0).map(({ name }) => `    FAILED  ${name}`),
      ...(covered?.missing ?? []).filter(({ essential }) => essential).map(({ name }) => `    never   ${name}`),
    ]
  })
  const findings = renderText(all(results), files)
  return `${findings}${findings === '' ? '' : '\n'}${lines.join('\n')}\n`
}

function asJson({ cases, findings, coverage }: Results, files: Files): string {
  const json: Output<'test'> = {
    schema: 1,
    ok: cases.every((one) => one.findings.length === 0) && findings.length === 0,
    cases: cases.map(({ document, name, span, findings: own }) => ({
      ...{ document, case: name, place: placeOf(span, files), ok: own.length === 0 },
      findings: toJsonFindings(own, files),
    })),
    findings: toJsonFindings(findings, files),
    coverage: coverage.map(({ graph, edges, taken, missing }) => ({ document: graph, edges, taken, missing })),
  }
  return `${JSON.stringify(json)}\n`
}

function asJunit(results: Results, files: Files): string {
  const documents = [...new Set(results.cases.map(({ document }) => document))]
  const suites = documents.map((document) => {
    const own = results.cases.filter((one) => one.document === document)
    return suite(
      document,
      own.map(({ name, findings }) => ({ name, findings })),
      files,
    )
  })
  const broken = results.findings.map((finding) => ({ name: placeOf(finding.span, files), findings: [finding] }))
  const tests = results.cases.length + broken.length
  const failures = results.cases.filter(({ findings }) => findings.length > 0).length + broken.length
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="desk test" tests="${String(tests)}" failures="${String(failures)}">`,
    ...suites,
    ...(broken.length === 0 ? [] : [suite('files', broken, files)]),
    '</testsuites>',
    '',
  ].join('\n')
}

interface Told {
  readonly name: string
  readonly findings: readonly Finding[]
}

function suite(name: string, cases: readonly Told[], files: Files): string {
  const failures = cases.filter(({ findings }) => findings.length > 0).length
  const lines = cases.map((one) => {
    const head = `    <testcase classname="${escapeXml(name)}" name="${escapeXml(one.name)}"`
    if (one.findings.length === 0) return `${head}/>`
    const body = one.findings.map(
      ({ rule, message, span }) =>
        `<failure type="${escapeXml(rule)}" message="${escapeXml(message)}">${escapeXml(`${placeOf(span, files)}: ${message}`)}</failure>`,
    )
    return `${head}>${body.join('')}</testcase>`
  })
  return [
    `  <testsuite name="${escapeXml(name)}" tests="${String(cases.length)}" failures="${String(failures)}">`,
    ...lines,
    '  </testsuite>',
  ].join('\n')
}

export const renderers = {
  text: asText,
  json: asJson,
  github: (results: Results, files: Files) => renderGithub(all(results), files),
  junit: asJunit,
} as const
