/**
 * Git's objects as it keeps them: deflated, one file each, named by their SHA-1. A process per question costs more than all that it
 * answers, so what lies there one by one is read as it is; what git has packed is asked of git.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getBuiltinModule } from 'node:process'
import type * as Zlib from 'node:zlib'
import { codeOf, messageOf, PaperFailure } from '../failure.ts'
import type { Files } from './files.ts'

export type ObjectKind = 'blob' | 'tree' | 'commit'

interface GitObject {
  readonly kind: string
  readonly body: Buffer
}

const idPattern = /^[0-9a-f]{40}$/
export const isObjectId = (text: string): boolean => idPattern.test(text)

const nul = Buffer.from('\0')
const idBytes = 20
const pathOf = (id: string): string => `objects/${id.slice(0, 2)}/${id.slice(2)}`
/** Most commands neither pack nor unpack anything. */
const zlib = (): typeof Zlib => getBuiltinModule('node:zlib')
const sha1 = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest()

/** Objects that are to be written, by their path in the git directory. */
export class NewObjects {
  readonly files = new Map<string, Uint8Array>()

  /** Answers the id. */
  add(kind: ObjectKind, body: string | Uint8Array): string {
    const bytes = Buffer.from(body)
    const whole = Buffer.concat([Buffer.from(`${kind} ${String(bytes.length)}\0`), bytes])
    const id = sha1(whole).toString('hex')
    this.files.set(pathOf(id), zlib().deflateSync(whole))
    return id
  }

  /** A tree of the files with everything below it. */
  addTree(files: Files): string {
    const entries = new Map<string, Buffer>()
    const below = new Map<string, Map<string, string>>()
    for (const [path, text] of files) {
      const slash = path.indexOf('/')
      const name = path.slice(0, slash)
      if (slash < 0) entries.set(path, entryOf('100644', path, this.add('blob', text)))
      else below.set(name, new Map(below.get(name)).set(path.slice(slash + 1), text))
    }
    // Git sorts a directory as if its name ended in a slash.
    for (const [name, own] of below) entries.set(`${name}/`, entryOf('40000', name, this.addTree(own)))
    const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
    return this.add('tree', Buffer.concat(sorted.map(([, entry]) => entry)))
  }
}

const entryOf = (mode: string, name: string, id: string): Buffer =>
  Buffer.concat([Buffer.from(`${mode} ${name}`), nul, Buffer.from(id, 'hex')])

/** Git's index of files that it has not looked at yet: it compares each by its content when it does. */
export function indexOf(files: Files): Uint8Array {
  const blobs = new NewObjects()
  const entries = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => {
      const name = Buffer.from(path)
      const fixed = Buffer.alloc(62)
      fixed.writeUInt32BE(0o100644, 24)
      fixed.write(blobs.add('blob', text), 40, 'hex')
      fixed.writeUInt16BE(name.length, 60)
      // Ends in one to eight zeros, at a multiple of eight.
      return Buffer.concat([fixed, name, Buffer.alloc(8 - ((fixed.length + name.length) % 8))])
    })
  const head = Buffer.from('DIRC\0\0\0\x02\0\0\0\0', 'latin1')
  head.writeUInt32BE(entries.length, 8)
  const bytes = Buffer.concat([head, ...entries])
  return Buffer.concat([bytes, sha1(bytes)])
}

/** Undefined where it does not lie there by itself. Throws PaperFailure where it is not what its name says. */
export function readObject(gitDir: string, id: string): GitObject | undefined {
  let stored: Buffer
  try {
    stored = readFileSync(join(gitDir, pathOf(id)))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new PaperFailure('paper-disk', `the object ${id} cannot be read: ${messageOf(error)}`)
  }
  const whole = inflated(stored)
  if (whole === undefined || sha1(whole).toString('hex') !== id)
    throw new PaperFailure('paper-git', `the object ${id} is damaged`)
  const end = whole.indexOf(nul)
  const kind = whole.subarray(0, end).toString().split(' ')[0] ?? ''
  return { kind, body: whole.subarray(end + 1) }
}

function inflated(bytes: Uint8Array): Buffer | undefined {
  try {
    return zlib().inflateSync(bytes)
  } catch {
    return undefined
  }
}

/** Every file of a commit or tree; undefined where some of it does not lie there by itself. */
export function readFilesOf(gitDir: string, id: string): Files | undefined {
  const found = readObject(gitDir, id)
  if (found?.kind !== 'commit') return found?.kind === 'tree' ? readTreeOf(gitDir, found.body) : undefined
  const tree = /^tree ([0-9a-f]{40})\n/.exec(found.body.toString())?.[1]
  return tree === undefined ? undefined : readFilesOf(gitDir, tree)
}

function readTreeOf(gitDir: string, body: Buffer): Files | undefined {
  const files = new Map<string, string>()
  for (let at = 0; at < body.length;) {
    const end = body.indexOf(nul, at)
    const [mode = '', ...name] = body.subarray(at, end).toString().split(' ')
    at = end + 1 + idBytes
    const path = name.join(' ')
    const found = readObject(gitDir, body.subarray(end + 1, at).toString('hex'))
    if (found?.kind === 'blob' && mode.startsWith('100')) files.set(path, found.body.toString())
    else {
      const below = found?.kind === 'tree' ? readTreeOf(gitDir, found.body) : undefined
      if (below === undefined) return undefined
      for (const [rest, text] of below) files.set(`${path}/${rest}`, text)
    }
  }
  return files
}
