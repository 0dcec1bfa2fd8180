/**
 * YAML 1.2 (core) with positions: every node knows its place, and everything that YAML lets pass or reads differently from what a
 * person means is a finding. Never throws, whatever the text.
 */
import {
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Node as YamlNode,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import type { Span } from '../model/graph.ts'
import { hasErrors, type Finding } from './diagnostic.ts'
import { positionAt, type SourceFile } from './file.ts'
import { scalarOffsets, type ScalarStyle } from './scalar-offsets.ts'
import { maxDocumentSize, tooLarge } from './utf8.ts'
import { hiddenCharacters } from './visible.ts'
import { maxDepth, scanTokens, tooDeep } from './yaml-scan.ts'

export interface PEntry {
  readonly key: string
  readonly keySpan: Span
  readonly value: PNode
}
export interface PMap {
  readonly kind: 'map'
  readonly span: Span
  readonly entries: readonly PEntry[]
}
export interface PSeq {
  readonly kind: 'seq'
  readonly span: Span
  readonly items: readonly PNode[]
}
export interface PScalar {
  readonly kind: 'scalar'
  readonly span: Span
  readonly value: string | number | boolean | null
  /** The value of a string, and what was written for anything else. */
  readonly text: string
  /** The file offset of each unit of `text`, and of its end. Computed when first asked for. */
  readonly offsets: readonly number[]
}
export type PNode = PMap | PSeq | PScalar

export interface Parsed {
  /** Absent when the text has no trustworthy structure. */
  readonly root?: PNode
  readonly findings: readonly Finding[]
}

/** At most this many findings of one kind per file: a binary file is one mistake, not a million. */
const maxSameFindings = 20

export function parseYaml(file: SourceFile): Parsed {
  if (file.text.length > maxDocumentSize) return { findings: [tooLarge(file.path, file.text.length)] }
  const unseen = [...findHidden(file), ...findLoneReturns(file)]
  if (unseen.length > 0) return { findings: unseen }
  const scanned = scanTokens(file)
  if (scanned.length > 0) return { findings: scanned.slice(0, maxSameFindings) }
  const read = readDocument(file)
  if (hasErrors(read.findings)) return { findings: read.findings }
  if (read.contents === null) return { findings: [emptyDocument(file)] }
  const builder = new Builder(file)
  const root = builder.build(read.contents, 1)
  return builder.isWhole ? { root, findings: builder.findings } : { findings: builder.findings }
}

function findHidden(file: SourceFile): readonly Finding[] {
  return hiddenCharacters(file.text)
    .slice(0, maxSameFindings)
    .map(({ at, name }) => ({
      rule: name === 'U+FEFF' ? 'yaml/byte-order-mark' : 'yaml/hidden-character',
      severity: 'error',
      message: `${name} cannot be seen by a reader and is not allowed`,
      span: { file: file.path, start: at, end: at + 1 },
      hint: name === 'U+FEFF' ? 'save the file as UTF-8 without a byte order mark' : 'remove it',
    }))
}

function findLoneReturns(file: SourceFile): readonly Finding[] {
  return Array.from(file.text.matchAll(/\r(?!\n)/g), ({ index }) => index)
    .slice(0, maxSameFindings)
    .map((at) => ({
      rule: 'yaml/line-break',
      severity: 'error',
      message: 'a carriage return without a line feed',
      span: { file: file.path, start: at, end: at + 1 },
      hint: 'end lines with a line feed',
    }))
}

const emptyDocument = (file: SourceFile): Finding => ({
  rule: 'yaml/empty',
  severity: 'error',
  message: 'the document is empty',
  span: { file: file.path, start: 0, end: 0 },
  hint: 'a document starts with `kind:`',
})

interface Read {
  readonly contents: YamlNode | null
  readonly findings: readonly Finding[]
}

function readDocument(file: SourceFile): Read {
  try {
    const document = parseDocument(file.text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      // Duplicates are found by the builder, in linear time and with the earlier place.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    })
    const problems = [...document.errors, ...document.warnings].map((problem) => syntaxFinding(file, problem))
    return { contents: document.contents, findings: firstPerLine(file, problems).slice(0, maxSameFindings) }
  } catch (error) {
    // The parser recurses; what its stack cannot take is no document.
    if (!(error instanceof Error)) throw error
    return { contents: null, findings: [{ ...tooDeep(file, 0), message: `cannot be parsed: ${error.message}` }] }
  }
}

/** What follows on the same line is mostly a consequence. */
function firstPerLine(file: SourceFile, findings: readonly Finding[]): readonly Finding[] {
  const byLine = new Map<number, Finding>()
  for (const finding of findings) {
    const { line } = positionAt(file, finding.span.start)
    const known = byLine.get(line)
    if (known === undefined || finding.span.start < known.span.start) byLine.set(line, finding)
  }
  return [...byLine.values()]
}

const syntaxHints: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'quote the text if it holds ": "',
  BAD_SCALAR_START: 'quote the text',
  UNEXPECTED_TOKEN: 'quote the text if it holds signs such as { } [ ] , or quotes',
  TAB_AS_INDENT: 'indent with blanks',
  BAD_INDENT: 'align it with its neighbours',
  MULTILINE_IMPLICIT_KEY: 'a key stands on one line and ends with ":"',
}

function syntaxFinding(file: SourceFile, problem: { code: string; message: string; pos: [number, number] }): Finding {
  const hint = syntaxHints[problem.code]
  const start = Math.max(0, Math.min(problem.pos[0], file.text.length))
  return {
    rule: 'yaml/syntax',
    severity: 'error',
    message: problem.message.split('\n')[0] ?? '',
    span: { file: file.path, start, end: Math.max(start, Math.min(problem.pos[1], file.text.length)) },
    ...(hint === undefined ? {} : { hint }),
  }
}

const styles: Readonly<Record<string, ScalarStyle>> = {
  QUOTE_DOUBLE: 'double',
  QUOTE_SINGLE: 'single',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
}

class Builder {
  readonly findings: Finding[] = []
  /** False once the tree would not say what the text says. */
  isWhole = true

  constructor(private readonly file: SourceFile) {}

  build(node: YamlNode, depth: number): PNode {
    const span = this.spanOf(node)
    if (depth > maxDepth) {
      if (this.isWhole) this.findings.push(tooDeep(this.file, span.start))
      this.isWhole = false
      return this.nothingAt(span.start)
    }
    if (isMap(node)) {
      const entries = this.entriesOf(node, depth)
      return { kind: 'map', span: blockSpan(span, node.flow, entries.at(-1)?.value), entries }
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.child(item, span.end, depth))
      return { kind: 'seq', span: blockSpan(span, node.flow, items.at(-1)), items }
    }
    if (isScalar(node)) return this.scalar(node, span)
    // Aliases were refused before; one that slipped through must not be read as anything.
    this.isWhole = false
    this.report('yaml/alias', 'an alias; aliases are not used', span)
    return this.nothingAt(span.start)
  }

  private child(node: unknown, at: number, depth: number): PNode {
    return isMap(node) || isSeq(node) || isScalar(node) ? this.build(node, depth + 1) : this.nothingAt(at)
  }

  private entriesOf(map: YAMLMap, depth: number): readonly PEntry[] {
    const seen = new Map<string, PEntry>()
    for (const pair of map.items) {
      const entry = this.entryOf(pair, depth)
      if (entry === undefined) continue
      const earlier = seen.get(entry.key)
      if (earlier === undefined) seen.set(entry.key, entry)
      else
        this.report('yaml/duplicate-key', `"${entry.key}" is written twice`, entry.keySpan, {
          related: [{ message: 'it stands here already', span: earlier.keySpan }],
        })
    }
    return [...seen.values()]
  }

  private entryOf(pair: Pair, depth: number): PEntry | undefined {
    const key = pair.key
    if (!isScalar(key) || typeof key.value !== 'string') {
      const span = isScalar(key) || isMap(key) || isSeq(key) ? this.spanOf(key) : this.spanOf(pair.value)
      const written = isScalar(key) ? (key.source ?? '') : ''
      this.report('yaml/key', 'a key must be text', span, written === '' ? {} : { hint: `quote it: "${written}"` })
      return undefined
    }
    const keySpan = this.spanOf(key)
    if (key.value === '<<' && styleOf(key) === 'plain')
      this.report('yaml/merge', '`<<` would merge another mapping; merge keys are not used', keySpan)
    return { key: key.value, keySpan, value: this.child(pair.value, keySpan.end, depth) }
  }

  private scalar(node: Scalar, span: Span): PScalar {
    const { value } = node
    if (typeof value === 'string') {
      const scalar = stringScalar(this.file.text, node, value, span)
      for (const { at, name } of hiddenCharacters(value).slice(0, maxSameFindings)) {
        const start = scalar.offsets[at] ?? span.start
        this.report('yaml/hidden-character', `stands for ${name}, which is not allowed`, {
          ...span,
          start,
          end: Math.max(start + 1, scalar.offsets[at + 1] ?? 0),
        })
      }
      return scalar
    }
    const text = node.source ?? ''
    if (typeof value === 'number') this.checkNumber(value, text, span)
    const plain = typeof value === 'number' || typeof value === 'boolean' ? value : null
    return {
      kind: 'scalar',
      span,
      value: plain,
      text,
      offsets: Array.from({ length: text.length + 1 }, (_, i) => span.start + i),
    }
  }

  private checkNumber(value: number, text: string, span: Span): void {
    const isInteger = /^[-+]?(?:\d+|0[xo][\da-f]+)$/i.test(text)
    const lost =
      !Number.isFinite(value) ||
      (isInteger && !Number.isSafeInteger(value)) ||
      (value === 0 && /[1-9]/.test(text.split(/e/i)[0] ?? ''))
    if (lost)
      this.report('yaml/number', `${text} cannot be held exactly as a number`, span, { hint: `quote it: "${text}"` })
    else if (/^[-+]?0\d/.test(text))
      this.report('yaml/number', `${text} would be read as ${String(value)}`, span, { hint: `quote it: "${text}"` })
  }

  private nothingAt(at: number): PScalar {
    return { kind: 'scalar', span: { file: this.file.path, start: at, end: at }, value: null, text: '', offsets: [at] }
  }

  /** Without the line breaks and blanks that the parser counts to a node. */
  private spanOf(node: unknown): Span {
    const range = isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined
    const [start, valueEnd] = range ?? [0, 0]
    let end = Math.min(valueEnd, this.file.text.length)
    while (end > start && /\s/.test(this.file.text[end - 1] ?? '')) end--
    return { file: this.file.path, start, end }
  }

  private report(rule: string, message: string, span: Span, more: Pick<Finding, 'hint' | 'related'> = {}): void {
    if (this.findings.length < 5 * maxSameFindings)
      this.findings.push({ rule, severity: 'error', message, span, ...more })
  }
}

/** The parser counts comments and empty lines after a block to it; it ends where its last member ends. */
const blockSpan = (span: Span, isFlow: boolean | undefined, last: PNode | undefined): Span =>
  isFlow === true || last === undefined ? span : { ...span, end: Math.max(span.start, last.span.end) }

const styleOf = (node: Scalar): ScalarStyle => styles[node.type ?? ''] ?? 'plain'

function stringScalar(source: string, node: Scalar, value: string, span: Span): PScalar {
  let offsets: readonly number[] | undefined
  return {
    kind: 'scalar',
    span,
    value,
    text: value,
    get offsets() {
      const [start, end] = node.range ?? [span.start, span.end]
      return (offsets ??= scalarOffsets(source, { style: styleOf(node), start, end, value }))
    },
  }
}
