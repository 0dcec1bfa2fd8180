/** The project's own pages as tests see them: fenced blocks with their place, and tables that a marker names. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')
/** Relative to the root. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => `docs/${file}`),
]

export const pageText = (page: string): string => readFileSync(join(root, page), 'utf8')

export interface Fence {
  readonly page: string
  /** 1-based line of the opening fence. */
  readonly line: number
  readonly language: string
  /** With its last newline. */
  readonly text: string
}

const fence = /^```([a-z]*)\n([\s\S]*?)^```$/gm

export function fencesOf(page: string): readonly Fence[] {
  const text = pageText(page)
  return Array.from(text.matchAll(fence), (match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1] ?? '',
    text: match[2] ?? '',
  }))
}

/** All fences of a language; throws for none, so that a test over them cannot pass on nothing. */
export function examples(language: string, page?: string): readonly Fence[] {
  const found = (page === undefined ? pages : [page]).flatMap(fencesOf).filter((f) => f.language === language)
  if (found.length === 0) throw new Error(`no example in ${language}`)
  return found
}

export const placeOf = ({ page, line }: Fence): string => `${page}:${String(line)}`

/** Puts other text into the fences of one page. */
export function rewriteFences(page: string, texts: ReadonlyMap<number, string>): void {
  const text = pageText(page)
  const changed = text.replaceAll(fence, (whole: string, language: string, _body: string, at: number) => {
    const body = texts.get(text.slice(0, at).split('\n').length)
    return body === undefined ? whole : `\`\`\`${language}\n${body}\`\`\``
  })
  writeFileSync(join(root, page), changed)
}

/** The rows below `<!-- table: name -->`, without the heading; backticks are taken off cells that are nothing but code. */
export function tableOf(page: string, name: string): readonly (readonly string[])[] {
  const [, after] = pageText(page).split(`<!-- table: ${name} -->\n`)
  if (after === undefined) throw new Error(`${page} has no table "${name}"`)
  const lines = after.trimStart().split('\n')
  const end = lines.findIndex((line) => !line.startsWith('|'))
  return lines.slice(2, end).map((line) =>
    line
      .replace(/^\| |\s*\|$/g, '')
      .split(/ \| /)
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
  )
}

/** Rewrites the rows below the marker. */
export function rewriteTable(page: string, name: string, head: readonly string[], rows: readonly string[][]): void {
  const marker = `<!-- table: ${name} -->\n`
  const [before, after] = pageText(page).split(marker)
  if (before === undefined || after === undefined) throw new Error(`${page} has no table "${name}"`)
  const rest = after.replace(/^\n*(?:\|.*\n)*/, '')
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  const table = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('')
  writeFileSync(join(root, page), `${before}${marker}\n${table}${rest.startsWith('\n') ? '' : '\n'}${rest}`)
}

/** With UPDATE_TRANSCRIPTS=1 pages are written anew instead of compared, to be reviewed in the diff; never in CI. */
export function isUpdating(): boolean {
  if (process.env['UPDATE_TRANSCRIPTS'] !== '1') return false
  if (process.env['CI'] === 'true') throw new Error('pages are never regenerated in CI')
  return true
}

/** What a failing comparison tells people to do. */
export const howToUpdate = 'UPDATE_TRANSCRIPTS=1 npx vitest run test/docs writes the page anew; look at the diff'
