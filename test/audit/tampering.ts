/** Everything that can be done to a sample log without its key, one thing after the other; each must be found, with its place. */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { Report } from '../../src/audit/verify.ts'
import { sample, type Sample } from './sample-log.ts'

export interface Tampered {
  readonly tried: number
  /** What was not found, or not in its place. */
  readonly missed: readonly string[]
}

const folders = ['segments', 'ledger', 'checkpoints', 'artefacts'] as const
type Folder = (typeof folders)[number]

class Tampering {
  tried = 0
  readonly missed: string[] = []
  readonly log: Sample = sample()

  /** `isFound` looks at the report of the log as `act` leaves it; then everything is as before. */
  attempt(what: string, paths: readonly string[], act: () => void, isFound: (report: Report) => boolean): void {
    const before = paths.map((path) => readFileSync(path))
    act()
    this.tried++
    const report = this.log.check()
    if (report.ok || !isFound(report)) this.missed.push(what)
    for (const [i, path] of paths.entries()) writeFileSync(path, before[i] ?? '')
  }

  files(folder: Folder): readonly { readonly name: string; readonly path: string; readonly content: Buffer }[] {
    const dir = `${this.log.stateDir}/audit/${folder}`
    return readdirSync(dir)
      .sort()
      .map((name) => ({ name, path: `${dir}/${name}`, content: readFileSync(`${dir}/${name}`) }))
  }
}

/** Of every `stride`-th byte the bits of `masks`, one at a time. */
export function changeBytes(stride: number, masks: readonly number[]): Tampered {
  const t = new Tampering()
  for (const folder of folders) {
    for (const { name, path, content } of t.files(folder)) {
      for (let at = 0; at < content.length; at += stride) {
        for (const mask of masks) {
          const changed = Buffer.from(content)
          changed[at] = (content[at] ?? 0) ^ mask
          const what = `${folder}/${name}, byte ${String(at)} ^ ${String(mask)}`
          t.attempt(
            what,
            [path],
            () => {
              writeFileSync(path, changed)
            },
            placed(t.log, folder, name, content, at),
          )
        }
      }
    }
  }
  return t
}

function placed(log: Sample, folder: Folder, name: string, content: Buffer, at: number): (report: Report) => boolean {
  const line = content.subarray(0, at).toString('latin1').split('\n').length
  return ({ problems }) => {
    const [first] = problems
    switch (folder) {
      case 'segments':
        return first?.segment === name && first.line === line && first.seq === line - 1
      case 'ledger':
        // A newline belongs to both lines that it keeps apart.
        return problems.some(
          (p) => p.segment === `ledger/${name}` && Math.abs(p.line - line) <= (content[at] === 10 ? 1 : 0),
        )
      case 'checkpoints':
        return first?.segment === `checkpoints/${name}` && first.code === 'checkpoint-invalid'
      case 'artefacts':
        return first?.segment === log.closed.name && first.seq === 1 && first.code === 'artefact-changed'
    }
  }
}

/** Each record of each segment deleted, repeated in every place, and exchanged with every other one. */
export function moveRecords(): Tampered {
  const t = new Tampering()
  for (const { name, path, content } of t.files('segments')) {
    const lines = content.toString('utf8').split('\n').slice(0, -1)
    const put = (what: string, changed: readonly string[]): void => {
      const first = changed.findIndex((line, i) => line !== lines[i])
      const seq = first < 0 ? changed.length : first
      t.attempt(
        `${name}: ${what}`,
        [path],
        () => {
          writeFileSync(path, changed.map((line) => `${line}\n`).join(''))
        },
        ({ problems }) => problems.some((p) => p.segment === name && p.seq === seq),
      )
    }
    for (const [i, line] of lines.entries()) {
      put(
        `record ${String(i)} deleted`,
        lines.filter((_, n) => n !== i),
      )
      for (let to = 0; to <= lines.length; to++)
        put(`record ${String(i)} again at ${String(to)}`, [...lines.slice(0, to), line, ...lines.slice(to)])
      for (let other = i + 1; other < lines.length; other++)
        put(`records ${String(i)} and ${String(other)} exchanged`, exchanged(lines, i, other))
    }
  }
  return t
}

/** Each segment deleted, put in the place of each other, and exchanged with it. */
export function moveSegments(): Tampered {
  const t = new Tampering()
  const files = t.files('segments')
  for (const one of files) {
    const names = (report: Report): boolean => report.problems.some((p) => p.segment === one.name)
    t.attempt(
      `${one.name} deleted`,
      [one.path],
      () => {
        rmSync(one.path)
      },
      names,
    )
    for (const other of files) {
      if (other === one) continue
      t.attempt(
        `${other.name} as ${one.name}`,
        [one.path],
        () => {
          writeFileSync(one.path, other.content)
        },
        names,
      )
      const both = [one.path, other.path]
      t.attempt(
        `${one.name} and ${other.name} exchanged`,
        both,
        () => {
          writeFileSync(one.path, other.content)
          writeFileSync(other.path, one.content)
        },
        names,
      )
    }
  }
  return t
}

/** Each line of the ledger deleted, repeated, and exchanged with each other one. */
export function moveLedgerLines(): Tampered {
  const t = new Tampering()
  for (const { name, path, content } of t.files('ledger')) {
    const lines = content
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
    const put = (what: string, changed: readonly string[]): void => {
      t.attempt(
        `ledger: ${what}`,
        [path],
        () => {
          writeFileSync(path, changed.map((line) => `\n${line}\n`).join(''))
        },
        ({ problems }) => problems.some((p) => p.segment === `ledger/${name}`),
      )
    }
    for (const [i, line] of lines.entries()) {
      put(
        `line ${String(i)} deleted`,
        lines.filter((_, n) => n !== i),
      )
      // Behind the anchor a repetition changes nothing that is signed, and says nothing new.
      for (let to = 0; to < lines.length; to++)
        if (lines[to] !== line)
          put(`line ${String(i)} again at ${String(to)}`, [...lines.slice(0, to), line, ...lines.slice(to)])
      for (let other = i + 1; other < lines.length; other++)
        put(`lines ${String(i)} and ${String(other)} exchanged`, exchanged(lines, i, other))
    }
  }
  return t
}

/** Every `stride`-th length of every segment and of the ledger, all of which an anchor vouches for. */
export function truncate(stride: number): Tampered {
  const t = new Tampering()
  for (const folder of ['segments', 'ledger'] as const) {
    for (const { name, path, content } of t.files(folder)) {
      const file = folder === 'ledger' ? `ledger/${name}` : name
      // The ledger's last newline only keeps the next line apart.
      const longest = folder === 'ledger' ? content.length - 2 : content.length - 1
      for (let length = longest; length >= 0; length -= stride) {
        t.attempt(
          `${file} cut to ${String(length)} bytes`,
          [path],
          () => {
            writeFileSync(path, content.subarray(0, length))
          },
          ({ problems }) => problems.some((p) => p.segment === file || (folder === 'ledger' && p.segment === 'ledger')),
        )
      }
    }
  }
  return t
}

function exchanged(lines: readonly string[], a: number, b: number): readonly string[] {
  const [one = '', other = ''] = [lines[a], lines[b]]
  return lines.map((line, i) => (i === a ? other : i === b ? one : line))
}
