/** A set of configuration files in memory, and its hash. */
import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { messageOf, PaperFailure } from '../failure.ts'

/** Path inside the repository -> content. */
export type Files = ReadonlyMap<string, string>

export const strategyFile = 'strategy/config.yml'
export const limitsFile = 'risk/limits.yml'
export const builderFile = 'orders/builder.yml'

/** One hash over paths and contents, whatever their order. */
export function hashFiles(files: Files): string {
  const hash = createHash('sha256')
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${path}\0${String(Buffer.byteLength(text))}\0${text}`)
  }
  return hash.digest('hex')
}

/** Paths whose content differs or that only one of both has. */
export const changedPaths = (a: Files, b: Files): string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path)).sort()

/** Every file below a directory. Throws PaperFailure where one cannot be read. */
export function readTree(dir: string): Files {
  try {
    const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory())
    return new Map(
      entries.map((entry) => {
        const file = join(entry.parentPath, entry.name)
        return [relative(dir, file), readFileSync(file, 'utf8')]
      }),
    )
  } catch (error) {
    throw new PaperFailure('paper-disk', `the files in ${dir} cannot be read: ${messageOf(error)}`)
  }
}

/** Writes and syncs every file. */
export function writeTree(dir: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  for (const [path, content] of files) {
    const file = join(dir, path)
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const fd = openSync(file, 'w', 0o600)
    try {
      writeFileSync(fd, content)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  }
}
