/**
 * YAML 1.2 (core) with positions: every node knows its place, and everything that YAML lets pass or reads differently from what a
 * person means is a finding. Never throws, whatever the text.
 */
import { Composer, type CST, Parser, type Node as YamlNode } from 'yaml'
import { hasErrors, maxSameFindings, type Finding } from './diagnostic.ts'
import { positionAt, type SourceFile } from './file.ts'
import type { PNode } from './node.ts'
import { maxDocumentSize, tooLarge } from './utf8.ts'
import { hiddenCharacters } from './visible.ts'
import { Builder } from './yaml-build.ts'
import { scanTokens, tooDeep } from './yaml-scan.ts'

export type { PEntry, PMap, PNode, PScalar, PSeq } from './node.ts'

export interface Parsed {
  /** Absent when the text has no trustworthy structure. */
  readonly root?: PNode
  readonly findings: readonly Finding[]
}

export function parseYaml(file: SourceFile): Parsed {
  if (file.text.length > maxDocumentSize) return { findings: [tooLarge(file.path, file.text.length)] }
  const unseen = [...findHidden(file), ...findLoneReturns(file)]
  if (unseen.length > 0) return { findings: unseen }
  const scanned = scanTokens(file)
  if (scanned.findings.length > 0) return { findings: scanned.findings.slice(0, maxSameFindings) }
  const read = readDocument(file, scanned.tokens)
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

function readDocument(file: SourceFile, tokens: readonly string[]): Read {
  try {
    const composer = new Composer({
      version: '1.2',
      schema: 'core',
      merge: false,
      // Duplicates are found by the builder, in linear time and with the earlier place.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    })
    // Even an empty text gives one document; a second one was refused before.
    const [document] = composer.compose(parse(tokens), true, file.text.length)
    if (document === undefined) throw new Error('no document')
    const problems = [...document.errors, ...document.warnings].map((problem) => syntaxFinding(file, problem))
    return { contents: document.contents, findings: firstPerLine(file, problems).slice(0, maxSameFindings) }
  } catch (error) {
    // The parser recurses; what its stack cannot take is no document.
    if (!(error instanceof Error)) throw error
    return { contents: null, findings: [{ ...tooDeep(file, 0), message: `cannot be parsed: ${error.message}` }] }
  }
}

function* parse(tokens: readonly string[]): Generator<CST.Token> {
  const parser = new Parser()
  for (const token of tokens) yield* parser.next(token)
  yield* parser.end()
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
