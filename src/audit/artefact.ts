/** Content too large for a record, and the documents that runs pin: stored once, under the hash of what it is. */
import { utimesSync } from 'node:fs'
import { publishFile, replaceFile } from '../disk/publish.ts'
import { readRegularFile } from '../disk/read.ts'
import { disk as realDisk, type Disk } from '../disk/write.ts'
import { isErrno, writing } from './failure.ts'
import { artefactsDir } from './layout.ts'
import { sha256 } from '../model/sha256.ts'

const hash = /^[0-9a-f]{64}$/

/** Durable when it returns; answers the hash. `unique` distinguishes writers of the same content, e.g. a new id. Throws AuditUnwritable. */
export function putArtefact(stateDir: string, content: Uint8Array, unique: string, disk: Disk = realDisk): string {
  const name = sha256(content)
  const path = `${artefactsDir(stateDir)}/${name}`
  writing(path, () => {
    const state = markUsed(path)
    if (state === 'absent') publishFile(path, content, unique, disk)
    else if (state === 'of-others') replaceFile(path, content, unique, disk)
  })
  return name
}

/**
 * Whoever takes away what is no longer needed looks at the time of the file, so that content which is about to be named by a new record
 * stays. Only its owner may set that; others put their own copy in its place.
 */
function markUsed(path: string): 'marked' | 'absent' | 'of-others' {
  const now = new Date() // by the clock of file systems, whatever the desk's clock says
  try {
    utimesSync(path, now, now)
    return 'marked'
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 'absent'
    if (isErrno(error, 'EPERM') || isErrno(error, 'EACCES')) return 'of-others'
    throw error
  }
}

/** Where an artefact lies while it is being taken away. */
export const asideOf = (name: string): string => `.${name}.going`

/** The name of the artefact that lies aside under this name. */
export const hashAside = (name: string): string | undefined => /^\.(.+)\.going$/.exec(name)?.[1]

export type Artefact =
  | { readonly kind: 'content'; readonly content: Buffer }
  | { readonly kind: 'missing' }
  /** What lies there is not what was stored. */
  | { readonly kind: 'changed' }

/** Throws the system's error where the file is there and cannot be read. */
export function getArtefact(stateDir: string, name: string): Artefact {
  if (!hash.test(name)) return { kind: 'missing' }
  for (const file of [name, asideOf(name), name]) {
    try {
      const content = readRegularFile(`${artefactsDir(stateDir)}/${file}`)
      return sha256(content) === name ? { kind: 'content', content } : { kind: 'changed' }
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error
    }
  }
  return { kind: 'missing' }
}
