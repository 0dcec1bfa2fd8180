/** The page about HTTP: its requests are sent to the built program with its configuration, and answered as shown. */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { published } from '../../src/cli/output/published.ts'
import { knownPaths } from '../../src/cli/serve/app.ts'
import { killPath } from '../../src/cli/serve/kill-order.ts'
import { Desk } from '../support/desk.ts'
import { serve, type Serving } from '../support/serving.ts'
import { examples, howToUpdate, isUpdating, placeOf, rewriteFences, tableOf } from './markdown.ts'

const page = 'docs/serve.md'
let desk: Desk
let server: Serving
beforeAll(async () => {
  desk = new Desk()
  const [config] = examples('yaml', page)
  writeFileSync(join(desk.dir, 'desk.config.yaml'), config?.text ?? '')
  writeFileSync(join(desk.dir, 'risk.token'), 'example-token-of-risk\n')
  server = await serve(desk)
})
afterAll(async () => {
  server.process.kill('SIGTERM')
  const [code] = (await once(server.process, 'exit')) as [number | null]
  desk.remove()
  expect(code).toBe(0)
})

/** `curl … | jq -c …` or `| grep …` as people type it; anything else is no example. */
interface Typed {
  readonly path: string
  readonly init: RequestInit
  readonly filter?: readonly string[]
}
function typed(line: string): Typed {
  const words = Array.from(
    line.matchAll(/'([^']*)'|(\|)|([^\s']+)/g),
    ([, quoted, pipe, plain]) => quoted ?? pipe ?? plain ?? '',
  )
  const at = words.indexOf('|')
  const [curl, ...args] = at < 0 ? words : words.slice(0, at)
  expect(curl).toBe('curl')
  const headers: Record<string, string> = {}
  let method = 'GET'
  let body: string | undefined
  let path = ''
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? ''
    if (word === '-X') method = args[++i] ?? ''
    else if (word === '-d') body = args[++i] ?? ''
    else if (word === '-H') headers[args[++i]?.replace(/:.*/, '') ?? ''] = args[i]?.replace(/^[^:]*: */, '') ?? ''
    else path = word.replace('http://localhost:8080', '')
  }
  expect(path).toMatch(/^\//)
  const init = { method, headers, ...(body === undefined ? {} : { body }) }
  return { path, init, ...(at < 0 ? {} : { filter: words.slice(at + 1) }) }
}

/** The two filters that the page uses: picking fields of an object, and lines that match. */
function filtered(text: string, filter: readonly string[]): string {
  const [program, ...args] = filter
  const pattern = args.at(-1) ?? ''
  if (program === 'grep') {
    const wanted = new RegExp(pattern.replaceAll('\\(', '(').replaceAll('\\)', ')').replaceAll('\\|', '|'))
    return text
      .split('\n')
      .filter((line) => wanted.test(line))
      .join('\n')
  }
  expect(program).toBe('jq')
  const [, from = '', fields = ''] = /^(?:\.([\w.[\]]+) \| )?\{([\w, ]+)\}$/.exec(pattern) ?? []
  expect(fields, pattern).not.toBe('')
  const steps = from.split(/[.[\]]+/).filter((step) => step !== '')
  const value = steps.reduce<unknown>((inner, step) => Reflect.get(inner as object, step), JSON.parse(text))
  return JSON.stringify(
    Object.fromEntries(fields.split(', ').map((name) => [name, Reflect.get(value as object, name) as unknown])),
  )
}

let latest = 'release-none'
async function play(block: string): Promise<string> {
  const shown: string[] = []
  for (const line of block.split('\n').filter((each) => each.startsWith('$ '))) {
    const { path, init, filter } = typed(line.slice(2).replaceAll('release-<id>', latest))
    const answer = await fetch(server.url + path, init)
    const text = await answer.text()
    latest = /release-[0-9a-z]{26}/.exec(text)?.[0] ?? latest
    const said = (filter === undefined ? text : filtered(text, filter)).trimEnd()
    const status = answer.ok ? '' : `  [${String(answer.status)}]`
    shown.push(`${line}\n${said.replace(/\b(halt|release)-[0-9a-z]{26}\b/g, '$1-<id>')}${status}\n`)
  }
  return shown.join('\n')
}

it('answers as the page shows', async () => {
  const played = new Map<number, string>()
  for (const block of examples('http', page)) {
    const text = await play(block.text)
    if (isUpdating()) played.set(block.line, text)
    else expect(text, `${placeOf(block)}: ${howToUpdate}`).toBe(block.text)
  }
  if (isUpdating()) rewriteFences(page, played)
})

describe('the table of paths', () => {
  const rows = tableOf(page, 'paths').map((row) => row.map((cell) => cell.replaceAll('`', '')))
  it('has every path, with its method', async () => {
    expect(rows.map(([, path]) => path).sort()).toEqual([...knownPaths, killPath].sort())
    for (const [method = '', path = ''] of rows) {
      const wrong = await fetch(server.url + path, { method: method === 'GET' ? 'POST' : 'GET' })
      expect([path, wrong.status, wrong.headers.get('allow')?.split(', ')[0]]).toEqual([path, 405, method])
    }
  })
  it('names schemas that are published', () => {
    const names = rows.flatMap((row) => (row.at(-1) ?? '').split(', ')).filter((name) => !name.includes(' '))
    expect(names.length).toBeGreaterThan(6)
    for (const name of names) expect(Object.keys(published)).toContain(name)
  })
})
