/** What the pages say about the project itself: links, paths, commands, and what is not there yet. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'
import { examples, pages, pageText, root, tableOf } from './markdown.ts'

describe.each(pages)('%s', (page) => {
  const text = pageText(page)
  it('links to pages that exist', () => {
    const links = Array.from(text.matchAll(/\]\(([^)#]+)\)/g), ([, link]) => link ?? '')
    for (const link of links) expect(existsSync(join(root, dirname(page), link)), link).toBe(true)
  })
  it('names files that exist', () => {
    const named = Array.from(
      text.matchAll(/`((?:src|test|docs|scripts|bench|bin|runbooks|trees|gates|incidents|monitors)\/[\w./-]*)`/g),
      ([, path]) => path ?? '',
    )
    for (const path of named) expect(existsSync(join(root, path)), path).toBe(true)
  })
})

describe('README.md', () => {
  const meta = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    license: string
    engines: { node: string }
    scripts: Record<string, string>
  }
  it('is read in a minute', () => {
    expect(pageText('README.md').split('\n').length).toBeLessThan(165)
  })
  it('gives the two commands, with scripts that exist', () => {
    const commands = examples('sh', 'README.md').map(({ text }) => text.trim())
    expect(commands).toEqual([
      'npm ci --include=dev && node bin/desk.cjs demo no-fills',
      'npm ci --include=dev && npm test',
    ])
    expect(meta.scripts).toMatchObject({
      test: 'vitest run',
      prepare: 'npm run build',
      pretest: 'node scripts/build.mjs --unless-fresh',
    })
  })
  it('names the versions and the licence of the package', () => {
    expect(meta.engines.node).toBe('>=20.19.0')
    expect(pageText('README.md')).toContain('Node 20.19 or newer')
    expect(meta.license).toBe('MIT')
    expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toMatch(
      /^MIT License\n\nCopyright \(c\) \d{4} the desk authors\n/,
    )
  })
  it('names scripts that exist, here and on the other pages', () => {
    const scripts = pages.flatMap((page) => Array.from(pageText(page).matchAll(/npm run ([\w:]+)/g), (m) => m[1] ?? ''))
    expect(scripts.length).toBeGreaterThan(3)
    for (const script of scripts) expect(meta.scripts).toHaveProperty([script])
  })
})

describe('what is said to be missing', () => {
  let desk: Desk
  beforeAll(() => {
    desk = new Desk()
  })
  afterAll(() => {
    desk.remove()
  })
  const missing = tableOf('README.md', 'missing').flatMap(([commands = '']) => commands.split(', '))
  it('is missing: no such word in the help', async () => {
    expect(missing.length).toBeGreaterThan(3)
    const groups = [...new Set(missing.map((command) => command.split(' ').slice(0, -1).join(' ')))]
    const helps = new Map<string, string>()
    for (const group of groups)
      helps.set(group, (await desk.run([...group.split(' ').filter((w) => w !== ''), '--help'])).stdout)
    for (const command of missing) {
      const words = command.split(' ')
      const help = helps.get(words.slice(0, -1).join(' ')) ?? ''
      expect(help).toContain('Usage: desk')
      expect(help, command).not.toMatch(new RegExp(`^  ${words.at(-1) ?? ''}\\b`, 'm'))
    }
  })
})

describe('docs/project-layout.md', () => {
  const cells = (table: string): readonly string[] =>
    tableOf('docs/project-layout.md', table).flatMap(([cell = '']) => cell.replaceAll('`', '').split(', '))
  const foldersIn = (path: string): readonly string[] =>
    readdirSync(join(root, path), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)

  it('has a room for every directory of the source', () => {
    const rooms = cells('rooms')
    expect([...rooms].sort()).toEqual(
      foldersIn('src')
        .map((name) => `src/${name}`)
        .sort(),
    )
  })
  it('names every other directory that is in the repository', () => {
    const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n')
    const tops = new Set(tracked.filter((path) => path.includes('/')).map((path) => path.split('/')[0] ?? ''))
    for (const own of ['src', '.ci']) tops.delete(own)
    expect(
      cells('others')
        .filter((cell) => !cell.includes('/'))
        .sort(),
    ).toEqual([...tops].sort())
  })
})
