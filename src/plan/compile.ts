/** From files to frozen step graphs, with the findings of all files at once. */
import type { Catalogue, Library } from '../check/rule.ts'
import { rules } from '../check/rules.ts'
import { documentCalls } from '../check/steps.ts'
import type { Graph, GraphId, Severity } from '../model/graph.ts'
import type { Document, Frequency } from '../parse/document.ts'
import { readDocument, type Kind, type ReadFile } from '../parse/document-of.ts'
import { sortFindings, type Finding } from '../source/diagnostic.ts'
import type { SourceFile } from '../source/file.ts'
import { lowerGates } from './lower-gates.ts'
import { lowerIncident } from './lower-incident.ts'
import { lowerMonitors } from './lower-monitors.ts'
import { lowerRunbook } from './lower-runbook.ts'
import { lowerTree } from './lower-tree.ts'
import { Lowering } from './lowering.ts'
import { type Names, namesOf, Scope } from './scope.ts'
import { sha256 } from '../model/sha256.ts'

/** A document as lists and searches show it; also one that does not compile. */
export interface DocumentEntry {
  readonly graph: GraphId
  readonly id: string
  readonly kind: Kind
  readonly title: string
  /** As it was given. */
  readonly file: string
  readonly text: string
  readonly sha256: string
  /** Runbooks. */
  readonly category?: string
  readonly trigger?: string
  readonly frequency?: Frequency
  /** Trees and incident classes. */
  readonly symptom?: string
  /** Gate sets. */
  readonly cadence?: string
  /** Incident classes. */
  readonly severity?: Severity
}

export interface CompiledLibrary {
  /** Of documents without errors only. */
  readonly graphs: ReadonlyMap<GraphId, Graph>
  readonly documents: ReadonlyMap<GraphId, DocumentEntry>
  readonly findings: readonly Finding[]
  /** What the expressions of each document may name. */
  readonly names: ReadonlyMap<GraphId, Names>
}

/** Files that have no findings, and reach nothing but each other. They are compiled only where another file reaches them. */
export type Proved = ReadonlyMap<SourceFile, GraphId>

export interface CompileOptions {
  readonly catalogue: Catalogue
  /** `port.method` names that adapters serve; where given, others are errors. */
  readonly has?: ReadonlySet<string>
  readonly proved?: Proved
}

/**
 * Never throws, whatever the files hold. A document with errors has no graph and does not keep others from having one. Findings are the
 * same with `proved` and without.
 */
export function compileLibrary(files: readonly SourceFile[], options: CompileOptions): CompiledLibrary {
  const { catalogue, has } = options
  const proved = options.proved ?? new Map<SourceFile, GraphId>()
  const findings: Finding[] = []
  const read = readNeeded(files, proved)
  for (const one of read) findings.push(...one.findings)
  const headed = firstOfEach(read, findings)
  // A file that claims the id of a proved one changes what others reach.
  if ([...proved].some(([file, id]) => (headed.get(id)?.file ?? file) !== file))
    return compileLibrary(files, { catalogue, ...(has === undefined ? {} : { has }) })
  const documents = new Map<GraphId, Document>()
  for (const { document } of headed.values()) if (document !== undefined) documents.set(document.graph, document)
  const lowered = new Map<GraphId, Graph>()
  const names = new Map<GraphId, Names>()
  for (const document of documents.values()) {
    const own = namesOf(document)
    names.set(document.graph, own)
    const scope = new Scope(own, catalogue, (finding) => findings.push(finding))
    lowered.set(document.graph, lower(document, new Lowering(scope, documents)))
  }
  const claimed = new Map(read.map((one) => [one.file, one.heading?.graph]))
  const known = new Set(files.flatMap((file) => proved.get(file) ?? claimed.get(file) ?? []))
  const library: Library = { documents, known, graphs: lowered, catalogue, ...(has === undefined ? {} : { has }) }
  for (const rule of rules) findings.push(...rule(library))
  const broken = new Set(findings.filter((f) => f.severity === 'error').map((f) => f.span.file))
  const graphs = new Map([...lowered].filter(([id]) => !broken.has(documents.get(id)?.file.path ?? '')))
  const entries = new Map([...headed].map(([id, one]) => [id, entryOf(id, one)]))
  return { graphs, documents: entries, findings: sortFindings(findings), names }
}

/** What is not proved, and what that reaches, in the order of the files. */
function readNeeded(files: readonly SourceFile[], proved: Proved): readonly ReadFile[] {
  const provedFiles = new Map([...proved].map(([file, id]) => [id, file]))
  const needed = new Set(files.filter((file) => !proved.has(file)))
  const read = new Map<SourceFile, ReadFile>()
  for (const file of needed) {
    const one = readDocument(file)
    read.set(file, one)
    for (const { value } of one.document === undefined ? [] : documentCalls(one.document)) {
      const called = provedFiles.get(value)
      if (called !== undefined) needed.add(called)
    }
  }
  return files.flatMap((file) => read.get(file) ?? [])
}

interface Headed extends ReadFile {
  readonly heading: NonNullable<ReadFile['heading']>
}

/** By id; a second file with the same id is reported and left out. */
function firstOfEach(read: readonly ReadFile[], findings: Finding[]): ReadonlyMap<GraphId, Headed> {
  const first = new Map<GraphId, Headed>()
  for (const one of read) {
    const { heading } = one
    if (heading === undefined) continue
    const earlier = first.get(heading.graph)
    if (earlier === undefined) first.set(heading.graph, { ...one, heading })
    else
      findings.push({
        rule: 'check/duplicate-document',
        severity: 'error',
        message: `another file holds the ${heading.kind} "${heading.id}" already`,
        span: heading.span,
        related: [{ message: 'it stands here', span: earlier.heading.span }],
      })
  }
  return first
}

function lower(document: Document, lowering: Lowering): Graph {
  switch (document.kind) {
    case 'runbook':
      return Object.freeze(lowerRunbook(document, lowering))
    case 'tree':
      return Object.freeze(lowerTree(document, lowering))
    case 'gates':
      return Object.freeze(lowerGates(document, lowering))
    case 'incident':
      return Object.freeze(lowerIncident(document, lowering))
    case 'monitors':
      return Object.freeze(lowerMonitors(document, lowering))
  }
}

function entryOf(graph: GraphId, { file, heading, document }: Headed): DocumentEntry {
  const { id, kind, title } = heading
  return { graph, id, kind, title, file: file.path, text: file.text, sha256: sha256(file.text), ...aboutOf(document) }
}

function aboutOf(document: Document | undefined): Partial<DocumentEntry> {
  if (document === undefined) return {}
  switch (document.kind) {
    case 'runbook': {
      const { category, trigger, frequency } = document
      return {
        category,
        ...(trigger === undefined ? {} : { trigger }),
        ...(frequency === undefined ? {} : { frequency }),
      }
    }
    case 'tree':
      return { symptom: document.symptom }
    case 'gates':
      return { cadence: document.cadence }
    case 'incident':
      return { symptom: document.symptom, severity: document.severity }
    case 'monitors':
      return {}
  }
}
