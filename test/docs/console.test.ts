/** Every `console` block of the pages is what the built program really prints, on one throwaway desk per page. */
import { hostname } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'
import { examples, howToUpdate, isUpdating, pages, placeOf, rewriteFences } from './markdown.ts'

interface Typed {
  readonly env: Readonly<Record<string, string>>
  readonly args: readonly string[]
}

const pair = (word: string): [string, string] => [word.replace(/=.*/, ''), word.replace(/^[^=]*=/, '')]

/** `NAME=value … desk word 'several words'` as a shell would take it apart. */
function typed(line: string): Typed {
  const words = Array.from(line.matchAll(/(?:[^\s']|'[^']*')+/g), ([word]) => word.replaceAll("'", ''))
  const at = words.indexOf('desk')
  if (at < 0) throw new Error(`an example runs desk, not: ${line}`)
  return { env: Object.fromEntries(words.slice(0, at).map(pair)), args: words.slice(at + 1) }
}

const id = /\b(run|halt|release|approval|throttle|promote|hold|note)-[0-9a-hjkmnp-tv-z]{26}\b/g

/** One desk; what differs from machine to machine is replaced by its kind, and `release-<id>` in a command is the latest one seen. */
class Session {
  readonly #latest = new Map<string, string>()
  constructor(readonly desk: Desk) {}

  async play(block: string): Promise<string> {
    const shown: string[] = []
    for (const line of block.split('\n').filter((l) => l.startsWith('$ '))) {
      const { env, args } = typed(line.slice(2))
      if (env['DESK_NOW'] !== undefined) this.desk.at(env['DESK_NOW'])
      const real = args.map((word) =>
        word.replace(/\b([a-z]+)-<id>/g, (whole, kind: string) => this.#latest.get(kind) ?? whole),
      )
      const ran = await this.desk.run(real, { env })
      const out = `${ran.stdout}${ran.stderr}`
      for (const [name, kind] of out.matchAll(id)) this.#latest.set(kind ?? '', name)
      const exit = ran.code === 0 ? '' : `[exit ${String(ran.code ?? ran.signal)}]\n`
      shown.push(`${line}\n${this.#normalised(out).trimEnd()}\n${exit}`)
    }
    return shown.join('\n')
  }

  #normalised(text: string): string {
    return text
      .replaceAll(this.desk.stateDir, '<state>')
      .replaceAll(this.desk.dir, '<home>')
      .replaceAll(`@${hostname()}`, '@<host>')
      .replace(id, '$1-<id>')
      .replace(/\b[0-9a-f]{64}\b/g, '<sha256>')
      .replace(/ +$/gm, '')
      .replace(/^\n+/, '')
  }
}

let desk: Desk
afterEach(() => {
  desk.remove()
})

describe('what the pages show is what the program says', () => {
  const withConsole = pages.filter((page) => examples('console').some((block) => block.page === page))
  it.each(withConsole)('%s', async (page) => {
    desk = new Desk()
    const session = new Session(desk)
    const played = new Map<number, string>()
    for (const block of examples('console', page)) {
      const text = await session.play(block.text)
      if (isUpdating()) played.set(block.line, text)
      else expect(text, `${placeOf(block)}: ${howToUpdate}`).toBe(block.text)
    }
    if (isUpdating()) rewriteFences(page, played)
  })
})
