/**
 * Who halted and why, after the halt. A note outside the log comes first, so that a log that cannot be written now is caught up by the
 * next command. Nothing here can undo or delay a halt, and nothing here throws.
 */
import { closeSync, readdirSync, unlinkSync } from 'node:fs'
import { readRegularFile } from '../disk/read.ts'
import { isId } from '../audit/id.ts'
import type { SegmentWriter } from '../audit/segment.ts'
import { createFile, makeDirectory } from '../disk/directory.ts'
import { disk, writeAll } from '../disk/write.ts'
import { type ProcessIdentity, identifySelf, isAlive, isProcessIdentity } from '../lock/liveness.ts'
import { openDecision, problemOf, withBase } from './decide.ts'
import { notesDir } from './discrepancy.ts'
import type { Engaged } from './engage.ts'
import { readHistory } from './history.ts'
import { type Change, type Means, idAfter, stampOf } from './record.ts'
import { isToken, nameScope } from './scope.ts'

export interface HaltAccount {
  /** From `haltId`, made before the halt. */
  readonly id: string
  readonly by: string
  readonly reason: string
}
export interface Followed {
  readonly event: string
  readonly data: unknown
}
export interface HaltRecord {
  /** As recorded; the epoch of this halt. */
  readonly id: string
  /** Undefined once everything so far is on record. */
  readonly problem: () => string | undefined
  /** Adds what followed, with one sync. A failure shows in `problem`. */
  readonly append: (...followed: readonly Followed[]) => void
  readonly close: () => void
}

export function recordHalt(engaged: Engaged, account: HaltAccount, means: Means): HaltRecord {
  const { stateDir } = engaged.desk
  const change = changeOf(engaged, account)
  const hasNote = writeNote(stateDir, account.id, change)
  const read = readHistory(stateDir, means.now().getTime())
  const last = read.kind === 'history' ? read.history.last : undefined
  const id = last !== undefined && stampOf(last) > stampOf(account.id) ? idAfter('halt', last, means) : account.id
  let problem: string | undefined
  let writer: SegmentWriter | undefined
  const attempt = (act: () => void): void => {
    if (problem !== undefined) return
    try {
      act()
    } catch (error) {
      problem = problemOf(error)
    }
  }
  attempt(() => {
    writer = openDecision(
      stateDir,
      id,
      { event: 'halt.engaged', level: 'alarm', data: withBase(change, read) },
      account.by,
      means,
    ).writer
    if (hasNote) removeNote(stateDir, account.id)
  })
  return {
    id,
    problem: () => problem,
    append: (...followed) => {
      attempt(() => writer?.appendAll(followed.map(({ event, data }) => ({ event, level: 'warn', data }))))
    },
    close: () => {
      attempt(() => writer?.close({ outcome: 'ok' }))
    },
  }
}

function changeOf(engaged: Engaged, account: HaltAccount): Change {
  const { before, scope } = engaged
  return {
    kind: 'halted',
    scope: nameScope(scope),
    by: account.by,
    reason: account.reason,
    tightens: engaged.tokens,
    ...(before.kind === 'desk' && scope.kind === 'all' && before.state !== 'HALTED'
      ? { from: { size: before.size, orderRate: before.orderRate } }
      : {}),
    ...(engaged.already ? { already: true } : {}),
  }
}

/** False where it could not be written; the halt stands all the same, and is found later without its reason. */
function writeNote(stateDir: string, id: string, change: Change): boolean {
  try {
    // Nor is the note synced: it outlives this process, and after a power cut nothing is permitted anyway.
    makeDirectory(notesDir(stateDir))
    const fd = createFile(`${notesDir(stateDir)}/${id}.json`, 'wx')
    try {
      writeAll(disk, fd, Buffer.from(JSON.stringify({ id, process: identifySelf(), change })))
    } finally {
      closeSync(fd)
    }
    return true
  } catch {
    return false
  }
}

function removeNote(stateDir: string, id: string): void {
  try {
    unlinkSync(`${notesDir(stateDir)}/${id}.json`)
  } catch {
    // Found again and recorded twice at worst.
  }
}

interface Note {
  readonly id: string
  readonly process: ProcessIdentity
  readonly change: Change
}

/** Halts that were never put on record, by processes that have ended: puts them on record now. Answers their ids. */
export function catchUpNotes(stateDir: string, means: Means): readonly string[] {
  return notes(stateDir).flatMap((note) => {
    if (isAlive(note.process)) return []
    const read = readHistory(stateDir, means.now().getTime())
    const last = read.kind === 'history' ? read.history.last : undefined
    const id = last !== undefined && stampOf(last) > stampOf(note.id) ? idAfter('halt', last, means) : note.id
    try {
      const header = {
        event: 'halt.engaged',
        level: 'alarm',
        data: withBase({ ...note.change, silent: true }, read),
      } as const
      openDecision(stateDir, id, header, note.change.by, means).writer.close({ outcome: 'ok' })
    } catch {
      return [] // the next command tries again
    }
    removeNote(stateDir, note.id)
    return [id]
  })
}

/** Whether a halt is just being put on record by a process that lives. */
export const isHaltBeingRecorded = (stateDir: string): boolean => notes(stateDir).some((note) => isAlive(note.process))

function notes(stateDir: string): readonly Note[] {
  let files: readonly string[]
  try {
    files = readdirSync(notesDir(stateDir)).sort()
  } catch {
    return []
  }
  return files.flatMap((file): Note[] => {
    try {
      const value: unknown = JSON.parse(readRegularFile(`${notesDir(stateDir)}/${file}`).toString())
      return isNote(value) ? [value] : []
    } catch {
      return []
    }
  })
}

function isNote(value: unknown): value is Note {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('process' in value) || !('change' in value))
    return false
  const { id, process, change } = value
  if (
    typeof id !== 'string' ||
    !isId(id) ||
    !isProcessIdentity(process) ||
    typeof change !== 'object' ||
    change === null
  )
    return false
  const text = (name: string): boolean => typeof Reflect.get(change, name) === 'string'
  const tightens: unknown = Reflect.get(change, 'tightens')
  return (
    ['kind', 'scope', 'by', 'reason'].every(text) &&
    Array.isArray(tightens) &&
    tightens.every((t) => typeof t === 'string' && isToken(t))
  )
}
