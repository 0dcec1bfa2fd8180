/** Golden transcripts: what a person sees, word for word, with what differs from run to run replaced by its kind. */
import { hostname } from 'node:os'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import type { Desk, RunOptions } from './desk.ts'

const folder = join(import.meta.dirname, '..', 'transcripts')

/** Records `$ desk …` lines with what they print and their exit codes, and compares the whole with the file of that name. */
export class Transcript {
  #text = ''
  constructor(
    readonly name: string,
    readonly desk: Desk,
  ) {}

  async run(args: readonly string[], options: RunOptions = {}): Promise<number | null> {
    const ran = await this.desk.run(args, options)
    const quoted = args.map((a) => (/^[\w./:=,@+-]+$/.test(a) ? a : `'${a}'`)).join(' ')
    const env = Object.entries(options.env ?? {}).map(([k, v]) => `${k}=${v} `)
    this.#text += `$ ${env.join('')}desk ${quoted}\n${ran.stdout}${ran.stderr === '' ? '' : `--- stderr\n${ran.stderr}`}[exit ${String(ran.code ?? ran.signal)}]\n\n`
    return ran.code
  }

  /** Compares; with UPDATE_TRANSCRIPTS=1 (never in CI) writes anew, to be reviewed in the diff. */
  check(): void {
    const path = join(folder, `${this.name}.txt`)
    const text = this.#normalised()
    if (process.env['UPDATE_TRANSCRIPTS'] === '1') {
      if (process.env['CI'] === 'true') throw new Error('transcripts are never regenerated in CI')
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
    expect(text).toBe(existsSync(path) ? readFileSync(path, 'utf8') : '(no transcript yet)')
  }

  #normalised(): string {
    return this.#text
      .replaceAll(this.desk.stateDir, '<state>')
      .replaceAll(this.desk.dir, '<home>')
      .replaceAll(`@${hostname()}`, '@<host>')
      .replace(/\b(run|halt|release|approval|throttle|promote|hold|note)-[0-9a-hjkmnp-tv-z]{26}\b/g, '$1-<id>')
      .replace(/\b[0-9a-f]{64}\b/g, '<sha256>')
      .replace(/\b[0-9a-f]{40}\b/g, '<commit>')
      .replace(/^[A-Za-z0-9+/]{43}=$/gm, '<root>')
      .replace(/^(— \S+) [A-Za-z0-9+/]+=*$/gm, '$1 <signature>')
  }
}
