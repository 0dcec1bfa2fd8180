import { system } from '../../../src/cli/deps.ts'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { run, type LintOptions } from '../../../src/cli/commands/lint.ts'
import type { Context } from '../../../src/cli/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'desk-lint-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures')

async function lint(options: Partial<LintOptions>, json = false): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' }
  const unused = (): never => {
    throw new Error('lint needs neither clock nor chance')
  }
  const context: Context = {
    io: {
      out: (text) => {
        said.out += text
      },
      err: (text) => {
        said.err += text
      },
      canPrompt: false,
      columns: 80,
      colour: false,
    },
    deps: {
      env: {},
      cwd: folder,
      now: unused,
      random: unused,
      host: 'h',
      pid: 1,
      system,
      sleep: unused,
      interrupted: new AbortController().signal,
      interrupt: unused,
    },
    globals: { json, plain: false },
  }
  const code = await run({ paths: [], format: 'text', full: true, ...options }, context)
  return { code, ...said }
}

test('what desk ships is clean', async () => {
  const { code, out, err } = await lint({})
  expect({ code, out }).toEqual({ code: 0, out: '' })
  expect(err).toMatch(/^\d+ documents: no findings\n$/)
})

test('a faulty file gives 65 and its place, and may call what desk ships', async () => {
  const { code, out, err } = await lint({ paths: [join(fixtures, 'err', 'unknown-runbook.yaml')] })
  expect(code).toBe(65)
  expect(out).toContain('unknown-runbook.yaml:10:10: error[check/unknown-runbook] no runbook "kilswitch"')
  expect(out).toContain('hint: did you mean "killswitch"?')
  expect(err).toBe('1 document: 1 error\n')
})

test('a warning alone is no failure', async () => {
  const { code, out } = await lint({ paths: [join(fixtures, 'err', 'save-unused.yaml')] })
  expect(code).toBe(0)
  expect(out).toContain('warning[check/save-unused]')
})

test('--json and the formats for machines', async () => {
  const paths = [join(fixtures, 'err', 'unknown-method.yaml')]
  const { out } = await lint({ paths }, true)
  expect(JSON.parse(out)).toMatchObject([{ line: 10, column: 12, severity: 'error', code: 'check/unknown-method' }])
  expect((await lint({ paths, format: 'github' })).out).toMatch(/^::error file=.*line=10,/)
  expect((await lint({ paths, format: 'junit' })).out).toContain('<failure type="check/unknown-method"')
})

test('a file that hides a shipped one of the same id is looked at instead of it', async () => {
  const path = join(folder, 'killswitch.yaml')
  writeFileSync(path, 'kind: runbook\nid: killswitch\ntitle: Mine\ncategory: incident\n')
  const { code, out } = await lint({ paths: [path] })
  expect(code).toBe(65)
  expect(out).not.toContain('check/duplicate-document')
  expect(out.match(/law\/written-down/g)).toHaveLength(4)
})

test('a folder is read with everything below it; what cannot be read is a finding', async () => {
  const { err } = await lint({ paths: [join(fixtures, 'ok')] })
  const count = readdirSync(join(fixtures, 'ok')).length
  expect(err).toContain(`${String(count)} documents`)
  const missing = await lint({ paths: [join(folder, 'none.yaml')] })
  expect(missing.code).toBe(65)
  expect(missing.out).toContain('parse/unreadable')
})

test('a folder without procedures is a mistake of whoever asked, not a clean bill', async () => {
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  await expect(lint({ paths: [empty] })).rejects.toMatchObject({ code: 'no-documents', exit: 64 })
})
