/**
 * A disk in memory, on which product code runs, and which remembers every call that changes it. Paths below its root lie here; all
 * others are the machine's own. What it does not know it refuses, so that nothing is taken for written that was not.
 */
import type * as Fs from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Op } from './recording.ts'
import { Recording } from './recording.ts'
import type { Inode, Tree } from './recording.ts'

interface FileNode {
  readonly kind: 'file'
  readonly inode: Inode
  readonly isRecorded: boolean
  bytes: Buffer
}
type Node = FileNode | { readonly kind: 'directory' }
interface Open {
  readonly path: string
  readonly node: Node
  readonly appends: boolean
  at: number
}

/** A lock names a process, which a crash has ended; that those of the dead are taken over is shown elsewhere. */
const isLock = (path: string): boolean => path.includes('/locks/')
const directory: Node = { kind: 'directory' }
const none = Buffer.alloc(0)
const firstFd = 1_000_000

export class MemoryDisk {
  readonly root = '/memory-disk'
  #nodes = new Map<string, Node>([[this.root, directory]])
  readonly #open = new Map<number, Open>()
  #lastFd = firstFd
  #lastInode = 0
  #ops: Op[] | undefined
  #recorded = this.root

  /** `node:fs`, with everything below the root here. */
  wrap(fs: typeof Fs): typeof Fs {
    const here = (path: unknown): path is string =>
      typeof path === 'string' && (path === this.root || path.startsWith(`${this.root}/`))
    const own = this.#calls()
    const wrapped: Record<string, unknown> = { ...fs }
    for (const [name, call] of Object.entries(own)) {
      const real: unknown = Reflect.get(fs, name)
      wrapped[name] = (first: unknown, ...rest: readonly unknown[]): unknown =>
        here(first) || (typeof first === 'number' && first > firstFd)
          ? apply(call, [first, ...rest])
          : apply(real, [first, ...rest])
    }
    for (const [name, real] of Object.entries(fs)) {
      if (typeof real !== 'function' || !name.endsWith('Sync') || name in own) continue
      wrapped[name] = (...args: readonly unknown[]): unknown => {
        if (args.some(here)) throw new Error(`${name} is not known to this disk`)
        return apply(real, args)
      }
    }
    return wrapped as typeof Fs
  }

  /** From here on, below this directory; what lies there now is taken for synced. */
  start(dir: string): void {
    this.#recorded = dir
    const ops: Op[] = []
    for (const [path, node] of this.#nodes)
      if (path.startsWith(`${dir}/`) && !isLock(path)) {
        if (node.kind === 'directory') ops.push({ kind: 'name', path, is: node }, { kind: 'sync-names', dir: path })
        else
          ops.push(
            { kind: 'name', path, is: { kind: 'file', inode: node.inode } },
            { kind: 'content', inode: node.inode, bytes: node.bytes },
            { kind: 'sync-content', inode: node.inode },
          )
      }
    for (const above of new Set(ops.flatMap((op) => (op.kind === 'name' ? [dirname(op.path)] : []))))
      ops.push({ kind: 'sync-names', dir: above })
    ops.push({ kind: 'note', text: 'start' })
    this.#ops = ops
  }
  /** Marks a moment, such as "the caller was told that it is done". */
  note(text: string): void {
    this.#ops?.push({ kind: 'note', text })
  }
  stop(): Recording {
    const recording = new Recording(this.#recorded, this.#ops ?? [])
    this.#ops = undefined
    return recording
  }

  /** Puts a tree in the place of everything. */
  load(tree: Tree): void {
    this.#nodes = new Map<string, Node>([[this.root, directory]])
    for (let above = dirname(this.#recorded); above.length > this.root.length; above = dirname(above))
      this.#nodes.set(above, directory)
    this.#nodes.set(this.#recorded, directory)
    for (const [path, is] of tree) this.#nodes.set(path, is === 'directory' ? directory : this.#newFile(path, is))
  }

  #calls(): Record<string, (...args: never[]) => unknown> {
    return { ...this.#reads(), ...this.#writes(), ...this.#moves() }
  }

  #reads(): Record<string, (...args: never[]) => unknown> {
    const stat = (node: Node): unknown => ({
      mode: node.kind === 'file' ? 0o100600 : 0o40700,
      size: node.kind === 'file' ? node.bytes.length : 0,
      isFile: () => node.kind === 'file',
      isDirectory: () => node.kind === 'directory',
      isSymbolicLink: () => false,
    })
    const lstatSync = (path: string): unknown => stat(this.#at(path, 'lstat'))
    return {
      existsSync: (path: string) => this.#nodes.has(path),
      lstatSync,
      statSync: lstatSync,
      fstatSync: (fd: number) => stat(this.#opened(fd).node),
      readFileSync: (file: string | number, options?: Fs.EncodingOption) => {
        const bytes = typeof file === 'number' ? contentOf(this.#opened(file).node) : this.#file(file, 'read').bytes
        const encoding = typeof options === 'string' ? options : options?.encoding
        return typeof encoding === 'string' ? bytes.toString(encoding) : Buffer.from(bytes)
      },
      readSync: (fd: number, into: Buffer, offset: number, length: number, position: number | null) => {
        const open = this.#opened(fd)
        const from = position ?? open.at
        const taken = contentOf(open.node).copy(into, offset, from, from + length)
        if (position === null) open.at += taken
        return taken
      },
      readdirSync: (path: string, options?: { readonly withFileTypes?: boolean }) => {
        if (this.#at(path, 'scandir').kind === 'file') throw failure('ENOTDIR', 'scandir', path)
        const names = [...this.#nodes].filter(([each]) => dirname(each) === path && each !== path)
        return options?.withFileTypes === true
          ? names.map(([each, { kind }]) => ({
              name: basename(each),
              isDirectory: () => kind === 'directory',
              isFile: () => kind === 'file',
            }))
          : names.map(([each]) => basename(each))
      },
    }
  }

  #writes(): Record<string, (...args: never[]) => unknown> {
    const write = (node: FileNode, bytes: Buffer): void => {
      node.bytes = bytes
      if (node.isRecorded) this.#ops?.push({ kind: 'content', inode: node.inode, bytes })
    }
    const openSync = (path: string, flags: string | number = 'r'): number => {
      const { creates, exclusive, empties, appends } = meaningOf(flags)
      let node = this.#nodes.get(path)
      if (node !== undefined && exclusive) throw failure('EEXIST', 'open', path)
      if (node === undefined) {
        if (!creates) throw failure('ENOENT', 'open', path)
        this.#above(path, 'open')
        node = this.#newFile(path, none)
        this.#name(path, node)
      } else if (empties && node.kind === 'file') write(node, none)
      this.#open.set(++this.#lastFd, { path, node, appends, at: 0 })
      return this.#lastFd
    }
    const writeSync = (fd: number, bytes: string | Uint8Array): number => {
      const open = this.#opened(fd)
      if (open.node.kind !== 'file') throw failure('EISDIR', 'write', open.path)
      const before = open.node.bytes
      const taken = Buffer.from(bytes)
      const at = open.appends ? before.length : open.at
      write(open.node, Buffer.concat([before.subarray(0, at), taken, before.subarray(at + taken.length)]))
      open.at = at + taken.length
      return taken.length
    }
    const closeSync = (fd: number): void => void this.#open.delete(fd)
    const synced = (fd: number): void => {
      const { node, path } = this.#opened(fd)
      this.#ops?.push(
        node.kind === 'file' ? { kind: 'sync-content', inode: node.inode } : { kind: 'sync-names', dir: path },
      )
    }
    return {
      openSync,
      closeSync,
      writeSync,
      writeFileSync: (file: string | number, data: string | Uint8Array) => {
        const fd = typeof file === 'number' ? file : openSync(file, 'w')
        writeSync(fd, data)
        if (typeof file === 'string') closeSync(fd)
      },
      fsyncSync: synced,
      fdatasyncSync: synced,
      chmodSync: () => undefined,
      fchmodSync: () => undefined,
    }
  }

  #moves(): Record<string, (...args: never[]) => unknown> {
    const remove = (path: string): void => {
      this.#nodes.delete(path)
      if (!isLock(path)) this.#ops?.push({ kind: 'name', path, is: undefined })
    }
    const below = (path: string): readonly string[] =>
      [...this.#nodes.keys()].filter((each) => each.startsWith(`${path}/`))
    const mkdirSync = (path: string, options?: { readonly recursive?: boolean }): void => {
      if (this.#nodes.has(path)) {
        if (options?.recursive === true) return
        throw failure('EEXIST', 'mkdir', path)
      }
      if (options?.recursive === true && !this.#nodes.has(dirname(path))) mkdirSync(dirname(path), options)
      this.#above(path, 'mkdir')
      this.#name(path, directory)
    }
    return {
      mkdirSync,
      mkdtempSync: (prefix: string) => {
        const path = `${prefix}${String(++this.#lastInode)}`
        mkdirSync(path)
        return path
      },
      renameSync: (from: string, to: string) => {
        const node = this.#at(from, 'rename')
        this.#above(to, 'rename')
        if (node.kind === 'file') {
          remove(from)
          this.#name(to, node)
          return
        }
        if (this.#ops !== undefined) throw new Error(`${from}: directories are not renamed while it is recorded`)
        if (below(to).length > 0) throw failure('ENOTEMPTY', 'rename', to)
        for (const path of [from, ...below(from)]) {
          const moved = this.#at(path, 'rename')
          this.#nodes.delete(path)
          this.#nodes.set(to + path.slice(from.length), moved)
        }
      },
      linkSync: (from: string, to: string) => {
        if (this.#nodes.has(to)) throw failure('EEXIST', 'link', to)
        this.#name(to, this.#file(from, 'link'))
      },
      unlinkSync: (path: string) => {
        if (this.#at(path, 'unlink').kind === 'directory') throw failure('EISDIR', 'unlink', path)
        remove(path)
      },
      rmdirSync: (path: string) => {
        if (this.#at(path, 'rmdir').kind === 'file') throw failure('ENOTDIR', 'rmdir', path)
        if (below(path).length > 0) throw failure('ENOTEMPTY', 'rmdir', path)
        remove(path)
      },
      rmSync: (path: string) => {
        for (const each of [...below(path)].reverse()) remove(each)
        if (this.#nodes.has(path)) remove(path)
      },
    }
  }

  #newFile(path: string, bytes: Buffer): FileNode {
    return { kind: 'file', inode: ++this.#lastInode, isRecorded: !isLock(path), bytes }
  }
  #name(path: string, node: Node): void {
    this.#nodes.set(path, node)
    if (isLock(path)) return
    this.#ops?.push({ kind: 'name', path, is: node.kind === 'file' ? { kind: 'file', inode: node.inode } : node })
  }
  #above(path: string, syscall: string): void {
    const above = this.#nodes.get(dirname(path))
    if (above?.kind !== 'directory') throw failure(above === undefined ? 'ENOENT' : 'ENOTDIR', syscall, path)
  }
  #at(path: string, syscall: string): Node {
    const node = this.#nodes.get(path)
    if (node === undefined) throw failure('ENOENT', syscall, path)
    return node
  }
  #file(path: string, syscall: string): FileNode {
    const node = this.#at(path, syscall)
    if (node.kind === 'directory') throw failure('EISDIR', syscall, path)
    return node
  }
  #opened(fd: number): Open {
    const open = this.#open.get(fd)
    if (open === undefined) throw failure('EBADF', 'fd', String(fd))
    return open
  }
}

function apply(to: unknown, args: readonly unknown[]): unknown {
  if (typeof to !== 'function') throw new Error('node:fs has no such call')
  const answer: unknown = Reflect.apply(to, undefined, args)
  return answer
}

const contentOf = (node: Node): Buffer => (node.kind === 'file' ? node.bytes : none)

function meaningOf(flags: string | number): {
  readonly creates: boolean
  readonly exclusive: boolean
  readonly empties: boolean
  readonly appends: boolean
} {
  if (typeof flags === 'string') {
    if (!/^(r|wx?|ax?)$/.test(flags)) throw new Error(`open with ${flags} is not known to this disk`)
    return {
      creates: flags !== 'r',
      exclusive: flags.endsWith('x'),
      empties: flags.startsWith('w'),
      appends: flags.startsWith('a'),
    }
  }
  // As Linux numbers them.
  const [creates, exclusive, empties, appends] = [0o100, 0o200, 0o1000, 0o2000].map((bit) => (flags & bit) !== 0)
  return {
    creates: creates === true,
    exclusive: exclusive === true,
    empties: empties === true,
    appends: appends === true,
  }
}

const failure = (code: string, syscall: string, path: string): Error =>
  Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, syscall, path })
