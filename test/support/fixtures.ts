/** Documents to compile in tests: what stands in `test/fixtures`, beside a small library that they may call. */
import { readdirSync, readFileSync } from 'node:fs'
import { compileLibrary, type CompiledLibrary } from '../../src/plan/compile.ts'
import { catalogue } from '../../src/ports/catalogue.ts'
import type { SourceFile } from '../../src/source/file.ts'

const folder = new URL('../fixtures/', import.meta.url)

export const fixtureNames = (kind: 'err' | 'ok'): readonly string[] =>
  readdirSync(new URL(`${kind}/`, folder))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace('.yaml', ''))

export const fixture = (path: string): string => readFileSync(new URL(path, folder), 'utf8')

const neighbours: readonly SourceFile[] = readdirSync(new URL('library/', folder)).map((file) => ({
  path: `library/${file}`,
  text: fixture(`library/${file}`),
}))

/** The findings of the given files only; those of the library are none, which a test of its own asserts. */
export function compileBeside(files: readonly SourceFile[]): CompiledLibrary {
  const compiled = compileLibrary([...files, ...neighbours], { catalogue })
  const own = new Set(files.map((file) => file.path))
  return { ...compiled, findings: compiled.findings.filter((finding) => own.has(finding.span.file)) }
}

export const neighbourFindings = (): CompiledLibrary['findings'] => compileLibrary(neighbours, { catalogue }).findings
