/**
 * Files that say on a live desk who is who and whom to believe. Whoever could write them could be two people at once, or let a program of
 * their own vouch for the books.
 */
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DeskError, exitCodes } from '../model/failure.ts'

const writableByOthers = 0o022
const sticky = 0o1000

/** Why such a file cannot be believed: it, or a directory above it, belongs to somebody else or can be written by somebody else. */
function whyUntrusted(path: string, trustedUid: number): string | undefined {
  for (let at = path; ; at = dirname(at)) {
    const { uid, mode } = statSync(at)
    if (uid !== trustedUid && uid !== 0) return `${at} belongs to user ${String(uid)}`
    // In a sticky directory nobody replaces what belongs to somebody else.
    const isShared = (mode & writableByOthers) !== 0 && (at === path || (mode & sticky) === 0)
    if (isShared) return `${at} can be written by others`
    if (at === '/') return undefined
  }
}

/** Throws DeskError `untrusted-file`. */
export function refuseUntrusted(path: string, trustedUid: number): void {
  let why: string | undefined
  try {
    why = whyUntrusted(path, trustedUid)
  } catch (error) {
    why = error instanceof Error ? error.message : String(error)
  }
  if (why === undefined) return
  throw new DeskError(
    'untrusted-file',
    exitCodes.refused,
    `a live desk cannot believe ${path}: ${why}`,
    'chown root and chmod go-w the file and the directories above it',
  )
}
