/** The page about the log shows one that verifies, and names the fields, lines and problems that there are. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseLedgerLine } from '../../src/audit/ledger-line.ts'
import { parseVerifierKey } from '../../src/audit/note.ts'
import { type Report, verify } from '../../src/audit/verify.ts'
import { temporaryDir } from '../support/state.ts'
import { exampleFiles, exampleLog, type ExampleLog } from './example-log.ts'
import { examples, howToUpdate, isUpdating, rewriteFences, root, tableOf } from './markdown.ts'

const page = 'docs/audit.md'
const parts = ['segment', 'ledger', 'note', 'key'] as const
const fenceOf = (part: (typeof parts)[number]) => examples(part, page)[0]

function shown(): ExampleLog {
  const [segment = '', ledger = '', note = '', key = ''] = parts.map((part) => fenceOf(part)?.text)
  return { segment, ledger, note, key }
}

/** What `desk audit verify` finds of a log with this content. */
function verdictOn({ segment, ledger, note, key }: ExampleLog): Report {
  const dir = temporaryDir()
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(dir, 'audit', path)), { recursive: true })
    writeFileSync(join(dir, 'audit', path), text)
  }
  put(exampleFiles.segment, segment)
  put(exampleFiles.ledger, ledger.replace(/^(.*)\n/gm, '\n$1\n'))
  put(exampleFiles.note, note)
  const policy = { now: new Date('2026-11-20T21:10:00.000Z'), keepMs: () => 7 * 365 * 86_400_000 }
  return verify(dir, parseVerifierKey(key.trimEnd()), policy)
}

describe('the example', () => {
  it('is what desk writes', () => {
    const real = exampleLog()
    if (isUpdating()) rewriteFences(page, new Map(parts.map((part) => [fenceOf(part)?.line ?? 0, real[part]])))
    expect(shown(), howToUpdate).toEqual(real)
  })
  it('is valid to its last line', () => {
    expect(verdictOn(shown())).toMatchObject({ ok: true, records: 3, ledgerSize: 3, anchoredTo: 3, problems: [] })
  })
  it('is no longer once a word of it is another', () => {
    const log = shown()
    const changed: ExampleLog[] = [
      { ...log, segment: log.segment.replace('oncall', 'nobody') },
      { ...log, ledger: log.ledger.replace('oncall', 'nobody') },
      { ...log, note: log.note.replace('\n3\n', '\n2\n') },
    ]
    for (const other of changed) expect(verdictOn(other).ok).toBe(false)
  })
})

const sourceOf = (path: string): string => readFileSync(join(root, 'src/audit', path), 'utf8')
const firsts = (table: string): readonly string[] =>
  tableOf(page, table).flatMap(([cell = '']) => cell.replaceAll('`', '').split(', '))

describe('the tables', () => {
  it('have every field of a record, in its order', () => {
    const [, body = ''] = /interface AuditRecord \{([\s\S]*?)\n\}/.exec(sourceOf('record.ts')) ?? []
    const fields = Array.from(body.matchAll(/readonly (\w+)\??:/g), ([, field]) => field)
    expect(fields.length).toBeGreaterThan(10)
    expect(firsts('record')).toEqual(fields)
  })
  it('have every kind of ledger line', () => {
    const kinds = Array.from(sourceOf('ledger-line.ts').matchAll(/readonly kind: '(\w+)'/g), ([, kind]) => kind ?? '')
    expect([...firsts('ledger')].sort()).toEqual(kinds.sort())
    expect(parseLedgerLine(shown().ledger.split('\n')[0] ?? '')?.kind).toBe('opened')
  })
  it('have every problem', () => {
    const text = readdirSync(join(root, 'src/audit')).map(sourceOf).join('')
    const codes = Array.from(text.matchAll(/code: '([a-z-]+)'/g), ([, code]) => code ?? '')
    const artefacts = ['artefact-missing', 'artefact-changed']
    expect([...firsts('problems')].sort()).toEqual([...new Set([...codes, ...artefacts])].sort())
  })
})
