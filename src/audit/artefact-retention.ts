/**
 * Takes away artefacts that no record speaks of any more, once the segments that did have expired. What the records of a run commit to goes
 * with their tombstone; an artefact that is gone while a record still names it is found by `verify`.
 *
 * R1 Nothing goes that any segment in the directory names, whatever becomes of that segment later.
 * R2 Whoever stores content that is there already marks it as used (`putArtefact`) before a record names it, so what was stored or marked
 *    within a day stays, and so does what was marked between the look and the removal.
 * R3 It is put aside first, where `getArtefact` still finds it; a crash in between loses nothing, and the next time goes on from there.
 */
import { existsSync, linkSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs'
import { syncDirectory } from '../disk/directory.ts'
import { readRegularFile } from '../disk/read.ts'
import { asideOf, hashAside } from './artefact.ts'
import { isErrno, writing } from './failure.ts'
import { namesIn } from './health.ts'
import { artefactsDir, segmentPath } from './layout.ts'
import { listSegments } from './segment-read.ts'

interface Unneeded {
  readonly name: string
  readonly usedMs: number
}

const settledMs = 86_400_000
const anyHash = /[0-9a-f]{64}/g

/**
 * Names of those that go once the segments `going` have gone. `wallNow`: of the clock that file systems go by, whatever the desk's says.
 * Throws the system's error where something cannot be read.
 */
export const findUnneeded = (stateDir: string, going: ReadonlySet<string>, wallNow: Date): readonly string[] =>
  unneeded(stateDir, going, wallNow).map(({ name }) => name)

/** Deletes them and answers their names. Throws AuditUnwritable, or the system's error where something cannot be read. */
export function deleteUnneeded(stateDir: string, wallNow: Date): readonly string[] {
  const dir = artefactsDir(stateDir)
  if (!existsSync(dir)) return []
  writing(dir, () => {
    for (const name of readdirSync(dir)) {
      const hash = hashAside(name)
      if (hash !== undefined) putBack(dir, hash)
    }
  })
  const found = unneeded(stateDir, new Set(), wallNow)
  return writing(dir, () => {
    const gone = found.filter((each) => remove(dir, each))
    if (gone.length > 0) syncDirectory(dir)
    return gone.map(({ name }) => name)
  })
}

/** Also what writers that died left of drafts. */
function unneeded(stateDir: string, going: ReadonlySet<string>, wallNow: Date): readonly Unneeded[] {
  const dir = artefactsDir(stateDir)
  const old = new Map<string, Unneeded>()
  for (const name of namesIn(dir)) {
    if (hashAside(name) !== undefined) continue
    const usedMs = usedAt(`${dir}/${name}`)
    if (usedMs !== undefined && usedMs < wallNow.getTime() - settledMs) old.set(name, { name, usedMs })
  }
  for (const segment of listSegments(stateDir)) {
    if (old.size === 0) break
    if (going.has(segment)) continue
    for (const [hash] of readRegularFile(segmentPath(stateDir, segment)).toString('latin1').matchAll(anyHash))
      old.delete(hash)
  }
  return [...old.values()]
}

/** False where somebody marked it as used since it was looked at: then it stays. */
function remove(dir: string, { name, usedMs }: Unneeded): boolean {
  const aside = `${dir}/${asideOf(name)}`
  try {
    renameSync(`${dir}/${name}`, aside)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
  if (usedAt(aside) !== usedMs) {
    putBack(dir, name)
    return false
  }
  unlinkSync(aside)
  return true
}

/** Somebody may have stored it anew meanwhile. */
function putBack(dir: string, name: string): void {
  const aside = `${dir}/${asideOf(name)}`
  try {
    linkSync(aside, `${dir}/${name}`)
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
  }
  unlinkSync(aside)
}

function usedAt(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
