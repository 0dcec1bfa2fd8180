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
 * Looks at one desk again and again. The same answer twice means that nothing was written in between. Undefined where that cannot be said:
 * something is too young, cannot be looked at, or a session is permitted, whose end no write tells. `wallNow` in milliseconds of the
 * system's clock. Directories are listed only where they have changed since: nothing comes, goes or is renamed without that.
 */
export function footprintsOf(stateDir: string): (wallNow: number) => string | undefined {
  const [permits, ledger] = [permitDir(stateDir), ledgerDir(stateDir)]
  let listed: { readonly permits: string; readonly ledger: string; readonly newest: string } | undefined
  return (wallNow) => {
    const at = (path: string): string | undefined => lookAt(path, wallNow)
    try {
      const here = { permits: at(permits), ledger: at(ledger) }
      if (here.permits === undefined || here.ledger === undefined) return undefined
      if (listed?.permits !== here.permits || listed.ledger !== here.ledger) {
        if (readdirSync(permits).some((name) => name.startsWith('session@'))) return undefined
        const newest = `${ledger}/${ledgerFiles(stateDir).at(-1) ?? ''}`
        listed = { permits: here.permits, ledger: here.ledger, newest }
      }
      const looks = [here.permits, here.ledger, at(listed.newest), at(segmentsDir(stateDir)), at(notesDir(stateDir))]
      return looks.includes(undefined) ? undefined : looks.join('\n')
    } catch {
      return undefined
    }
  }
}

/** The part of it that tells which permissions are in force. */
export const permitFootprint = (stateDir: string, wallNow: number): string | undefined =>
  lookAt(permitDir(stateDir), wallNow)

function lookAt(path: string, wallNow: number): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return `${path} is not there`
  const { ino, size, ctimeMs } = found
  const isSettled = ctimeMs < wallNow - (Number.isInteger(ctimeMs / 1000) ? coarseTickMs : tickMs)
  return isSettled ? `${path} ${String(ino)} ${String(size)} ${String(ctimeMs)}` : undefined
}
