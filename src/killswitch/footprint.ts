/**
 * What the comparison of permissions with the log has read, told by looks instead of reading: who compares before each step need not do
 * so again while nothing has been written. What is in force under a name that did not change was in force when it was compared, so the
 * directory of permissions is looked at, and not each permission.
 */
import { readdirSync, statSync } from 'node:fs'
import { notesDir } from './discrepancy.ts'
import { permitDir } from './permit.ts'
import { ledgerDir, segmentsDir } from '../audit/layout.ts'
import { ledgerFiles } from '../audit/ledger-read.ts'

/** What was written within one tick of the file system's clock can look as it did before: 10 ms at most, or a second where it keeps no more. */
const tickMs = 20
const coarseTickMs = 2000

/**
 * The same answer twice means that nothing was written in between. Undefined where that cannot be said: something is too young, cannot be
 * looked at, or a session is permitted, whose end no write tells. `wallNow` in milliseconds of the system's clock.
 */
export function footprintOf(stateDir: string, wallNow: number): string | undefined {
  try {
    const permits = permitDir(stateDir)
    if (readdirSync(permits).some((name) => name.startsWith('session@'))) return undefined
    const ledger = ledgerDir(stateDir)
    const newest = `${ledger}/${ledgerFiles(stateDir).at(-1) ?? ''}`
    const looks = [permits, ledger, newest, segmentsDir(stateDir), notesDir(stateDir)].map((path) =>
      lookAt(path, wallNow),
    )
    return looks.includes(undefined) ? undefined : looks.join('\n')
  } catch {
    return undefined
  }
}

function lookAt(path: string, wallNow: number): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return `${path} is not there`
  const { ino, size, ctimeMs } = found
  const isSettled = ctimeMs < wallNow - (Number.isInteger(ctimeMs / 1000) ? coarseTickMs : tickMs)
  return isSettled ? `${path} ${String(ino)} ${String(size)} ${String(ctimeMs)}` : undefined
}
