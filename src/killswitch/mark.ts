/**
 * Marks: who holds what, in the permit directory itself, so that nothing depends on a log. A mark is a directory with one file per
 * cause: `hold-<scope>/<cause>`, or `hold-reduce-<scope>/<cause>`. The system removes a directory only when its last cause is gone, so
 * lifting one cause can never undo another that is being placed. For symbols the directory is at the same time what the gate looks at.
 */
import { closeSync, fsyncSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { createFile, ensureDirectory, syncDirectory } from '../disk/directory.ts'
import { disk, writeAll } from '../disk/write.ts'
import { contentOf, errnoOf } from './permit.ts'
import type { HoldKind, Scope } from './scope.ts'
import { isScopeId } from './gate.ts'

/** A halt by a person or an incident, lifted by a release; or a hold by a rule, lifted by that rule. */
export type Cause = { readonly kind: 'halt'; readonly id: string } | { readonly kind: 'rule'; readonly id: string }
export interface Mark {
  readonly scope: Scope
  readonly kind: HoldKind
  readonly cause: Cause
  /** Who, why and since when, as JSON; possibly empty: the disk may have been full. */
  readonly content: string
}
/** Somebody may remove the directory between our two calls, again and again, but not for ever. */
const attempts = 1000

export function markName(scope: Scope, kind: HoldKind): string {
  const prefix = kind === 'no-new' ? 'hold' : 'hold-reduce'
  return scope.kind === 'all' ? `${prefix}-desk` : `${prefix}-${scope.kind}=${scope.id}`
}

const fileOf = (cause: Cause): string => `${cause.kind}:${encodeURIComponent(cause.id)}`

/** Throws what the system refuses (ENOSPC, EROFS, EACCES). When it returns, the mark stands until this cause is removed. */
export function placeMark(
  dir: string,
  scope: Scope,
  kind: HoldKind,
  cause: Cause,
  content: string,
): 'placed' | 'stood' {
  const mark = `${dir}/${markName(scope, kind)}`
  for (let left = attempts; ; left--) {
    try {
      ensureDirectory(mark)
      const fd = createFile(`${mark}/${fileOf(cause)}`, 'wx')
      writeContent(fd, content)
      syncDirectory(mark)
      return 'placed'
    } catch (error) {
      const errno = errnoOf(error)
      if (errno === 'EEXIST') return 'stood'
      if (errno !== 'ENOENT' || left === 0) throw error
    }
  }
}

/**
 * Removes one cause. `clear`: this was the last one, and only whoever is told so may give anything back. `absent`: somebody else cleared
 * it before. Throws what the system refuses.
 */
export function removeMark(dir: string, scope: Scope, kind: HoldKind, cause: Cause): 'clear' | 'held' | 'absent' {
  const mark = `${dir}/${markName(scope, kind)}`
  try {
    unlinkSync(`${mark}/${fileOf(cause)}`)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
  try {
    rmdirSync(mark)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOTEMPTY' || errno === 'EEXIST') return 'held'
    if (errno === 'ENOENT') return 'absent'
    throw error
  }
  return 'clear'
}

/** Whether this cause stands. */
export function isMarked(dir: string, scope: Scope, kind: HoldKind, cause: Cause): boolean {
  return contentOf(`${dir}/${markName(scope, kind)}/${fileOf(cause)}`) !== undefined
}

/** All marks. A directory without a cause (its maker died in between) denies as well and is shown as a halt without an id. */
export function listMarks(dir: string): readonly Mark[] {
  return namesIn(dir).flatMap((name): Mark[] => {
    const about = parseMarkName(name)
    if (about === undefined) return []
    const causes = namesIn(`${dir}/${name}`)
    if (causes.length === 0) return [{ ...about, cause: { kind: 'halt', id: '' }, content: '' }]
    return causes.flatMap((file) => {
      const cause = parseCause(file)
      return cause === undefined ? [] : [{ ...about, cause, content: contentOf(`${dir}/${name}/${file}`) ?? '' }]
    })
  })
}

/** A mark of which nobody can tell who placed it. */
export const isCauseless = ({ cause }: Mark): boolean => cause.kind === 'halt' && cause.id === ''

function parseMarkName(name: string): Pick<Mark, 'scope' | 'kind'> | undefined {
  const match = /^hold-(reduce-)?(?:desk|(venue|model|symbol)=(.+))$/.exec(name)
  if (match === null) return undefined
  const kind: HoldKind = match[1] === undefined ? 'no-new' : 'reduce-only'
  const [about, id] = [match[2], match[3]]
  if (about === undefined || id === undefined) return { scope: { kind: 'all' }, kind }
  if (!isScopeId(id)) return undefined
  return about === 'venue' || about === 'model' || about === 'symbol' ? { scope: { kind: about, id }, kind } : undefined
}

function parseCause(file: string): Cause | undefined {
  const match = /^(halt|rule):(.*)$/.exec(file)
  if (match?.[2] === undefined) return undefined
  try {
    return { kind: match[1] === 'halt' ? 'halt' : 'rule', id: decodeURIComponent(match[2]) }
  } catch {
    return { kind: 'rule', id: match[2] }
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir).sort()
  } catch {
    return []
  }
}

/** The file itself is the mark; what it says is for people, and a full disk may refuse it. */
function writeContent(fd: number, content: string): void {
  try {
    writeAll(disk, fd, Buffer.from(content))
    fsyncSync(fd)
  } catch {
    // shown as a mark without explanation
  } finally {
    closeSync(fd)
  }
}

/** What a mark says for people; empty where it says nothing. */
export function wordsIn(mark: Pick<Mark, 'content'>): {
  readonly by: string
  readonly reason: string
  readonly since: string
} {
  let value: unknown
  try {
    value = JSON.parse(mark.content)
  } catch {
    value = undefined
  }
  const text = (name: string): string => {
    const field: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
    return typeof field === 'string' ? field : ''
  }
  return { by: text('by'), reason: text('reason'), since: text('since') }
}
