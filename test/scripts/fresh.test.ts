import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { inputsOf, isFresh, noteFresh } from '../../scripts/fresh.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'desk-fresh-'))
afterAll(() => {
  rmSync(scratch, { recursive: true })
})

let count = 0
let root = ''
/** A project that was built just now. */
beforeEach(() => {
  root = join(scratch, String(++count))
  for (const file of [
    ...['package.json', 'src/a.ts', 'src/deep/b.ts', 'scripts/build.mjs', 'trees/t.yaml', 'bin/desk.cjs'],
    ...['test/fixtures/err/a.out', 'test/plan/a.test.ts', 'docs/a.md', 'node_modules/.package-lock.json'],
    ...['node_modules/zod/index.js', 'dist/desk.cjs', 'dist/chunks/a.cjs'],
  ])
    write(file, file)
  note()
  expect(isFreshNow()).toBe(true)
})

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}
const note = (): void => {
  noteFresh(root, inputsOf(root, 'a commit'))
}
const isFreshNow = (commit = 'a commit'): boolean => isFresh(root, inputsOf(root, commit))

it.each([
  ...['package.json', 'src/a.ts', 'src/deep/b.ts', 'scripts/build.mjs', 'trees/t.yaml', 'bin/desk.cjs'],
  ...['test/fixtures/err/a.out', 'node_modules/.package-lock.json', 'dist/desk.cjs', 'dist/chunks/a.cjs'],
])('is stale once %s is changed, gone or elsewhere', (file) => {
  const path = join(root, file)
  appendFileSync(path, ' ')
  expect(isFreshNow()).toBe(false)
  writeFileSync(path, file)
  expect(isFreshNow()).toBe(true)
  renameSync(path, `${path}.moved`)
  expect(isFreshNow()).toBe(false)
})

it.each(['src/c.ts', 'dist/c.cjs', 'new-folder/c.yaml', 'tsconfig.json', 'test/fixtures/ok/c.yaml'])(
  'is stale once %s is there',
  (file) => {
    write(file, '')
    expect(isFreshNow()).toBe(false)
  },
)

it('is stale once what a link leads to is changed, in a folder too', () => {
  const other = join(scratch, `${String(count)}-other`)
  mkdirSync(other)
  writeFileSync(join(other, 'd.ts'), '')
  symlinkSync(other, join(root, 'src', 'linked'))
  note()
  expect(isFreshNow()).toBe(true)
  writeFileSync(join(other, 'd.ts'), 'x')
  expect(isFreshNow()).toBe(false)
})

it('is stale at another commit, which the program tells', () => {
  expect(isFreshNow('another')).toBe(false)
})

it('is stale without output, and where nothing says what is installed', () => {
  renameSync(join(root, 'dist'), join(root, 'docs', 'dist'))
  expect(isFreshNow()).toBe(false)
  renameSync(join(root, 'docs', 'dist'), join(root, 'dist'))
  expect(isFreshNow()).toBe(true)
  rmSync(join(root, 'node_modules', '.package-lock.json'))
  note()
  expect(isFreshNow()).toBe(false)
})

it('stays fresh where only tests and pages are changed, which no build reads', () => {
  for (const file of ['test/plan/a.test.ts', 'docs/a.md', 'docs/b.md']) write(file, 'changed')
  expect(isFreshNow()).toBe(true)
})
