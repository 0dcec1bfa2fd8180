/** From a file to a typed document, or to the findings that say why not. */
import { documentKinds, type DocumentKind, type GraphId } from '../model/graph.ts'
import { sortFindings, type Finding } from '../source/diagnostic.ts'
import type { SourceFile } from '../source/file.ts'
import { suggestion } from '../source/suggest.ts'
import { parseYaml, type PMap } from '../source/yaml.ts'
import type { Document } from './document.ts'
import type { Located } from './form.ts'
import { readGates } from './gates.ts'
import { readIncident } from './incident.ts'
import { readMonitors } from './monitors.ts'
import { Reading } from './reading.ts'
import { readRunbook } from './runbook.ts'
import { readTree } from './tree.ts'
import { idPattern } from './words.ts'

export type Kind = DocumentKind

/** What a file is, told as far as can be even where it is broken: a broken document is still listed and shown. */
export interface Heading {
  readonly graph: GraphId
  readonly kind: Kind
  readonly id: string
  readonly title: string
  readonly span: Located<string>['span']
}
export interface ReadFile {
  readonly file: SourceFile
  readonly heading?: Heading
  readonly document?: Document
  readonly findings: readonly Finding[]
}

export function readDocument(file: SourceFile): ReadFile {
  const { root, findings } = parseYaml(file)
  if (root === undefined) return { file, findings }
  const found: Finding[] = [...findings]
  const reading = new Reading((finding) => found.push(finding))
  if (root.kind !== 'map') {
    reading.report({
      rule: 'parse/wrong-type',
      severity: 'error',
      message: 'a document must be a mapping',
      span: root.span,
      hint: `start with \`kind: ${documentKinds.join('`, `kind: ')}\``,
    })
    return { file, findings: found }
  }
  const kind = kindOf(root, reading)
  if (kind === undefined) return { file, findings: found }
  const id = idOf(root, file, reading)
  const title = textAt(root, 'title')
  const own = readers[kind](root, reading)
  const heading: Heading = {
    graph: `${kind}/${id.value}`,
    kind,
    id: id.value,
    title: title?.value ?? id.value,
    span: id.span,
  }
  const wasWritten = root.entries.some((entry) => entry.key === 'id')
  if (own === undefined || title === undefined || !wasWritten) return { file, heading, findings: sortFindings(found) }
  const { lostNames, isWhole } = reading
  const document: Document = { ...own, graph: heading.graph, id, title, file, root, lostNames, isWhole }
  return { file, heading, document, findings: sortFindings(found) }
}

const readers = {
  runbook: readRunbook,
  tree: readTree,
  gates: readGates,
  incident: readIncident,
  monitors: readMonitors,
} as const

function textAt(root: PMap, key: string): Located<string> | undefined {
  const node = root.entries.find((entry) => entry.key === key)?.value
  return node?.kind === 'scalar' && typeof node.value === 'string' ? { value: node.value, span: node.span } : undefined
}

function kindOf(root: PMap, reading: Reading): Kind | undefined {
  const entry = root.entries.find(({ key }) => key === 'kind')
  const written = entry?.value.kind === 'scalar' ? entry.value.text : undefined
  const kind = documentKinds.find((known) => known === written)
  if (kind !== undefined) return kind
  const hint = suggestion(written ?? '', documentKinds)
  reading.report({
    rule: entry === undefined ? 'parse/missing-key' : 'parse/bad-value',
    severity: 'error',
    message: entry === undefined ? 'a document needs "kind"' : `"kind" must be one of ${documentKinds.join(', ')}`,
    span: entry?.value.span ?? root.entries[0]?.keySpan ?? root.span,
    ...(hint === undefined ? {} : { hint }),
  })
  return undefined
}

/** The id as written; from the file's name where none is written. Both must be the same. */
function idOf(root: PMap, file: SourceFile, reading: Reading): Located<string> {
  const name = (file.path.split(/[\\/]/).at(-1) ?? '').replace(/\.ya?ml$/, '')
  const written = textAt(root, 'id')
  const fallback = { value: idPattern.test(name) ? name : 'unnamed', span: root.entries[0]?.keySpan ?? root.span }
  if (written === undefined) return fallback
  if (!idPattern.test(written.value)) {
    reading.report({
      rule: 'parse/bad-value',
      severity: 'error',
      message: '"id" must be lower-case letters, digits and hyphens, with a letter first',
      span: written.span,
    })
    return { ...fallback, span: written.span }
  }
  if (written.value !== name) {
    reading.report({
      rule: 'parse/file-name',
      severity: 'error',
      message: `the file of "${written.value}" must be called ${written.value}.yaml, not ${name}.yaml`,
      span: written.span,
    })
  }
  return written
}
