/** The first paper desk of a state directory: built aside with all its permissions, then renamed into place, so that it is there or not. */
import { closeSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { createFile, ensureDirectory, syncDirectory } from '../disk/directory.ts'
import { disk, writeAll } from '../disk/write.ts'
import { errnoOf, inForce } from './permit.ts'
import { type Token, tokensOfHold } from './scope.ts'

export interface Birth {
  /** The grant that all its permissions carry, `release-<ulid>`. */
  readonly id: string
  readonly boot: string
  readonly venues: readonly string[]
  readonly models: readonly string[]
  /** Commentary in each permission: JSON with `grant: id`. */
  readonly content: string
  /** Writes the birth on record, and whatever else a desk begins with, into the directory while it still lies aside. */
  readonly furnish: (stateDir: string) => void
}

/** What a paper desk may do from the start. */
export function tokensOfBirth(birth: Pick<Birth, 'venues' | 'models'>): readonly Token[] {
  const scopes = [
    ...birth.venues.map((id) => ({ kind: 'venue', id }) as const),
    ...birth.models.map((id) => ({ kind: 'model', id }) as const),
  ]
  const held = [{ kind: 'all' } as const, ...scopes].flatMap((scope) => tokensOfHold(scope, 'no-new'))
  return ['trade', 'open', 'half', 'full', 'rate-half', 'rate-full', ...held]
}

/**
 * `exists`: there is one already, or a halt came first and left its directory. Throws what the system refuses; then nothing is there.
 * A live desk is never born like this: its first permission is a decision of two people.
 */
export function createPaperDesk(stateDir: string, birth: Birth): 'created' | 'exists' {
  const aside = `${stateDir}.${birth.id}`
  ensureDirectory(dirname(stateDir))
  mkdirSync(aside, { mode: 0o700 })
  try {
    const dir = `${aside}/permit`
    ensureDirectory(dir)
    for (const token of tokensOfBirth(birth)) writePermission(inForce(dir, token, birth.boot), birth.content)
    syncDirectory(dir)
    birth.furnish(aside)
    syncDirectory(aside)
    renameSync(aside, stateDir)
  } catch (error) {
    rmSync(aside, { recursive: true, force: true })
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errnoOf(error))) return 'exists'
    throw error
  }
  syncDirectory(dirname(stateDir))
  return 'created'
}

function writePermission(path: string, content: string): void {
  const fd = createFile(path, 'wx')
  try {
    // Not synced one by one: after a power loss another boot permits nothing anyway.
    writeAll(disk, fd, Buffer.from(content))
  } finally {
    closeSync(fd)
  }
}
