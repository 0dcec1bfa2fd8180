/**
 * What a power loss can leave behind. Every system call that changes a directory tree is recorded; from any point of the recording the
 * trees are made that a disk may show afterwards: each name and each content that was not synced may be there or be as it was before,
 * independently of all others. That is worse than any file system in use, which keeps at least some order.
 */
import type * as Fs from 'node:fs'
import { dirname, join, relative } from 'node:path'

type Inode = number
/** What a name stands for: a file, a directory, nothing. */
type Named = { readonly kind: 'file'; readonly inode: Inode } | { readonly kind: 'directory' } | undefined

type Op =
  | { readonly kind: 'name'; readonly path: string; readonly is: Named }
  | { readonly kind: 'content'; readonly inode: Inode; readonly bytes: Buffer }
  | { readonly kind: 'sync-names'; readonly dir: string }
  | { readonly kind: 'sync-content'; readonly inode: Inode }
  | { readonly kind: 'note'; readonly text: string }

/** A tree: names to contents, `directory` for directories. */
export type Tree = ReadonlyMap<string, Buffer | 'directory'>

export class Recorder {
  #root = ''
  #ops: Op[] = []
  readonly #open = new Map<number, string>()
  readonly #inodes = new Map<string, Inode>()
  #last = 0
  #fs: typeof Fs | undefined

  /** The functions of `node:fs` that change anything, recorded. */
  wrap(fs: typeof Fs): typeof Fs {
    this.#fs = fs
    const isIn = (path: unknown): path is string =>
      this.#root !== '' && typeof path === 'string' && (path === this.#root || path.startsWith(`${this.#root}/`))
    const wrapped = {
      ...fs,
      openSync: (path: string, flags?: string | number, mode?: number) => {
        const isNew = isIn(path) && !fs.existsSync(path)
        const fd = fs.openSync(path, flags ?? 'r', mode)
        if (!isIn(path)) return fd
        this.#open.set(fd, path)
        if (isNew) this.#name(path, { kind: 'file', inode: this.#newInode(path) })
        else if (flags === 'w') this.#content(path)
        return fd
      },
      closeSync: (fd: number) => {
        this.#open.delete(fd)
        fs.closeSync(fd)
      },
      writeSync: (fd: number, bytes: Uint8Array) => {
        const taken = fs.writeSync(fd, bytes)
        this.#content(this.#open.get(fd))
        return taken
      },
      writeFileSync: (file: number | string, data: string | Uint8Array, options?: Fs.WriteFileOptions) => {
        const isNew = isIn(file) && !fs.existsSync(file)
        fs.writeFileSync(file, data, options)
        const path = typeof file === 'number' ? this.#open.get(file) : isIn(file) ? file : undefined
        if (isNew && path !== undefined) this.#name(path, { kind: 'file', inode: this.#newInode(path) })
        this.#content(path)
      },
      fsyncSync: (fd: number) => {
        fs.fsyncSync(fd)
        this.#synced(fd)
      },
      fdatasyncSync: (fd: number) => {
        fs.fdatasyncSync(fd)
        this.#synced(fd)
      },
      renameSync: (from: string, to: string) => {
        fs.renameSync(from, to)
        if (!isIn(from)) return
        const inode = this.#inodes.get(from)
        this.#inodes.delete(from)
        this.#name(from, undefined)
        if (inode === undefined) throw new Error(`${from}: directories are not renamed while it is recorded`)
        this.#inodes.set(to, inode)
        this.#name(to, { kind: 'file', inode })
      },
      linkSync: (from: string, to: string) => {
        fs.linkSync(from, to)
        const inode = this.#inodes.get(from)
        if (inode === undefined) return
        this.#inodes.set(to, inode)
        this.#name(to, { kind: 'file', inode })
      },
      unlinkSync: (path: string) => {
        fs.unlinkSync(path)
        if (isIn(path)) this.#forget(path)
      },
      rmdirSync: (path: string) => {
        fs.rmdirSync(path)
        if (isIn(path)) this.#forget(path)
      },
      mkdirSync: (path: string, options?: Fs.MakeDirectoryOptions) => {
        fs.mkdirSync(path, options)
        if (isIn(path)) this.#name(path, { kind: 'directory' })
      },
    }
    return wrapped as typeof Fs
  }

  /** From here on; what lies there now is taken for synced. */
  start(root: string): void {
    const fs = this.#files()
    this.#ops = []
    this.#inodes.clear()
    this.#root = ''
    const add = (dir: string): void => {
      for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
        const path = join(dir, entry.name)
        if (entry.isDirectory()) {
          this.#name(path, { kind: 'directory' })
          add(path)
        } else {
          const inode = this.#newInode(path)
          this.#name(path, { kind: 'file', inode })
          this.#content(path)
          this.#ops.push({ kind: 'sync-content', inode })
        }
      }
      this.#ops.push({ kind: 'sync-names', dir })
    }
    add(root)
    this.#root = root
    this.note('start')
  }
  /** Marks a moment, such as "the caller was told that it is done". */
  note(text: string): void {
    this.#ops.push({ kind: 'note', text })
  }
  stop(): Recording {
    const recording = new Recording(this.#root, this.#ops)
    this.#root = ''
    return recording
  }

  #name(path: string, is: Named): void {
    this.#ops.push({ kind: 'name', path, is })
  }
  #forget(path: string): void {
    this.#inodes.delete(path)
    this.#name(path, undefined)
  }
  #content(path: string | undefined): void {
    const inode = path === undefined ? undefined : this.#inodes.get(path)
    if (path === undefined || inode === undefined) return
    this.#ops.push({ kind: 'content', inode, bytes: this.#files().readFileSync(path) })
  }
  #synced(fd: number): void {
    const path = this.#open.get(fd)
    const inode = path === undefined ? undefined : this.#inodes.get(path)
    if (inode !== undefined) this.#ops.push({ kind: 'sync-content', inode })
    else if (path !== undefined) this.#ops.push({ kind: 'sync-names', dir: path })
  }
  #newInode(path: string): Inode {
    this.#inodes.set(path, ++this.#last)
    return this.#last
  }
  #files(): typeof Fs {
    if (this.#fs === undefined) throw new Error('nothing is wrapped')
    return this.#fs
  }
}

export interface CrashState {
  /** After how many recorded calls. */
  readonly after: number
  /** The notes that had been made. */
  readonly notes: readonly string[]
  /** Nothing was lost: only the process died. */
  readonly isWhole: boolean
  readonly tree: Tree
}

export class Recording {
  readonly #root: string
  readonly #ops: readonly Op[]
  constructor(root: string, ops: readonly Op[]) {
    this.#root = root
    this.#ops = ops
  }

  /** Every tree that can be found after every call since the start; where there are too many, `most` of a point, spread over all of them. */
  *states(most: number): Generator<CrashState> {
    const names = new Map<string, Named[]>()
    const contents = new Map<Inode, Buffer[]>()
    const notes: string[] = []
    const seen = new Set<string>()
    for (const [after, op] of this.#ops.entries()) {
      if (op.kind === 'name') names.set(op.path, [...(names.get(op.path) ?? [undefined]), op.is])
      else if (op.kind === 'content')
        contents.set(op.inode, [...(contents.get(op.inode) ?? [Buffer.alloc(0)]), op.bytes])
      else if (op.kind === 'sync-content') keepLast(contents, op.inode)
      else if (op.kind === 'note') notes.push(op.text)
      else for (const path of names.keys()) if (dirname(path) === op.dir) keepLast(names, path)
      if (notes.length === 0) continue
      for (const { choice, isWhole } of choicesOf(names, contents, most)) {
        const tree = this.#treeOf(names, contents, choice)
        const key = `${String(notes.length)} ${String(isWhole)} ${keyOf(tree)}`
        if (seen.has(key)) continue
        seen.add(key)
        yield { after, notes: [...notes], isWhole, tree }
      }
    }
  }

  #treeOf(
    names: ReadonlyMap<string, readonly Named[]>,
    contents: ReadonlyMap<Inode, readonly Buffer[]>,
    choice: ReadonlyMap<string | Inode, number>,
  ): Tree {
    const tree = new Map<string, Buffer | 'directory'>()
    const is = (path: string): Named => names.get(path)?.[choice.get(path) ?? 0]
    for (const path of [...names.keys()].sort()) {
      const named = is(path)
      const above = dirname(path)
      if (named === undefined || (above !== this.#root && is(above)?.kind !== 'directory')) continue
      const versions = named.kind === 'file' ? (contents.get(named.inode) ?? []) : []
      tree.set(
        relative(this.#root, path),
        named.kind === 'directory' ? 'directory' : (versions[choice.get(named.inode) ?? 0] ?? Buffer.alloc(0)),
      )
    }
    return tree
  }
}

function keepLast<K, V>(of: Map<K, V[]>, key: K): void {
  const versions = of.get(key)
  if (versions !== undefined) of.set(key, versions.slice(-1))
}

interface Choice {
  readonly choice: ReadonlyMap<string | Inode, number>
  readonly isWhole: boolean
}
function* choicesOf(
  names: ReadonlyMap<string, readonly unknown[]>,
  contents: ReadonlyMap<Inode, readonly unknown[]>,
  most: number,
): Generator<Choice> {
  const all = [...names, ...contents].map(([key, versions]) => [key, versions.length] as const)
  const total = all.reduce((product, [, count]) => product * count, 1)
  const step = Math.max(1, Math.floor(total / most))
  // The last choice of all is that nothing is lost; the first one, that everything is.
  for (let i = 0; i < total; i += step) yield { choice: nth(all, i), isWhole: total === 1 || i === total - 1 }
  if ((total - 1) % step !== 0) yield { choice: nth(all, total - 1), isWhole: true }
}
function nth(all: readonly (readonly [string | Inode, number])[], index: number): ReadonlyMap<string | Inode, number> {
  let rest = index
  return new Map(
    all.map(([key, count]) => {
      const at = rest % count
      rest = Math.floor(rest / count)
      return [key, at]
    }),
  )
}
const keyOf = (tree: Tree): string =>
  [...tree].map(([path, is]) => `${path}:${is === 'directory' ? 'd' : is.toString('base64')}`).join('\n')
