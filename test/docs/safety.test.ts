/** The page about safety names tests that exist, and the exit codes that there are. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { topics } from '../../src/cli/topics.ts'
import { readConfig } from '../../src/config/load.ts'
import { parseAllowedSigners } from '../../src/killswitch/allowed-signers.ts'
import { type ExitCode, exitCodes, worstExit } from '../../src/model/failure.ts'
import { examples, howToUpdate, isUpdating, pageText, rewriteTable, root, tableOf } from './markdown.ts'

const page = 'docs/safety.md'

describe('tests that are named exist', () => {
  const named = ['regressions', 'guarantees'].flatMap((table) => tableOf(page, table).map((row) => row.slice(-2)))
  it.each(named)('%s: %s', (file = '', title = '') => {
    expect(existsSync(join(root, file)), file).toBe(true)
    const text = readFileSync(join(root, file), 'utf8')
    const titles = Array.from(text.matchAll(/(?:'((?:[^'\\]|\\.)*)'|`([^`]*)`), (?:\{[^}]*\}, )?(?:async )?\(/g), (m) =>
      (m[1] ?? m[2] ?? '').replaceAll("\\'", "'"),
    )
    expect(titles, file).toContain(title)
  })
  it('are many', () => {
    expect(named.length).toBeGreaterThan(30)
  })
})

describe('who is who', () => {
  it('is told by a configuration without a finding', () => {
    const dir = mkdtempSync(join(tmpdir(), 'desk-page-'))
    const [example] = examples('config', page)
    const path = join(dir, 'desk.config.yaml')
    writeFileSync(path, example?.text ?? '')
    const read = readConfig(path, true)
    rmSync(dir, { recursive: true })
    expect(read?.findings).toEqual([])
    expect(read?.value?.operators?.flatMap(({ signers }) => signers ?? [])).toEqual(principals())
  })
  it('is told by a file of allowed signers of which every line counts', () => {
    const [example] = examples('signers', page)
    const { signers, problems } = parseAllowedSigners(example?.text ?? '')
    expect([signers.length, problems]).toEqual([2, []])
  })
  const principals = (): readonly string[] =>
    parseAllowedSigners(examples('signers', page)[0]?.text ?? '').signers.flatMap((signer) => signer.principals)
})

describe('exit codes', () => {
  /** `  73  the audit log …` in the help. */
  const told = Array.from(
    topics['exit-codes']?.text({ operators: () => [], columns: 80 }).matchAll(/^ +(\d+) {2}(\S.*)$/gm) ?? [],
    (match) => [match[1] ?? '', match[2] ?? ''],
  )
  it('are those of the help, and those of the program', () => {
    const rows = told.slice(0, Object.keys(exitCodes).length)
    if (isUpdating()) rewriteTable(page, 'exit-codes', ['code', 'meaning'], rows)
    expect(tableOf(page, 'exit-codes'), howToUpdate).toEqual(rows)
    expect(rows.map(([code]) => Number(code))).toEqual(Object.values(exitCodes))
  })
  it('are ordered as the page says', () => {
    const text = /<!-- worst -->([\d, ]+)<!-- \/worst -->/.exec(pageText(page))?.[1] ?? ''
    const order = text.split(', ').map(Number)
    const known = (code: number): code is ExitCode => Object.values<number>(exitCodes).includes(code)
    const codes = order.filter(known)
    expect(codes).toHaveLength(order.length)
    expect(codes.length).toBeGreaterThan(5)
    for (const [i, code] of codes.entries()) expect(worstExit(codes.slice(i))).toBe(code)
  })
})
