/** Content too large for a record, and the documents that runs pin: stored once, under the hash of what it is. */
import { readRegularFile } from '../disk/read.ts'
import { publishFile } from '../disk/publish.ts'
import { disk as realDisk, type Disk } from '../disk/write.ts'
import { isErrno, writing } from './failure.ts'
import { artefactsDir } from './layout.ts'
import { sha256 } from './record.ts'

const hash = /^[0-9a-f]{64}$/

/** Durable when it returns; answers the hash. `unique` distinguishes writers of the same content, e.g. a new id. Throws AuditUnwritable. */
export function putArtefact(stateDir: string, content: Uint8Array, unique: string, disk: Disk = realDisk): string {
  const name = sha256(content)
  const path = `${artefactsDir(stateDir)}/${name}`
  writing(path, () => {
    publishFile(path, content, unique, disk)
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
    const content = readRegularFile(`${artefactsDir(stateDir)}/${name}`)
    return sha256(content) === name ? { kind: 'content', content } : { kind: 'changed' }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { kind: 'missing' }
    throw error
  }
}
