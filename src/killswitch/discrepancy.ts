/** Compares what is permitted with what was decided. Reads only, and only a few files: it runs at the start of every command. */
import { readdirSync } from 'node:fs'
import { isLedgerEmptied } from '../audit/health.ts'
import { grantIn } from './epoch.ts'
import { grantOf, readHistory } from './history.ts'
import { readMarks } from './mark.ts'
import type { History, StandingHalt } from './record.ts'
import { untilIn } from './session-until.ts'
import { contentInForce, errnoOf, inForce, permitDir } from './permit.ts'
import { type Token, isToken, nameScope } from './scope.ts'

export type Compared =
  | {
      readonly kind: 'compared'
      /** In force, but not by the last grant on record: a restored backup, a copied directory, a log that was emptied. */
      readonly foreign: readonly Token[]
      /** Granted and tightened by nobody, and yet neither in force, nor left from another boot, nor about to be granted. */
      readonly missing: readonly Token[]
      /** Halts of a part that nobody released and whose mark is gone: a symbol trades then, and a rule could give a venue back. */
      readonly unmarked: readonly StandingHalt[]
      /** A session was permitted, and has become close-only since. */
      readonly isSessionOver: boolean
      /** Halts that could not be put on record when they happened. */
      readonly hasNotes: boolean
      /** What the log said, for whoever shows the state next. */
      readonly history: History
    }
  | { readonly kind: 'cannot-tell'; readonly reason: string }

export const notesDir = (stateDir: string): string => `${stateDir}/unrecorded`

export function compareWithLog(stateDir: string, boot: string, nowMs: number): Compared {
  const dir = permitDir(stateDir)
  let names: readonly string[]
  try {
    names = readdirSync(dir)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') return { kind: 'cannot-tell', reason: `${dir} cannot be read (${errnoOf(error)})` }
    names = []
  }
  // Contents before the log: a grant is on record before it is in force.
  const carried = tokensIn(names, boot).map((token) => ({ token, content: contentInForce(inForce(dir, token, boot)) }))
  const read = readHistory(stateDir, nowMs)
  if (read.kind === 'unreadable') return { kind: 'cannot-tell', reason: read.reason }
  // An emptied log vouches for nothing, even where records of it still lie about.
  const isEmptied = isLedgerEmptied(stateDir)
  const foreign = carried
    .filter(
      ({ token, content }) => content !== undefined && (isEmptied || !carriesLastGrant(read.history, token, content)),
    )
    // A grant may have replaced it while we looked.
    .filter(({ token, content }) => contentInForce(inForce(dir, token, boot)) === content)
    .map(({ token }) => token)
  return {
    kind: 'compared',
    foreign,
    missing: missingIn(names, read.history),
    unmarked: unmarkedIn(stateDir, read.history, nowMs),
    isSessionOver: isOver(carried.find(({ token }) => token === 'session')?.content, nowMs),
    hasNotes: hasNotes(stateDir),
    history: read.history,
  }
}

/** Nothing is in force that was not granted, nothing that was granted is gone, and no halt waits for its record. */
export const isAsDecided = ({
  foreign,
  missing,
  unmarked,
  isSessionOver,
  hasNotes,
}: Extract<Compared, { readonly kind: 'compared' }>): boolean =>
  foreign.length === 0 && missing.length === 0 && unmarked.length === 0 && !isSessionOver && !hasNotes

/** The directory stays when its notes have gone. One that cannot be read may hold some. */
function hasNotes(stateDir: string): boolean {
  try {
    return readdirSync(notesDir(stateDir)).length > 0
  } catch (error) {
    return errnoOf(error) !== 'ENOENT'
  }
}

/** Whether a permission is the one that was granted last; what carries no grant at all never is. */
export function carriesLastGrant(history: History, token: Token, content: string | undefined): boolean {
  const grant = grantIn(content)
  return grant !== undefined && grant === grantOf(history, token)
}

function missingIn(names: readonly string[], history: History): readonly Token[] {
  const there = new Set(names)
  return Object.entries(history.grants).flatMap(([token, grant]) => {
    if (!isToken(token) || token === 'session') return []
    const isStale = names.some((name) => name.startsWith(`${token}@`))
    return isStale || there.has(`${token}+${grant}`) ? [] : [token]
  })
}

function unmarkedIn(stateDir: string, history: History, nowMs: number): readonly StandingHalt[] {
  const parts = history.halts.filter(({ scope }) => scope !== 'all')
  if (parts.length === 0) return []
  const marks = readMarks(permitDir(stateDir)).marks.filter(
    ({ kind, cause }) => kind === 'no-new' && cause.kind === 'halt',
  )
  const marked = new Set(marks.map(({ scope }) => nameScope(scope)))
  const unmarked = parts.filter(({ scope }) => !marked.has(scope))
  if (unmarked.length === 0) return []
  // A halt is marked before it is on record, and a release is on record before it takes the mark: who finds none looks for a release.
  const again = readHistory(stateDir, nowMs)
  if (again.kind === 'unreadable') return unmarked
  const standing = new Set(again.history.halts.map(({ id }) => id))
  return unmarked.filter(({ id }) => standing.has(id))
}

/** What does not say until when it holds is over. */
const isOver = (content: string | undefined, nowMs: number): boolean =>
  content !== undefined && !(nowMs < Date.parse(untilIn(content) ?? ''))

const tokensIn = (names: readonly string[], boot: string): readonly Token[] =>
  names.flatMap((name) => {
    const token = name.endsWith(`@${boot}`) ? name.slice(0, -boot.length - 1) : ''
    return isToken(token) ? [token] : []
  })
