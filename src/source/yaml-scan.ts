/**
 * A look at the tokens before anything is built from them: what YAML would read as something else than text (tags, anchors, aliases,
 * directives, further documents), and nesting so deep that building the tree would take the process down.
 */
import { CST, Lexer } from 'yaml'
import type { Finding } from './diagnostic.ts'
import type { SourceFile } from './file.ts'

/** Deepest nesting of mappings and sequences. */
export const maxDepth = 64
/** Furthest column at which a block may start; the parser's own cost grows with it. */
const maxIndent = 4 * maxDepth
/** Words, quotes and punctuation of one document; a mebibyte of commas would keep the parser busy for ten seconds. */
const maxTokens = 100_000

interface Refusal {
  readonly rule: string
  readonly message: (text: string) => string
  readonly hint: string
}
const quoteIt = 'quote the whole value'
const refusals: Readonly<Record<string, Refusal>> = {
  tag: { rule: 'yaml/tag', message: (t) => `\`${t}\` is read as a tag, not as text; tags are not used`, hint: quoteIt },
  anchor: { rule: 'yaml/anchor', message: (t) => `\`${t}\` is read as an anchor; anchors are not used`, hint: quoteIt },
  alias: { rule: 'yaml/alias', message: (t) => `\`${t}\` is read as an alias; aliases are not used`, hint: quoteIt },
  'directive-line': {
    rule: 'yaml/directive',
    message: (t) => `\`${t}\` is a directive; documents are YAML 1.2 and have none`,
    hint: 'remove the line',
  },
}

/** Zero-width marks of the lexer; the text itself holds no such character when this runs. */
const marks = new Set(['\u0002', '\u0018', '\u001f'])

export interface Scanned {
  /** In the order of the text. */
  readonly findings: readonly Finding[]
  /** All of them, for the parser; some only where there are findings. */
  readonly tokens: readonly string[]
}

/** The text must be free of hidden characters. */
export function scanTokens(file: SourceFile): Scanned {
  const scan = new Scan(file)
  const tokens: string[] = []
  let at = 0
  for (const token of new Lexer().lex(file.text)) {
    tokens.push(token)
    if (marks.has(token)) {
      scan.mark(token)
      continue
    }
    scan.token(token, at)
    if (scan.isOver) break
    at += token.length
  }
  return { findings: scan.findings, tokens }
}

class Scan {
  readonly findings: Finding[] = []
  /** Set once going on would only cost time. */
  isOver = false
  private tokens = 0
  private flowDepth = 0
  private lineStart = 0
  /** Only blanks and indicators so far on this line: the next token opens a block at its column. */
  private leads = true
  private refusedOnLine = false
  /** A document begins with its marker or, without one, with its first word. */
  private hasBegun = false
  private hasEnded = false
  private isScalar = false

  constructor(private readonly file: SourceFile) {}

  mark(token: string): void {
    this.isScalar = token === '\u001f'
  }

  token(text: string, at: number): void {
    const scalar = this.isScalar
    this.isScalar = false
    const type = scalar ? 'scalar' : CST.tokenType(text)
    if (type === 'newline') {
      this.startLine(at + text.length)
      return
    }
    if (type === 'space' || type === 'comment') return
    if (++this.tokens > maxTokens) this.stop(tooMany(this.file, at))
    this.measure(type, at)
    this.oneDocument(type, text, at)
    this.refuse(type, text, at)
    const breaks = text.lastIndexOf('\n')
    if (breaks < 0) return
    this.startLine(at + breaks + 1)
    this.leads = text.endsWith('\n')
  }

  private stop(finding: Finding): void {
    this.isOver = true
    this.findings.push(finding)
  }

  private startLine(at: number): void {
    this.lineStart = at
    this.leads = true
    this.refusedOnLine = false
  }

  private measure(type: string | null, at: number): void {
    if (type === 'flow-map-start' || type === 'flow-seq-start') this.flowDepth++
    if (type === 'flow-map-end' || type === 'flow-seq-end') this.flowDepth--
    const indented = this.leads && this.flowDepth === 0 && at - this.lineStart > maxIndent
    if (this.flowDepth > maxDepth || indented) {
      this.stop(tooDeep(this.file, at))
    }
    if (type !== 'seq-item-ind' && type !== 'explicit-key-ind' && type !== 'map-value-ind') this.leads = false
  }

  /** What stands behind the one document would not be read at all. */
  private oneDocument(type: string | null, text: string, at: number): void {
    if (type === 'doc-mode' || type === 'byte-order-mark') return
    if (type === 'doc-end') {
      this.hasEnded = true
      return
    }
    if (this.hasEnded || (type === 'doc-start' && this.hasBegun)) {
      this.hasEnded = false
      this.findings.push({
        rule: 'yaml/documents',
        severity: 'error',
        message: 'a second document starts here; a file holds exactly one',
        span: { file: this.file.path, start: at, end: at + text.length },
        hint: 'move it to a file of its own',
      })
    }
    if (type !== 'directive-line') this.hasBegun = true
  }

  private refuse(type: string | null, text: string, at: number): void {
    const refusal = refusals[type ?? '']
    const span = { file: this.file.path, start: at, end: at + text.length }
    // `!a && b` is a tag and an anchor to YAML, but one mistake.
    if (refusal === undefined || this.refusedOnLine) return
    this.refusedOnLine = true
    const { rule, hint } = refusal
    this.findings.push({ rule, severity: 'error', message: refusal.message(text), span, hint })
  }
}

export const tooDeep = (file: SourceFile, at: number): Finding => ({
  rule: 'yaml/too-deep',
  severity: 'error',
  message: `nested deeper than ${String(maxDepth)} levels`,
  span: { file: file.path, start: at, end: at + 1 },
})

const tooMany = (file: SourceFile, at: number): Finding => ({
  rule: 'yaml/too-large',
  severity: 'error',
  message: `more than ${String(maxTokens)} words and signs`,
  span: { file: file.path, start: at, end: at + 1 },
  hint: 'split it into several documents',
})
