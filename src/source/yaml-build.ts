/** From the nodes of the YAML library to ours, with findings for whatever would be read differently from what was meant. */
import { isMap, isScalar, isSeq, type Node as YamlNode, type Pair, type Scalar, type YAMLMap } from 'yaml'
import type { Span } from '../model/graph.ts'
import { maxSameFindings, type Finding } from './diagnostic.ts'
import type { SourceFile } from './file.ts'
import type { PEntry, PNode, PScalar } from './node.ts'
import { scalarOffsets, type ScalarStyle } from './scalar-offsets.ts'
import { hiddenCharacters } from './visible.ts'
import { maxDepth, tooDeep } from './yaml-scan.ts'

const styles: Readonly<Record<string, ScalarStyle>> = {
  QUOTE_DOUBLE: 'double',
  QUOTE_SINGLE: 'single',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
}

export class Builder {
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
    while (end > start && blank.test(this.file.text[end - 1] ?? '')) end--
    return { file: this.file.path, start, end }
  }

  private report(rule: string, message: string, span: Span, more: Pick<Finding, 'hint' | 'related'> = {}): void {
    if (this.findings.length < 5 * maxSameFindings)
      this.findings.push({ rule, severity: 'error', message, span, ...more })
  }
}

const blank = /\s/

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
