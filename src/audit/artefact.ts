/** Content too large for a record, and the documents that runs pin: stored once, under the hash of what it is. */
import { closeSync, linkSync, existsSync, fsyncSync, readFileSync, unlinkSync } from 'node:fs'
import { createFile, ensureDirectory, syncDirectory } from '../disk/directory.ts'
import { disk as realDisk, writeAll, type Disk } from '../disk/write.ts'
import { isErrno, writing } from './failure.ts'
import { artefactsDir } from './layout.ts'
import { sha256 } from './record.ts'

const hash = /^[0-9a-f]{64}$/

/** Durable when it returns; answers the hash. `unique` distinguishes writers of the same content, e.g. a new id. Throws AuditUnwritable. */
export function putArtefact(stateDir: string, content: Uint8Array, unique: string, disk: Disk = realDisk): string {
  const name = sha256(content)
  const dir = artefactsDir(stateDir)
  const path = `${dir}/${name}`
  writing(path, () => {
    if (existsSync(path)) return
    ensureDirectory(dir)
    // Under its final name the file is complete from the first moment: a crash must not leave half a document under a whole hash.
    const draft = `${dir}/.${name}.${unique}`
    const fd = createFile(draft, 'wx')
    try {
      writeAll(disk, fd, content)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    try {
      linkSync(draft, path)
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error
    }
    unlinkSync(draft)
    syncDirectory(dir)
  })
  return name
}

export type Artefact =
  | { readonly kind: 'content'; readonly content: Buffer }
  | { readonly kind: 'missing' }
  /** What lies there is not what was stored. */
  | { readonly kind: 'changed' }

/** Throws the system's error where the file is there and cannot be read. */
export function getArtefact(stateDir: string, name: string): Artefact {
  if (!hash.test(name)) return { kind: 'missing' }
  try {
    const content = readFileSync(`${artefactsDir(stateDir)}/${name}`)
    return sha256(content) === name ? { kind: 'content', content } : { kind: 'changed' }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { kind: 'missing' }
    throw error
  }
}
