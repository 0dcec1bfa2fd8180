/**
 * Marks: who holds what, in the permit directory itself, so that nothing depends on a log. A mark is a directory with one file per
 * cause: `hold-<scope>/<cause>`, or `hold-reduce-<scope>/<cause>`. The system removes a directory only when its last cause is gone, so
 * lifting one cause can never undo another that is being placed. For symbols the directory is at the same time what the gate looks at.
 */
import { closeSync, fsyncSync, lstatSync, openSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { readRegularFile } from '../disk/read.ts'
import { createFile, ensureDirectory, syncDirectory } from '../disk/directory.ts'
import { disk, writeAll } from '../disk/write.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
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

/** Whether this cause stands. Throws DeskError `marks-unreadable` where that cannot be told. */
export function isMarked(dir: string, scope: Scope, kind: HoldKind, cause: Cause): boolean {
  const path = `${dir}/${markName(scope, kind)}/${fileOf(cause)}`
  try {
    lstatSync(path)
    return true
  } catch (error) {
    if (isAbsent(error)) return false
    throw unreadable(`${path} (${errnoOf(error)})`)
  }
}

export interface MarksRead {
  /**
   * A directory without a cause (its maker died in between), or of which the cause cannot be read, denies as well and is shown as a
   * halt without an id.
   */
  readonly marks: readonly Mark[]
  /** There may be more of them, or others: what could not be read, and why. */
  readonly unreadable?: string
}

/** All marks, for whoever shows them. Never throws. */
export function readMarks(dir: string): MarksRead {
  const troubles: string[] = []
  const names = namesIn(dir, troubles) ?? []
  const marks = names.flatMap((name): readonly Mark[] => {
    const about = parseMarkName(name)
    return about === undefined ? [] : marksIn(`${dir}/${name}`, about, troubles)
  })
  return troubles.length === 0 ? { marks } : { marks, unreadable: troubles.join('; ') }
}

/** All marks, for whoever decides by them. Throws DeskError `marks-unreadable`: a hold that cannot be read is no hold that is gone. */
export function knownMarks(dir: string): readonly Mark[] {
  const { marks, unreadable: problem } = readMarks(dir)
  if (problem === undefined) return marks
  throw unreadable(problem)
}

function marksIn(path: string, about: Pick<Mark, 'scope' | 'kind'>, troubles: string[]): readonly Mark[] {
  const nobody: Mark = { ...about, cause: { kind: 'halt', id: '' }, content: '' }
  const before = troubles.length
  const files = namesIn(path, troubles)
  if (files === undefined) return [] // lifted while we looked
  if (troubles.length > before) return [nobody]
  const known = files.flatMap((file): readonly Mark[] => {
    const cause = parseCause(file)
    return cause === undefined ? [] : [{ ...about, cause, content: contentOf(`${path}/${file}`) ?? '' }]
  })
  return known.length < files.length || files.length === 0 ? [...known, nobody] : known
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

/** Undefined where nothing is. A plain file is a mark without a cause. */
function namesIn(dir: string, troubles: string[]): readonly string[] | undefined {
  try {
    return readdirSync(dir).sort()
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT') return undefined
    if (errno !== 'ENOTDIR') troubles.push(`${dir} (${errno})`)
    return []
  }
}

const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errnoOf(error))

const unreadable = (what: string): DeskError =>
  new DeskError('marks-unreadable', exitCodes.undetermined, `who holds cannot be told: ${what}`, 'desk doctor')

/**
 * Adds why to the mark of a halt that stands; one that was lifted meanwhile does not come back by that. The reason is for people: where it
 * cannot be written the mark stands without. Never throws.
 */
export function explainMark(dir: string, scope: Scope, id: string, reason: string): void {
  const path = `${dir}/${markName(scope, 'no-new')}/${fileOf({ kind: 'halt', id })}`
  try {
    const { since } = wordsIn({ content: readRegularFile(path).toString() })
    writeContent(openSync(path, 'r+'), JSON.stringify({ since, reason }))
  } catch {
    // lifted, or the disk takes nothing
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
