/**
 * Proofs of a desk's own documents, kept beside its state, so that a walk does not compile again what has not changed. They lie under the
 * hash of everything that they were made of: the program, and each document that the desk sees. Whatever differs is another name, and is
 * compiled. Nothing depends on them: what cannot be read, is torn, or could have been written by another user counts as not there.
 */
import { closeSync, fstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRegularFile } from '../disk/read.ts'
import { readProofs, writeProofs } from '../plan/proof-lines.ts'
import type { ProvedDocument } from '../plan/proved.ts'
import type { SourceFile } from '../source/file.ts'
import { sha256 } from '../model/sha256.ts'

/** Hash of the sources that this program was built from; not defined where it runs from them. */
declare const DESK_SOURCES: string

const folderOf = (stateDir: string): string => join(stateDir, 'compiled')
const digestBytes = 64

/** Undefined where the program is not built. Only folder and name of a path count, as for the compiler. */
export function keyOf(files: readonly SourceFile[]): string | undefined {
  if (typeof DESK_SOURCES === 'undefined') return undefined
  const seen = files.map(({ path, text }) => [path.split('/').slice(-2).join('/'), sha256(text)])
  return sha256(JSON.stringify([DESK_SOURCES, seen]))
}

/** Empty where none are kept. */
export function keptProofs(stateDir: string, key: string): readonly ProvedDocument[] {
  const bytes = readOwn(join(folderOf(stateDir), `${key}.ndjson`))
  if (bytes === undefined) return []
  const proofs = bytes.subarray(digestBytes + 1)
  if (bytes.toString('latin1', 0, digestBytes) !== sha256(proofs)) return []
  const end = proofs.indexOf('\n')
  return readProofs(proofs.toString('utf8', 0, end), (start, length) =>
    proofs.subarray(end + 1 + start, end + 1 + start + length),
  )
}

/** Those of other documents go. Without room or permission nothing is kept. */
export function keepProofs(stateDir: string, key: string, documents: readonly ProvedDocument[]): void {
  const folder = folderOf(stateDir)
  const name = `${key}.ndjson`
  const { list, graphs } = writeProofs(documents)
  const proofs = `${list}\n${graphs}`
  const unfinished = join(folder, `${name}.${String(process.pid)}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(unfinished, `${sha256(proofs)}\n${proofs}`, { mode: 0o600, flag: 'wx' })
    renameSync(unfinished, join(folder, name))
    for (const other of readdirSync(folder)) if (other !== name) rmSync(join(folder, other), { force: true })
  } catch {
    removeQuietly(unfinished)
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // The next walk that keeps anything removes it.
  }
}

/** What others may write to is not read: a graph decides what is done. */
function readOwn(path: string): Buffer | undefined {
  try {
    const file = openRegularFile(path)
    try {
      const { mode, uid } = fstatSync(file)
      return uid === process.getuid?.() && (mode & 0o022) === 0 ? readFileSync(file) : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}
