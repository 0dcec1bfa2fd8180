/**
 * What a power loss can leave behind. From any point of a recording the trees are made that a disk may show afterwards: each name and each
 * content that was not synced may be there or be as it was before, independently of all others, and what was being written may be there in
 * part, or as zeros. That is worse than any file system in use, which keeps at least some order.
 */
import { dirname } from 'node:path'

export type Inode = number
/** What a name stands for: a file, a directory, nothing. */
export type Named = { readonly kind: 'file'; readonly inode: Inode } | { readonly kind: 'directory' } | undefined

export type Op =
  | { readonly kind: 'name'; readonly path: string; readonly is: Named }
  | { readonly kind: 'content'; readonly inode: Inode; readonly bytes: Buffer }
  | { readonly kind: 'sync-names'; readonly dir: string }
  | { readonly kind: 'sync-content'; readonly inode: Inode }
  | { readonly kind: 'note'; readonly text: string }

/** A tree: absolute names to contents, `directory` for directories; what is above comes first. */
export type Tree = ReadonlyMap<string, Buffer | 'directory'>

export interface CrashState {
  /** After how many recorded calls. */
  readonly after: number
  /** The notes that had been made. */
  readonly notes: readonly string[]
  /** Nothing was lost: only the process died, if need be in the middle of a write. */
  readonly isWhole: boolean
  readonly tree: Tree
}

/** What may be left of a content that was not synced. */
interface Left {
  readonly bytes: Buffer
  /** What a process that dies can leave as well. */
  readonly isProcess: boolean
}

export interface Extent {
  /** Cuts of what was being written: at so many places at most; 0: writes are there or not. */
  readonly cuts: number
  /** States of one point at most; where there are more, as many as this, spread evenly over all of them. */
  readonly most: number
}

export class Recording {
  readonly #root: string
  readonly #ops: readonly Op[]
  /** How many there were, tried or not. */
  possible = 0
  constructor(root: string, ops: readonly Op[]) {
    this.#root = root
    this.#ops = ops
  }

  /** Every tree that can be found after every call since the start, each once per point at which it becomes possible. */
  *states({ cuts, most }: Extent): Generator<CrashState> {
    const names = new Map<string, Named[]>()
    const contents = new Map<Inode, Left[]>()
    const notes: string[] = []
    for (const [after, op] of this.#ops.entries()) {
      let fresh: readonly (Named | Left)[] | undefined
      if (op.kind === 'name') fresh = [put(names, op.path, [undefined], op.is)]
      else if (op.kind === 'content') {
        const versions = contents.get(op.inode) ?? [{ bytes: Buffer.alloc(0), isProcess: true }]
        const before = versions.at(-1)?.bytes ?? Buffer.alloc(0)
        const now = [...tornOf(before, op.bytes, cuts), { bytes: op.bytes, isProcess: true }]
        contents.set(op.inode, [...versions, ...now])
        fresh = now
      } else if (op.kind === 'sync-content') keepLast(contents, op.inode)
      else if (op.kind === 'sync-names') {
        for (const path of names.keys()) if (dirname(path) === op.dir) keepLast(names, path)
      } else notes.push(op.text)
      if (notes.length === 0 || (fresh === undefined && op.kind !== 'note')) continue
      // A sync takes states away; a note tells more of each of them; a change adds those in which it took place.
      yield* this.#statesAt(after, notes, names, contents, op, fresh, most)
    }
  }

  *#statesAt(
    after: number,
    notes: readonly string[],
    names: ReadonlyMap<string, readonly Named[]>,
    contents: ReadonlyMap<Inode, readonly Left[]>,
    op: Op,
    fresh: readonly (Named | Left)[] | undefined,
    most: number,
  ): Generator<CrashState> {
    const changed = op.kind === 'name' ? op.path : op.kind === 'content' ? op.inode : undefined
    const paths = [...names.keys()].sort()
    const open: (readonly [string | Inode, readonly (Named | Left)[]])[] = []
    for (const path of paths) {
      const versions = path === changed ? (fresh ?? []) : distinct(names.get(path) ?? [])
      if (versions.length > 1 || path === changed) open.push([path, versions])
    }
    for (const [inode, all] of contents) {
      const versions = inode === changed ? (fresh ?? []) : all
      if (versions.length > 1 || inode === changed) open.push([inode, versions])
    }
    const total = open.reduce((product, [, versions]) => product * versions.length, 1)
    this.possible += total
    const step = Math.max(1, total / most)
    const chosen = new Map<string | Inode, Named | Left>()
    for (let n = 0; Math.floor(n * step) < total; n++) {
      // From the last one, in which nothing is lost.
      let rest = total - 1 - Math.floor(n * step)
      for (const [key, versions] of open) {
        chosen.set(key, versions[rest % versions.length])
        rest = Math.floor(rest / versions.length)
      }
      const isWhole = open.every(([key, versions]) => {
        const choice = chosen.get(key)
        if (choice === versions.at(-1)) return true
        return key === changed && choice !== undefined && 'bytes' in choice && choice.isProcess
      })
      yield { after, notes: [...notes], isWhole, tree: this.#treeOf(paths, names, contents, chosen) }
    }
  }

  #treeOf(
    paths: readonly string[],
    names: ReadonlyMap<string, readonly Named[]>,
    contents: ReadonlyMap<Inode, readonly Left[]>,
    chosen: ReadonlyMap<string | Inode, Named | Left>,
  ): Tree {
    const tree = new Map<string, Buffer | 'directory'>()
    for (const path of paths) {
      const named = chosen.has(path) ? chosen.get(path) : names.get(path)?.at(-1)
      const above = dirname(path)
      if (named === undefined || 'bytes' in named || (above !== this.#root && tree.get(above) !== 'directory')) continue
      if (named.kind === 'directory') tree.set(path, 'directory')
      else {
        const left = chosen.get(named.inode) ?? contents.get(named.inode)?.at(-1)
        tree.set(path, left !== undefined && 'bytes' in left ? left.bytes : Buffer.alloc(0))
      }
    }
    return tree
  }
}

function put<K, V>(of: Map<K, V[]>, key: K, before: V[], value: V): V {
  of.set(key, [...(of.get(key) ?? before), value])
  return value
}

/** The last one stays last. */
function distinct(versions: readonly Named[]): readonly Named[] {
  const last = versions.at(-1)
  const idOf = (named: Named): string | number =>
    named === undefined ? 'nothing' : named.kind === 'file' ? named.inode : 'directory'
  const others = new Map(versions.map((named) => [idOf(named), named]))
  others.delete(idOf(last))
  return [...others.values(), last]
}

/** A part of what was added, alone or with zeros for the rest. */
function tornOf(before: Buffer, after: Buffer, cuts: number): readonly Left[] {
  const added = after.length - before.length
  if (cuts === 0 || added <= 1 || !after.subarray(0, before.length).equals(before)) return []
  const count = Math.min(cuts, added - 1)
  const left = Array.from({ length: count }, (_, n): readonly Left[] => {
    const at = before.length + 1 + Math.floor((n * (added - 1)) / count)
    const beginning = after.subarray(0, at)
    const zeros = Buffer.alloc(after.length - at)
    return [
      { bytes: beginning, isProcess: true },
      { bytes: Buffer.concat([beginning, zeros]), isProcess: false },
    ]
  })
  return [{ bytes: Buffer.concat([before, Buffer.alloc(added)]), isProcess: false }, ...left.flat()]
}

function keepLast<K, V>(of: Map<K, V[]>, key: K): void {
  const versions = of.get(key)
  if (versions !== undefined) of.set(key, versions.slice(-1))
}
